"""Who sees what, tried through every route there is: a new route is in these tests the moment it exists."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from fastapi.routing import iter_route_contexts

from inflow.desk import cords
from inflow.desk import problems as desk
from inflow.desk.world import World
from inflow.store import board, events
from inflow.store.board import Reader
from inflow.web import alarms, live, problems
from inflow.web.acts import DEEDS
from inflow.web.app import build
from tests.jobs.conftest import Receive, mail
from tests.web.conftest import (
    ANNA,
    HANNA,
    HELP,
    INVOICE,
    MEMBERS,
    OLLE,
    SECRET,
    TO_HR,
    UNCLEAR,
    Browser,
    Visit,
    sign_in,
)

OPEN = {"/login", "/language/{code}"}
PUBLIC = 3
SECRET_CASE, SECRET_MAIL = 4, 4


def routes(browser: Browser) -> list[tuple[str, str]]:
    """Every method and path of the board."""
    contexts = [one for one in iter_route_contexts(browser.app.routes) if one.methods]
    found = [(method, str(one.path)) for one in contexts for method in one.methods or ()]
    assert len(found) > 20
    return sorted(found)


def paths(path: str, *, number: int = SECRET_CASE, id_: int = SECRET_MAIL) -> Iterator[str]:
    """The addresses of a route, as somebody would try them who is after a certain case."""
    values = {"number": str(number), "id_": str(id_), "position": "0", "code": "sv", "week": "2026-W47"}
    values["key"] = "in" if path.startswith("/letter") else "zebra"
    known = {"/cases/{number}/{deed}": [*DEEDS, "answer"], "/problems/{number}/{deed}": [*problems.DEEDS]}
    known["/cases/{number}/problem/{deed}"] = [*alarms.DEEDS]
    deeds = known.get(path, [""])
    assert ("{deed}" in path) == (path in known)
    for deed in deeds:
        asked = re.sub(r"{(\w+)}", lambda found, deed=deed: {**values, "deed": deed}[found[1]], path)  # type: ignore[misc]
        yield asked
        for more in (
            "q=zebra",
            "status=all",
            "status=all&party=hemlig@secret.test",
            "status=all&role=hr",
            "since=2026-01-01&below=9",
            "order=activity",
            "show=all&week=2026-W47",
            f"case={SECRET_CASE}",
        ):
            if not deed:
                yield f"{asked}?{more}"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LASTS", 0.0)


def seen(browser: Browser, method: str, address: str) -> tuple[int, str, str]:
    """What an answer shows; a word that is made anew for each form aside."""
    words = {"role": "support", "text": "zebra", "why": "", "name": "x", "whom": "x@y.test", "into": str(SECRET_CASE)}
    words |= {"query": "status=all", "address": ANNA, "password": "x", "case": str(SECRET_CASE)}
    found = browser.get(address) if method == "GET" else browser.post(address, **words)
    text = re.sub(r'name="once" value="[0-9a-f]+"', "", found.text)
    return found.status_code, found.headers.get("location", ""), text


def test_nobody_sees_anything_who_is_not_signed_in(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, INVOICE)
    nobody = visit()
    for method, path in routes(nobody):
        for address in paths(path, number=1, id_=1) if path not in OPEN else ():
            status, location, text = seen(nobody, method, address)
            assert (status, text) == (401, "sign in first") or (
                status == 302 and location.startswith("/login?next=")
            ), address
            assert "Faktura" not in text


def test_a_made_up_or_ended_session_is_nobody(visit: Visit, board_world: World) -> None:
    browser = visit(ANNA)
    assert browser.get("/").status_code == 200
    cookie = browser.client.cookies["inflow"]
    browser.client.cookies.set("inflow", cookie[:-1] + ("0" if cookie[-1] != "0" else "1"))
    assert browser.get("/").status_code == 302
    browser.client.cookies.set("inflow", cookie)
    assert browser.post("/logout").status_code == 303
    browser.client.cookies.set("inflow", cookie)
    assert browser.get("/").status_code == 302


def test_no_route_tells_an_outsider_that_a_confidential_case_exists(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, INVOICE, UNCLEAR, HELP)
    olle, hanna = visit(OLLE), visit(HANNA)
    gets = [address for method, path in routes(olle) if method == "GET" for address in paths(path)]
    before = {address: seen(olle, "GET", address) for address in gets}
    receive(board_world, SECRET)
    after = {address: seen(olle, "GET", address) for address in gets}
    assert after == before
    assert not any("Zebra" in text for _, _, text in after.values())
    assert "Zebra" in hanna.get(f"/cases/{SECRET_CASE}").text
    assert "Zebra" in hanna.get("/?q=zebra").text
    assert hanna.get("/search?q=zebra").text.count("Zebra") == 2


def test_a_problem_of_a_confidential_role_and_its_cord_are_its_members_alone(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, INVOICE, UNCLEAR, HELP)
    olle, hanna = visit(OLLE), visit(HANNA)
    gets = [address for method, path in routes(olle) if method == "GET" for address in paths(path, number=1)]
    before = {address: seen(olle, "GET", address) for address in gets}
    receive(board_world, SECRET, SECRET.replace(b"hemlig@", b"annan@").replace(b"<zebra@", b"<zebra2@"))
    with board_world.database.writing() as connection:
        desk.same(connection, board_world, 4, 5, by=HANNA)
        desk.rename(connection, board_world, 1, "Zebralön", by=HANNA)
        cords.pull(connection, board_world, "Zebra rymmer", by=HANNA, problem=1)
    assert {address: seen(olle, "GET", address) for address in gets} == before
    for address in ("/problems/1/name", "/problems/1/andon", "/cords/1/answer"):
        assert olle.post(address, name="x", text="x", why="x").status_code == 404
    assert "Zebralön" in hanna.get("/problems").text
    assert "Zebra rymmer" in hanna.get("/problems/1").text
    assert "2 avsändare, 2 ärenden" in hanna.get("/problems/1").text
    assert olle.post("/cases/3/problem/name", name="Zebralön").headers["location"] == "/cases/3?done=of-problem#top"
    assert 'href="/problems/2">Zebralön' in olle.get("/cases/3").text


def test_a_one_time_code_is_seen_by_nobody_but_other(make_world: Callable[..., World], receive: Receive) -> None:
    alone = MEMBERS.replace(
        'address = "ovrigt@exempel.test"', f'address = "ovrigt@exempel.test"\nmembers = ["{HANNA}"]'
    )
    world = make_world(roles=alone, more=TO_HR)
    app = build(world)
    olle, hanna = sign_in(Browser(app), world, OLLE), sign_in(Browser(app), world, HANNA)
    receive(world, INVOICE, UNCLEAR, HELP)
    gets = [address for method, path in routes(olle) if method == "GET" for address in paths(path)]
    before = {address: seen(olle, "GET", address) for address in gets}
    assert 'href="/cases/2"' in before["/unclaimed"][2]
    receive(world, mail("Zebra: your verification code", "Your code is 482913.", sender="no-reply@tjanst.test"))
    assert {address: seen(olle, "GET", address) for address in gets} == before
    assert "482913" in hanna.get(f"/cases/{SECRET_CASE}").text
    assert "Zebra" in hanna.get("/unclaimed").text
    olle.client.close()
    hanna.client.close()


def test_an_outsider_can_do_nothing_to_it_either(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, INVOICE, UNCLEAR, HELP)
    olle = visit(OLLE)
    posts = [
        address
        for method, path in routes(olle)
        if method == "POST"
        for address in paths(path)
        if "logout" not in address
    ]
    before = {address: seen(olle, "POST", address) for address in posts if str(SECRET_CASE) in address}
    merging = seen(olle, "POST", "/cases/1/merge")
    linking = seen(olle, "POST", "/cases/1/link")
    receive(board_world, SECRET)
    with board_world.database.reading() as connection:
        history = events.of_case(connection, SECRET_CASE)
    assert {address: seen(olle, "POST", address) for address in before} == before
    assert all(status == 404 for address, (status, _, _) in before.items() if address.startswith("/cases/"))
    assert seen(olle, "POST", "/cases/1/merge") == merging
    assert seen(olle, "POST", "/cases/1/link") == linking
    with board_world.database.reading() as connection:
        assert events.of_case(connection, SECRET_CASE) == history


def test_every_form_must_be_one_of_ours(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, INVOICE)
    anna = visit(ANNA)
    for method, path in routes(anna):
        for address in paths(path, number=1, id_=1) if method == "POST" else ():
            anna.csrf = "0" * 64
            assert seen(anna, "POST", address)[0] == 403, address


def test_a_form_of_another_site_is_refused(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, INVOICE)
    anna = visit(ANNA)
    anna.get("/cases/1")
    anna.client.headers["sec-fetch-site"] = "cross-site"
    assert anna.post("/cases/1/close").status_code == 403


def test_a_group_of_the_identity_provider_makes_a_member(visit: Visit, board_world: World, receive: Receive) -> None:
    receive(board_world, SECRET)
    assert visit(OLLE).get("/cases/1").status_code == 404
    assert visit(OLLE, "andra").get("/cases/1").status_code == 404
    assert visit(OLLE, "personal").get("/cases/1").status_code == 200


READS = [
    ("/cases/1", "the case"),
    ("/cases/1/messages/1/html", "message 1 as it is formatted"),
    ("/cases/1/messages/1/files/0", "file 0 of message 1"),
    ("/cases/1/messages/1/raw", "message 1 as it came"),
]


@pytest.mark.parametrize(("path", "what"), READS)
def test_every_read_of_a_confidential_case_is_an_event(
    visit: Visit, board_world: World, receive: Receive, path: str, what: str
) -> None:
    receive(board_world, SECRET)
    before = board_world.now()
    assert visit(HANNA).get(path).status_code == 200
    with board_world.database.reading() as connection:
        last = events.of_case(connection, 1)[-1]
    assert (last["kind"], last["by"], last["text"], last["at"]) == ("read", HANNA, what, before)


def test_reads_of_other_cases_leave_no_trace_and_no_read_is_news(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, INVOICE, SECRET)
    with board_world.database.reading() as connection:
        stands = board.newest(connection)
    visit(HANNA).get("/cases/1")
    visit(HANNA).get("/cases/2")
    with board_world.database.reading() as connection:
        assert board.newest(connection) == stands + 1
        assert board.news(connection, Reader(address=HANNA), after=stands) is None


def test_news_of_a_confidential_case_reach_its_members_alone(board_world: World, receive: Receive) -> None:
    receive(board_world, INVOICE)
    with board_world.database.reading() as connection:
        stands = board.newest(connection)
    receive(board_world, SECRET)
    with board_world.database.reading() as connection:
        assert board.news(connection, Reader(address=OLLE, hidden=("hr",)), after=stands) is None
        assert board.news(connection, Reader(address=HANNA), after=stands) is not None


def test_cases_of_a_role_that_left_the_config_are_nobodys_to_see(
    visit: Visit, board_world: World, receive: Receive
) -> None:
    receive(board_world, SECRET)
    settings = board_world.settings.model_copy(
        update={"roles": tuple(r for r in board_world.settings.roles if r.name != "hr")}
    )
    later = replace(board_world, settings=settings)
    browser = sign_in(Browser(build(later)), later, HANNA)
    assert browser.get("/cases/1").status_code == 404
    browser.client.close()
