"""What many meet, on the board: seen in their own words, named, owned, united, solved and told; the cord; the letter as a page."""

import re
from datetime import timedelta

import pytest

from inflow import clock as timers
from inflow.desk import problems as desk
from inflow.desk.world import World
from inflow.store import cords, problems
from inflow.store.problems import Problem
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import EVA, kinds, letters, outbox, told, words
from tests.web.conftest import ANNA, HANNA, OLLE, Browser, Visit

LOGIN = "Jag försökte logga in på kundportalen men får bara en tom sida och felkoden E42."
AGAIN = "Hej! Kundportalen visar en tom sida när jag loggar in, felkoden är E42. Vad gör jag?"
ADA = "Ada Al <ada@annan.test>"
BIKE = "Kedjan på min cykel hoppar av när jag växlar i backar, kan ni laga den?"


@pytest.fixture
def anna(visit: Visit, board_world: World, receive: Receive, clock: Clock) -> Browser:
    """Two have written about the portal, one about a bicycle; Anna, of support, looks."""
    receive(board_world, mail("Portalen", LOGIN, sender=EVA), mail("Cykel", BIKE, sender="per@kund.test"))
    receive(board_world, mail("Jag kan inte logga in", AGAIN, sender=ADA))
    clock.move(timedelta(minutes=1))
    while timers.look_for_alike(board_world):
        pass
    return visit(ANNA)


def get(world: World, number: int = 1) -> Problem:
    with world.database.reading() as connection:
        found = problems.get(connection, number)
    assert found is not None
    return found


def test_the_list_says_how_many_in_whose_words_and_whether_it_rises(anna: Browser) -> None:
    page = anna.get("/problems").text
    assert "<strong>2</strong>" in page
    assert "kundportalen" in page
    assert "<blockquote>Kundportalen visar en tom sida när jag loggar in, felkoden är E42.</blockquote>" in page
    assert "2 det senaste dygnet" in page
    assert "Ada" not in page
    assert 'href="/problems/1"' in anna.get("/cases/1").text
    assert "/problems/1" not in anna.get("/cases/2").text


def test_a_problem_is_named_owned_and_its_cases_are_there(anna: Browser, board_world: World) -> None:
    assert anna.post("/problems/1/name", name="  Kundportalen är tom ").headers["location"] == "/problems/1?done=named"
    assert anna.post("/problems/1/own", role="support").status_code == 303
    assert (get(board_world).name, get(board_world).owner) == ("Kundportalen är tom", "support")
    assert get(board_world).state == "known"
    page = anna.get("/problems/1?done=owned").text
    assert "Problemet har en ägare." in page
    assert 'href="/cases/3"' in page
    assert "Produktsupport" in page
    assert told(board_world, "problem", number=1) == "problem 1 is called Kundportalen är tom"


def test_a_case_is_added_and_one_taken_out(anna: Browser, board_world: World) -> None:
    assert anna.post("/problems/1/join", case="#2").headers["location"] == "/problems/1?done=joined"
    assert get(board_world).cases == 3
    assert anna.post("/problems/1/leave", case="2").headers["location"] == "/problems/1?done=left"
    assert anna.post("/problems/1/leave", case="3").headers["location"] == "/problems/1?done=left"
    assert anna.post("/problems/1/leave", case="1").headers["location"] == "/problems?done=left"
    assert anna.get("/problems/1").status_code == 404


def test_two_problems_become_one(anna: Browser, board_world: World) -> None:
    assert anna.post("/cases/2/problem/name", name="Kedjan").headers["location"] == "/cases/2?done=of-problem#top"
    assert anna.post("/problems/1/same", into="2").headers["location"] == "/problems/2?done=united"
    assert (get(board_world, 2).cases, get(board_world, 2).name) == (3, "Kedjan")
    assert anna.get("/problems/1").status_code == 404


def test_who_wrote_is_told_in_two_steps_and_by_members_alone(visit: Visit, anna: Browser, board_world: World) -> None:
    assert anna.post("/problems/1/solve", text="Portalen fungerar igen.").status_code == 303
    assert not outbox(board_world, "relay")
    olle = visit(OLLE)
    assert "Medlemmar i rollerna" in olle.get("/problems/1").text
    assert olle.post("/problems/1/tell").status_code == 303
    assert not outbox(board_world, "relay")
    assert "Berätta för 2 av dem nu" in anna.get("/problems/1").text
    assert anna.post("/problems/1/tell").status_code == 303
    assert anna.post("/problems/1/tell").status_code == 303
    (sent,) = [letters(board_world)[one["id"]] for one in outbox(board_world, "relay")]
    assert words(sent).strip() == "Portalen fungerar igen."
    assert [one["to"] for one in outbox(board_world, "relay", number=3)] == ["ada@annan.test"]
    assert "Alla som kan få veta har fått veta." in anna.get("/problems/1").text
    assert 'href="/problems/1"' not in anna.get("/problems").text
    assert 'href="/problems/1"' in anna.get("/problems?show=all").text


WRONG = [
    ("name", {"name": " "}, "namnet är tomt"),
    ("own", {"role": "nix"}, "det finns ingen roll"),
    ("join", {"case": "99"}, "det finns inget ärende #99"),
    ("join", {"case": "x"}, "är inte numret på ett ärende"),
    ("leave", {"case": "2"}, "ärende #2 hör inte till något problem"),
    ("same", {"into": "1"}, "det finns inget problem 1"),
    ("same", {"into": "-1"}, "problem -1"),
    ("same", {"into": "99"}, "det finns inget problem 99"),
    ("solve", {"text": " "}, "skriv vad som görs"),
    ("tell", {}, "problem 1 har inget svar än"),
    ("andon", {"why": ""}, "skriv varför du drar i snöret"),
]


def test_what_cannot_be_done_is_said_and_what_was_written_is_kept(anna: Browser, board_world: World) -> None:
    before = get(board_world)
    for deed, form, why in WRONG:
        refused = anna.post(f"/problems/1/{deed}", **form)
        assert (refused.status_code, why in refused.text) == (409, True), deed
    assert 'value="99"' in anna.post("/problems/1/join", case="99").text
    assert get(board_world) == before
    assert anna.post("/problems/1/nothing").status_code == 404
    assert anna.post("/problems/99/name", name="x").status_code == 404
    assert anna.get(f"/problems/{1 << 70}").status_code == 404


def test_the_cord_is_pulled_at_a_problem_and_hangs_at_its_cases_until_it_is_answered(
    visit: Visit, anna: Browser, board_world: World
) -> None:
    assert (
        visit(OLLE).post("/problems/1/andon", why="Ingen kan betala").headers["location"] == "/problems/1?done=pulled"
    )
    for path in ("/problems", "/problems/1", "/cases/1"):
        assert "nöret är draget" in anna.get(path).text, path
    assert "nöret är draget" not in anna.get("/cases/2").text
    called = {one["to"] for number in (1, 3) for one in outbox(board_world, "notice", number=number)}
    assert called >= {"ledning@exempel.test", "support@exempel.test"}
    assert anna.post("/cords/1/answer", text=" ").status_code == 409
    assert anna.post("/cords/1/answer", text="Vi backar versionen.").headers["location"] == "/problems/1?done=calmed"
    assert "nöret är draget" not in anna.get("/problems/1").text
    assert anna.post("/cords/1/answer", text="igen").status_code == 409
    assert anna.post("/cords/9/answer", text="x").status_code == 404


def test_the_cord_of_the_house_and_of_a_case(anna: Browser, board_world: World) -> None:
    assert anna.post("/cords", why=" ").status_code == 409
    assert anna.post("/cords", why="Strömmen är borta").headers["location"] == "/problems?done=pulled"
    assert "Strömmen är borta" in anna.get("/problems").text
    assert anna.post("/cases/2/problem/andon", why="Bromsarna").headers["location"] == "/cases/2?done=pulled#top"
    assert "Bromsarna" in anna.get("/cases/2").text
    assert anna.post("/cords/2/answer", text="Återkallas").headers["location"] == "/cases/2?done=calmed"
    assert kinds(board_world, 2)[-1] == "andon-answered"
    with board_world.database.reading() as connection:
        assert [one.reason for one in cords.unanswered(connection, limit=9)] == ["Strömmen är borta"]


def test_a_case_is_the_same_as_another_or_something_else(anna: Browser, board_world: World) -> None:
    assert anna.post("/cases/2/problem/same", into="1").headers["location"] == "/cases/2?done=same#top"
    assert get(board_world).cases == 3
    assert anna.post("/cases/2/problem/leave").headers["location"] == "/cases/2?done=left#top"
    assert anna.post("/cases/2/problem/leave").status_code == 409
    assert anna.post("/cases/2/problem/name", name=" ").status_code == 409
    assert anna.post("/cases/2/problem/nothing").status_code == 404


def test_a_case_that_was_moved_out_of_sight_is_neither_shown_nor_counted(
    visit: Visit, anna: Browser, board_world: World
) -> None:
    anna.post("/cases/3/route", role="hr")
    page = anna.get("/problems/1").text
    assert "1 avsändare, 1 ärenden" in page
    assert "/cases/3" not in page
    assert "2 avsändare, 2 ärenden" in visit(HANNA).get("/problems/1").text
    assert anna.get("/letter/2026-W47/in").text.count('class="row"') == 2
    assert visit(HANNA).get("/letter/2026-W47/in").text.count('class="row"') == 3
    anna.post("/cases/1/route", role="hr")
    assert anna.get("/problems/1").status_code == 404
    assert "/problems/1" not in anna.get("/problems").text


def test_the_letter_is_a_page_whose_numbers_lead_to_their_cases(anna: Browser) -> None:
    now = anna.get("/letter?week=2026-W47").text
    assert "3 ärenden, veckan före 0" in now
    assert 'href="/problems/1"' in now
    assert "felkoden" in now
    assert 'href="/letter?week=2026-W46"' in now
    assert 'href="/letter/2026-W47/in%3Asupport"' in now
    behind = anna.get("/letter/2026-W47/in%3Asupport").text
    assert behind.count('class="row"') == 2
    assert "Veckan 2026-W46" in anna.get("/letter").text
    for path in ("/letter?week=x", "/letter?week=2027-W01", "/letter/2026-W47/x", "/letter/2026-W99/in"):
        assert anna.get(path).status_code == 404, path
    assert anna.get("/letter/2026-W47/problem:99999999999999999999999").text.count('class="row"') == 0
    anna.get("/language/en?next=/")
    assert "3 cases, 0 the week before" in anna.get("/letter?week=2026-W47").text


def test_the_list_goes_on_below_the_last_one(visit: Visit, board_world: World, receive: Receive, clock: Clock) -> None:
    receive(board_world, *(mail(f"Fel {n}", "Hej") for n in range(32)))
    for number in range(1, 33):
        clock.move(timedelta(minutes=number % 3))
        with board_world.database.writing() as connection:
            desk.name(connection, board_world, number, f"Problem {number}", by="bo")
    browser = visit(ANNA)
    first = browser.get("/problems").text
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link is not None
    second = browser.get(link[1].replace("&amp;", "&")).text
    pages = [{int(found) for found in re.findall(r'href="/problems/(\d+)"', page)} for page in (first, second)]
    assert [len(page) for page in pages] == [30, 2]
    assert pages[0] | pages[1] == set(range(1, 33))
    assert 'rel="next"' not in second
