"""The figures and the ready answers on the board."""

from inflow.desk.world import World
from inflow.web.statistics import FIGURES
from tests.jobs.conftest import Receive
from tests.web.conftest import ANNA, HELP, INVOICE, OLLE, SECRET, UNCLEAR, Visit


def test_every_figure_has_a_table_and_a_csv(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, INVOICE, UNCLEAR, HELP)
    anna = visit(ANNA)
    page = anna.get("/statistics").text
    assert page.count("<svg") >= 2
    for key in FIGURES:
        csv = anna.get(f"/statistics/{key}.csv")
        assert csv.status_code == 200
        assert csv.headers["content-type"] == "text/csv; charset=utf-8"
        assert len(csv.text.splitlines()[0].split(",")) > 1
    assert "ekonomi,1" in anna.get("/statistics/roles.csv").text
    assert anna.get("/statistics/none.csv").status_code == 404


def test_a_confidential_role_is_in_no_figure_of_an_outsider(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, SECRET)
    assert "hr" not in visit(OLLE).get("/statistics/roles.csv").text


def test_a_ready_answer_is_offered_and_sent_by_one_press(visit: Visit, board_world: World, receive: Receive) -> None:
    folder = board_world.settings.answers.folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "login.md").write_text("---\ntitle: Kan inte logga in\n---\nVälj Glömt lösenord.")
    receive(board_world, HELP)
    anna = visit(ANNA)
    assert 'name="ready" value="login"' in anna.get("/cases/1").text
    assert anna.post("/cases/1/answer", ready="login").status_code == 303
    page = anna.get("/answers").text
    assert "använt i 1 ärenden" in page
    (folder / "login.md").write_text("---\nbroken")
    assert "Välj Glömt lösenord." in anna.get("/answers/login").text
    assert "login.md" in anna.get("/answers").text
