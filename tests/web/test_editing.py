"""Ready answers on the board: written, changed with every edition kept, made of what was answered in a case, taken away."""

import re
from pathlib import Path

import pytest

from inflow.desk import written
from inflow.desk.world import World
from inflow.desk.written import Words
from inflow.mail.message import Address
from tests.jobs.conftest import Receive, mail
from tests.web.conftest import ANNA, HANNA, HELP, OLLE, SECRET, Browser, Visit

LOGIN = {
    "title": "Kan inte logga in",
    "questions": "Jag har glömt mitt lösenord\r\n\r\nHur loggar jag in?",
    "text": "Ring oss.",
}


@pytest.fixture
def anna(visit: Visit) -> Browser:
    return visit(ANNA)


@pytest.fixture
def file(board_world: World) -> Path:
    folder = board_world.settings.answers.folder
    folder.mkdir()
    (folder / "login.md").write_text("Filens svar.", encoding="utf-8")
    return folder / "login.md"


def after(page: str) -> str:
    found = re.search(r'name="after" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_an_answer_is_written_and_every_edition_stays(anna: Browser) -> None:
    anna.get("/answers")
    assert (
        anna.post("/new-answer", key=" Login ", roles="support", **LOGIN).headers["location"]
        == "/answers/login?done=kept"
    )
    page = anna.get("/answers/login?done=kept").text
    assert "Ring oss." in page
    assert "Svaret är sparat" in page
    assert "Jag har glömt mitt lösenord · Hur loggar jag in?" in page
    form = anna.get("/answers/login/edit").text
    assert "Ring oss." in form
    changed = anna.post("/answers/login/edit", after=after(form), **LOGIN | {"text": "Ring oss i kväll."})
    assert changed.headers["location"] == "/answers/login?done=kept"
    assert "Ring oss i kväll." in anna.get("/answers").text
    first = re.findall(r"/answers/login/editions/\d+", anna.get("/answers/login").text)[-1]
    assert "Ring oss.</p>" in anna.get(first).text
    assert anna.get("/answers/login/editions/99").status_code == 404


def test_an_edition_of_the_board_stands_before_the_file_and_says_so(anna: Browser, file: Path) -> None:
    form = anna.get("/answers/login/edit").text
    assert "Filens svar." in form
    anna.post("/answers/login/edit", after=after(form), text="Tavlans svar.")
    page = anna.get("/answers/login").text
    assert "Tavlans svar." in page
    assert "login.md används inte" in page
    assert anna.post("/answers/login/withdraw").headers["location"] == "/answers/login?done=withdrawn"
    assert "Filens svar." in anna.get("/answers/login").text
    assert anna.post("/answers/login/withdraw").status_code == 404
    assert file.read_text(encoding="utf-8") == "Filens svar."


def test_what_was_taken_away_is_offered_no_more_but_can_be_read_and_written_anew(anna: Browser) -> None:
    anna.post("/new-answer", key="login", **LOGIN)
    anna.post("/answers/login/withdraw")
    assert "Det finns inga ännu" in anna.get("/answers").text
    page = anna.get("/answers/login").text
    assert "används inte längre" in page
    assert "/answers/login/editions/" in page
    assert anna.get("/answers/login/edit").status_code == 404
    assert anna.post("/new-answer", key="login", **LOGIN).status_code == 303


def test_two_who_change_it_at_once_are_told(visit: Visit, anna: Browser) -> None:
    anna.post("/new-answer", key="login", **LOGIN)
    before = after(anna.get("/answers/login/edit").text)
    assert visit(HANNA).post("/answers/login/edit", after=before, **LOGIN | {"text": "Hannas"}).status_code == 303
    refused = anna.post("/answers/login/edit", after=before, **LOGIN | {"text": "Annas"})
    assert refused.status_code == 409
    assert "någon har ändrat svaret under tiden" in refused.text
    assert ">Annas</textarea>" in refused.text
    assert "Hannas" in anna.get("/answers/login").text


def test_only_members_of_its_roles_change_an_answer(visit: Visit, anna: Browser) -> None:
    anna.post("/new-answer", key="login", roles="support", **LOGIN)
    olle = visit(OLLE)
    assert '/answers/login/edit"' not in olle.get("/answers/login").text
    before = after(olle.get("/answers/login/edit").text)
    for roles in ("ekonomi", "support", ""):
        refused = olle.post("/answers/login/edit", after=before, roles=roles, **LOGIN)
        assert refused.status_code == 409, roles
    assert olle.post("/answers/login/withdraw").status_code == 403
    assert olle.post("/new-answer", key="hr", roles="hr", **LOGIN).status_code == 409
    assert visit("gast@annan.test").post("/new-answer", key="x", **LOGIN).status_code == 409


WRONG = [
    ({"key": "a b", "text": "x"}, "nyckeln"),
    ({"key": "", "text": "x"}, "nyckeln"),
    ({"key": "x", "text": " "}, "svaret är tomt"),
    ({"key": "x", "text": "x", "valid_until": "snart"}, "is no day"),
    ({"key": "x", "text": "x", "roles": "nix"}, "bara medlemmar"),
    ({"key": "login", "text": "x"}, "det finns redan ett svar"),
]


def test_what_cannot_be_kept_is_said_and_the_form_stays_filled(anna: Browser, file: Path) -> None:
    for form, why in WRONG:
        refused = anna.post("/new-answer", **{"title": "Min rubrik", **form})
        assert (refused.status_code, why in refused.text) == (409, True), form
        assert "Min rubrik" in refused.text
    assert anna.post("/answers/nothing/edit", text="x").status_code == 404


def test_a_text_that_looks_like_the_top_of_a_file_is_only_text(anna: Browser) -> None:
    text = '+++\ntitle = "<script>"\n+++\n---\nroles: [nix]\n---'
    assert anna.post("/new-answer", key="x", title='"quoted" \\ <b>', text=text).status_code == 303
    page = anna.get("/answers/x").text
    assert "&#34;quoted&#34; \\ &lt;b&gt;" in page
    assert "roles: [nix]" in page


def test_what_was_answered_in_a_case_becomes_a_ready_answer(
    anna: Browser, board_world: World, receive: Receive
) -> None:
    receive(board_world, HELP)
    assert anna.get("/new-answer?case=1").status_code == 404
    with board_world.database.writing() as connection:
        written.answer(connection, board_world, 1, Words(text="Välj Glömt lösenord."), who=Address(address=ANNA))
    link = re.search(r'href="(/new-answer\?[^"]+)"', anna.get("/cases/1").text)
    assert link is not None
    form = anna.get(link[1].replace("&amp;", "&")).text
    assert "Välj Glömt lösenord.</textarea>" in form
    assert ">Hjälp</textarea>" in form
    assert 'value="support" checked' in form
    assert anna.get("/new-answer?case=1&message=99").status_code == 404
    anna.post("/new-answer", key="login", **LOGIN)
    receive(board_world, mail("Lösenord", "Jag har glömt mitt lösenord, hur loggar jag in?", sender="bo@kund.test"))
    assert "Kan inte logga in" in anna.get("/cases/2").text


def test_a_confidential_case_gives_its_answer_to_members_alone(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, SECRET)
    with board_world.database.writing() as connection:
        written.answer(connection, board_world, 1, Words(text="Zebrans lön."), who=Address(address=HANNA))
    assert visit(OLLE).get("/new-answer?case=1").status_code == 404
    assert "Zebrans lön." in visit(HANNA).get("/new-answer?case=1").text
