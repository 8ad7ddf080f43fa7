"""The JSON API: who is let in, what it says, and that nothing a program sends breaks it."""

import base64
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree as ET

import httpx2 as httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from inflow.desk.world import World
from inflow.store import events, tokens
from inflow.web.app import build
from tests.jobs.conftest import Receive
from tests.web.conftest import HELP, INVOICE, SECRET, UNCLEAR

Call = Callable[..., httpx.Response]


@pytest.fixture
def call(board_world: World) -> Iterator[Call]:
    """A program asks: `call("GET", "/cases", "read")`, with a token of these scopes."""
    client = TestClient(build(board_world), base_url="http://board.test", raise_server_exceptions=True)
    made: dict[tuple[str, ...], str] = {}

    def call(method: str, path: str, *scopes: str, **sent: Any) -> httpx.Response:
        if scopes and scopes not in made:
            with board_world.database.writing() as connection:
                made[scopes] = tokens.add(connection, "-".join(scopes), scopes, now=board_world.now()) or ""
        headers = {"authorization": f"Bearer {made[scopes]}"} if scopes else {}
        return client.request(method, f"/api/v1{path}", headers=headers, **sent)

    yield call
    client.close()


def test_nobody_gets_in_without_a_token_that_holds(call: Call, board_world: World) -> None:
    for path, operations in call("GET", "/openapi.json").json()["paths"].items():
        for method in operations:
            found = call(method.upper(), path.replace("{number}", "1"), json={})
            assert (found.status_code, found.json()) == (401, {"detail": "a token that holds is needed"}), path
    assert call("GET", "/cases", "read").status_code == 200
    with board_world.database.writing() as connection:
        assert tokens.revoke(connection, "read", now=board_world.now())
        assert not tokens.revoke(connection, "read", now=board_world.now())
    assert call("GET", "/cases", "read").status_code == 401


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


def test_what_is_confidential_is_absent_without_the_scope(call: Call, board_world: World, receive: Receive) -> None:
    receive(board_world, INVOICE, SECRET)
    for path in ("/cases", "/cases?role=hr", "/search?q=zebra", "/cases?q=zebra", "/statistics", "/feed.atom"):
        assert "ebra" not in call("GET", path, "read").text
        assert '"hr"' not in call("GET", path, "read").text
    missing = call("GET", "/cases/99", "read")
    hidden = call("GET", "/cases/2", "read")
    assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json()) == (404, missing.json())
    assert call("POST", "/cases/2/close", "read", "act", json={}).status_code == 404
    assert call("GET", "/cases/2", "confidential", "read").json()["subject"] == "Lön och semester Zebra"
    with board_world.database.reading() as connection:
        history = events.of_case(connection, 2)
    assert [one["by"] for one in history if one["kind"] == "read"] == ["api:confidential-read"]


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
    st.dictionaries(st.sampled_from(["role", "text", "label", "why", "x"]), VALUES), VALUES, st.lists(VALUES)
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_program_sends_it_gets_what_is_documented(
    call: Call, board_world: World, receive: Receive, data: st.DataObject
) -> None:
    if call("GET", "/cases", "act", "read").json()["cases"] == []:
        receive(board_world, INVOICE)
    paths = call("GET", "/openapi.json").json()["paths"]
    path = data.draw(st.sampled_from(sorted(paths)))
    method, operation = data.draw(st.sampled_from(sorted(paths[path].items())))
    asked = {one["name"]: one for one in operation.get("parameters", ()) if one["in"] == "query"}
    named = data.draw(st.dictionaries(st.sampled_from(sorted(asked)), VALUES)) if asked else {}
    number = data.draw(st.one_of(st.just(1), NUMBERS))
    where = path.replace("{number}", httpx.URL("/", params={"n": str(number)}).query.decode().partition("=")[2])
    body = {"json": data.draw(BODIES)} if method == "post" else {}
    found = call(
        method.upper(), where, "act", "read", params={name: str(value) for name, value in named.items()}, **body
    )
    assert str(found.status_code) in operation["responses"], (found.status_code, found.text)
