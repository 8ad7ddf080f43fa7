"""The JSON API: who is let in, what it says, and that nothing a program sends breaks it."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from xml.etree import ElementTree as ET

import httpx2 as httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from inflow.desk.world import World
from inflow.store import events, tokens
from inflow.web import problems as board_problems
from inflow.web.acts import DEEDS
from inflow.web.api import asks, problems
from inflow.web.api.deeds import CARRIED, WITH_ACT, WITH_SPEAK
from inflow.web.app import build
from tests.jobs.conftest import Clock, Receive, mail
from tests.web.conftest import HELP, INVOICE, SECRET, UNCLEAR, Call

ALL = ("act", "read", "speak")
BODIES_THAT_FIT = {
    "answer": {"text": "Zebra"},
    "route": {"role": "support"},
    "note": {"text": "Zebra"},
    "label": {"label": "zebra"},
    "merge": {"into": 4},
    "link": {"into": 4},
    "claim": {"role": "support"},
    "ask": {"whom": "x@y.test", "text": "Zebra?"},
    "add": {"whom": "x@y.test"},
    "same": {"into": 4},
    "name": {"name": "zebra"},
    "andon": {"why": "zebra"},
    "own": {"role": "support"},
    "join": {"case": 4},
    "leave": {"case": 4},
    "solve": {"text": "zebra"},
}


def operations(call: Call, *, number: int = 1) -> Iterator[tuple[str, str, object]]:
    """Every operation there is, as somebody would try it who is after a certain case."""
    values = {"number": number, "id_": number, "position": 0, "key": "zebra"}
    for path, methods in call("GET", "/openapi.json").json()["paths"].items():
        for method in methods:
            body = BODIES_THAT_FIT.get(path.rpartition("/")[2], {}) if method == "post" else None
            body = {} if path.endswith("problem/leave") else body
            address = path.format(**values)
            yield method.upper(), f"{address}?q=zebra" if method == "get" else address, body


def test_nobody_gets_in_without_a_token_that_holds(call: Call, board_world: World) -> None:
    for method, path, body in operations(call):
        found = call(method, path, json=body)
        assert (found.status_code, found.json()) == (401, {"detail": "a token that holds is needed"}), path
    assert call("GET", "/cases", "read").status_code == 200
    with board_world.database.writing() as connection:
        assert tokens.revoke(connection, "read", now=board_world.now())
        assert not tokens.revoke(connection, "read", now=board_world.now())
    assert call("GET", "/cases", "read").status_code == 401


def test_an_address_that_leads_nowhere_says_so_to_programs(call: Call) -> None:
    for path in ("/nothing", "/answers/a%0Ab", "/cases/1/messages/1/raw%0A"):
        found = call("GET", path, "read")
        assert (found.status_code, list(found.json())) == (404, ["detail"]), path


def test_the_database_knows_no_token(call: Call, board_world: World) -> None:
    call("GET", "/cases", "read")
    with board_world.database.reading() as connection:
        known = tokens.every(connection)
    assert [(one.name, one.scopes) for one in known] == [("read", ("read",))]
    assert tokens.PREFIX not in str(known)
    assert known[0].used_at is not None


def test_a_case_is_found_read_and_acted_on(call: Call, board_world: World, receive: Receive) -> None:
    receive(board_world, INVOICE, UNCLEAR, HELP)
    assert [one["number"] for one in call("GET", "/cases", "read").json()["cases"]] == [3, 2, 1]
    assert [one["number"] for one in call("GET", "/cases?role=ekonomi", "read").json()["cases"]] == [1]
    found = call("GET", "/search?q=fakturor", "read").json()
    assert [(one["number"], one["excerpt"]) for one in found] == [(1, "Här är fakturan för oktober.")]
    assert call("POST", "/cases/1/note", "read", json={"text": "hej"}).status_code == 403
    assert call("POST", "/cases/1/note", "read", "act", json={"text": "hej"}).json()["number"] == 1
    assert call("POST", "/cases/1/close", "read", "act", json={}).json()["status"] == "closed"
    assert call("POST", "/cases/1/close", "read", "act", json={}).status_code == 409
    assert call("POST", "/cases/1/route", "read", "act", json={"role": "nobody"}).status_code == 409
    whole = call("GET", "/cases/1", "read").json()
    assert whole["conversation"][0]["text"] == "Här är fakturan för oktober."
    assert ("noted", "api:read-act") in [(one["kind"], one["by"]) for one in whole["events"]]
    assert call("GET", "/statistics", "read").json()["cases"] == 3


def test_each_operation_needs_the_scope_that_its_documentation_says(call: Call, board_world: World) -> None:
    documented = call("GET", "/openapi.json").json()["paths"]
    for path, methods in documented.items():
        for method, operation in methods.items():
            (scope,) = operation["security"][0]["token"]
            others = sorted({"read", "act", "speak", "confidential"} - {scope})
            refused = call(method.upper(), path.format(number=1, id_=1, position=0, key="x"), *others, json={})
            assert (refused.status_code, refused.json()) == (403, {"detail": f"this token may not {scope}"}), path


def test_every_deed_of_the_board_is_one_of_the_api(call: Call) -> None:
    assert WITH_ACT.keys() | WITH_SPEAK.keys() == CARRIED.keys() > DEEDS.keys()
    assert problems.WITH_ACT.keys() | problems.WITH_SPEAK.keys() == board_problems.DEEDS.keys()
    assert not WITH_ACT.keys() & WITH_SPEAK.keys()


def test_no_operation_tells_that_something_confidential_exists(
    call: Call, board_world: World, receive: Receive
) -> None:
    receive(board_world, INVOICE, UNCLEAR, HELP)
    call("POST", "/cases/2/problem/same", "act", json={"into": 1})
    tried = [one for one in operations(call, number=4) if "statistics" not in one[1]]
    onto = [("POST", f"/cases/1/{deed}", BODIES_THAT_FIT[deed]) for deed in ("merge", "link")]
    onto += [("POST", "/cases/1/problem/same", {"into": 4}), ("POST", "/problems/1/join", {"case": 4})]

    def seen() -> list[tuple[str, int, str]]:
        answers = [(path, call(method, path, *ALL, json=body)) for method, path, body in (*tried, *onto)]
        return [(path, found.status_code, found.text) for path, found in answers]

    before = seen()
    receive(board_world, SECRET)
    with board_world.database.reading() as connection:
        history = events.of_case(connection, 4)
    assert seen() == before
    assert {status for path, status, _ in before if path.startswith("/cases/4")} == {404}
    assert "ebra" not in call("GET", "/statistics", *ALL).text
    assert call("GET", "/statistics", *ALL).json()["cases"] == 3
    with board_world.database.reading() as connection:
        assert events.of_case(connection, 4) == history


def test_a_one_time_code_that_lies_with_other_is_not_there_either(
    call: Call, board_world: World, receive: Receive
) -> None:
    receive(board_world, INVOICE, UNCLEAR, HELP)
    before = [call(method, path, "read").text for method, path, _ in operations(call, number=4) if method == "GET"]
    receive(board_world, mail("Zebra: your verification code", "Your code is 482913.", sender="no-reply@tjanst.test"))
    after = [call(method, path, "read").text for method, path, _ in operations(call, number=4) if method == "GET"]
    assert [one for one in after if "482913" in one or "Zebra" in one] == []
    assert call("GET", "/cases/4", "read").status_code == 404
    assert len(after) == len(before)
    assert "482913" in call("GET", "/cases/4", "confidential", "read").text


READS = {
    "/cases/1": "the case",
    "/cases/1/answers": "the ready answers for it",
    "/cases/1/messages/1/raw": "message 1 as it came",
    "/cases/1/messages/1/files/0": "file 0 of message 1",
}


def test_every_read_of_a_confidential_case_is_an_event(call: Call, board_world: World, receive: Receive) -> None:
    receive(board_world, SECRET)
    of_one_case = {path for method, path, _ in operations(call) if method == "GET" and path.startswith("/cases/1")}
    assert {path.removesuffix("?q=zebra") for path in of_one_case} == READS.keys()
    for path, what in READS.items():
        assert call("GET", path, "confidential", "read").status_code == 200
        with board_world.database.reading() as connection:
            last = events.of_case(connection, 1)[-1]
        assert (last["kind"], last["by"], last["text"]) == ("read", "api:confidential-read", what)
    assert call("GET", "/cases/1/messages/1/files/7", "confidential", "read").status_code == 404


def test_who_asks_too_often_waits_until_the_next_minute(
    call: Call, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asks, "MOST_A_MINUTE", 3)
    assert [call("GET", "/cases", "read").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = call("GET", "/cases", "read")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert call("GET", "/cases", "act", "read").status_code == 200
    clock.moment += timedelta(seconds=int(refused.headers["retry-after"]))
    assert call("GET", "/cases", "read").status_code == 200


def test_a_feed_is_read_with_the_token_as_a_password(call: Call, board_world: World, receive: Receive) -> None:
    receive(board_world, INVOICE)
    with board_world.database.writing() as connection:
        secret = tokens.add(connection, "reader", ["read"], now=board_world.now())
    basic = base64.b64encode(f"anyone:{secret}".encode()).decode()
    with TestClient(build(board_world)) as client:
        found = client.get("/api/v1/feed.atom", headers={"authorization": f"Basic {basic}"})
        assert client.get("/api/v1/feed.atom", headers={"authorization": "Basic !!"}).status_code == 401
    feed = ET.fromstring(found.text)
    titles = [one.text for one in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert "#1 opened: Faktura 4711" in titles


NUMBERS = st.one_of(st.integers(), st.text(max_size=10).filter(lambda text: "/" not in text))
VALUES = st.one_of(st.integers(), st.text(max_size=40), st.booleans(), st.none())
BODIES = st.one_of(
    st.dictionaries(st.sampled_from(["role", "text", "label", "why", "into", "whom", "files", "x"]), VALUES),
    VALUES,
    st.lists(VALUES),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_program_sends_it_gets_what_is_documented(
    call: Call, board_world: World, receive: Receive, data: st.DataObject
) -> None:
    if call("GET", "/cases", *ALL).json()["cases"] == []:
        receive(board_world, INVOICE)
    paths = call("GET", "/openapi.json").json()["paths"]
    path = data.draw(st.sampled_from(sorted(paths)))
    method, operation = data.draw(st.sampled_from(sorted(paths[path].items())))
    asked = {one["name"]: one for one in operation.get("parameters", ()) if one["in"] == "query"}
    named = data.draw(st.dictionaries(st.sampled_from(sorted(asked)), VALUES)) if asked else {}
    number = data.draw(st.one_of(st.just(1), NUMBERS))
    coded = httpx.URL("/", params={"n": str(number)}).query.decode().partition("=")[2]
    where = path.format(number=coded, id_=coded, position=coded, key=coded)
    body = {"json": data.draw(BODIES)} if method == "post" else {}
    found = call(method.upper(), where, *ALL, params={name: str(value) for name, value in named.items()}, **body)
    assert str(found.status_code) in operation["responses"], (found.status_code, found.text)
