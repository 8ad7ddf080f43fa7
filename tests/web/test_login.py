"""The door: passwords, a proxy's word, the demo; whoever tries too often waits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from inflow.desk.world import World
from inflow.doors import WebSettings
from inflow.store import accounts
from inflow.web import login
from inflow.web.app import build
from inflow.web.login import WINDOW
from inflow.web.pages import local_path
from inflow.web.passwords import hashed
from tests.jobs.conftest import Clock
from tests.web.conftest import ANNA, Browser, Visit

PASSWORD = "en lång mening som duger"


@pytest.fixture
def account(board_world: World) -> str:
    with board_world.database.writing() as connection:
        assert accounts.add(connection, ANNA, name="Anna Berg", hash_=hashed(PASSWORD), now=board_world.now())
    return ANNA


def enter(browser: Browser, address: str, password: str, onward: str = "/") -> int:
    browser.get(f"/login?next={onward}")
    return browser.post("/login", address=address, password=password, next=onward).status_code


def test_the_right_password_opens_and_the_cookie_is_not_for_scripts(visit: Visit, account: str) -> None:
    browser = visit()
    browser.get("/login")
    answer = browser.post("/login", address="ANNA@exempel.test", password=PASSWORD, next="/roles")
    assert (answer.status_code, answer.headers["location"]) == (303, "/roles")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "Anna Berg" in browser.get("/").text


def test_a_session_begins_under_a_token_that_was_not_there_before(visit: Visit, account: str) -> None:
    browser = visit()
    browser.get("/login")
    planted = browser.client.cookies["inflow"]
    assert browser.post("/login", address=account, password=PASSWORD).status_code == 303
    assert browser.client.cookies["inflow"] != planted


@pytest.mark.parametrize("password", ["fel", "", PASSWORD + " "])
def test_a_wrong_password_and_an_unknown_address_look_the_same(visit: Visit, account: str, password: str) -> None:
    browser = visit()
    assert enter(browser, account, password) == 401
    assert enter(browser, "ingen@exempel.test", password) == 401
    assert browser.get("/").status_code == 302


def test_who_tries_too_often_waits_even_with_the_right_password(
    visit: Visit, account: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(login, "MOST_OF_ADDRESS", 3)
    browser = visit()
    assert [enter(browser, account, "fel") for _ in range(3)] == [401] * 3
    assert enter(browser, account, PASSWORD) == 429
    clock.move(WINDOW + timedelta(seconds=1))
    assert enter(browser, account, PASSWORD) == 303


def test_a_session_runs_out_and_is_taken_back(visit: Visit, account: str, board_world: World, clock: Clock) -> None:
    browser = visit()
    assert enter(browser, account, PASSWORD) == 303
    assert browser.get("/").status_code == 200
    clock.move(board_world.settings.web.session + timedelta(seconds=1))
    assert browser.get("/").status_code == 302
    assert enter(browser, account, PASSWORD) == 303
    with board_world.database.writing() as connection:
        assert accounts.remove(connection, account)
    assert browser.get("/").status_code == 302


def test_another_password_ends_what_was_open(visit: Visit, account: str, board_world: World) -> None:
    browser = visit(account)
    assert browser.get("/").status_code == 200
    with board_world.database.writing() as connection:
        assert accounts.set_hash(connection, account, hashed("ett helt annat ord"), now=board_world.now())
    assert browser.get("/").status_code == 302


ELSEWHERE = [
    "//evil.test",
    "https://evil.test",
    "/\\evil.test",
    "javascript:alert(1)",
    "/\t/evil.test",
    "evil.test",
    "",
]


@pytest.mark.parametrize("path", ELSEWHERE)
def test_the_way_on_leads_nowhere_else(path: str) -> None:
    assert local_path(path) == "/"


def test_the_database_holds_no_token(visit: Visit, account: str, board_world: World) -> None:
    browser = visit()
    enter(browser, account, PASSWORD)
    token = browser.client.cookies["inflow"].partition(".")[0]
    with board_world.database.reading() as connection:
        assert accounts.signed_in(connection, token, now=board_world.now()) is None


def other(board_world: World, **web: object) -> Browser:
    settings = board_world.settings.model_copy(update={"web": WebSettings.model_validate(web)})
    return Browser(build(replace(board_world, settings=settings)))


def test_a_proxy_is_believed_from_its_own_address_alone(board_world: World) -> None:
    header = {"X-Forwarded-Email": ANNA}
    believed = other(board_world, auth="proxy", proxies=["192.0.2.0/24"])
    believed.client._transport.client = ("192.0.2.7", 1)  # type: ignore[attr-defined]
    assert believed.client.get("/", headers=header).status_code == 200
    assert believed.client.get("/").status_code == 401
    assert (
        believed.client.get("/", headers=[("X-Forwarded-Email", ANNA), ("X-Forwarded-Email", "b@c.test")]).status_code
        == 401
    )
    stranger = other(board_world, auth="proxy", proxies=["192.0.2.0/24"])
    stranger.client._transport.client = ("198.51.100.1", 1)  # type: ignore[attr-defined]
    assert stranger.client.get("/", headers=header).status_code == 401


def test_the_demo_is_for_this_machine_alone(board_world: World) -> None:
    here = other(board_world, auth="demo")
    assert here.client.get("/", headers={"host": "127.0.0.1:8025"}).status_code == 200
    assert here.client.get("/", headers={"host": "rebound.evil.test"}).status_code == 401


FAULTS = [
    ({"auth": "demo", "host": "0.0.0.0"}, "web.auth: 'demo' lets everybody in"),
    ({"auth": "proxy"}, "web.auth: 'proxy' needs web.proxies"),
    ({"auth": "oidc"}, "web.auth: 'oidc' needs [web.oidc]"),
    ({"auth": "none"}, "web.auth: "),
    ({"proxies": ["nix"]}, "web.proxies[0]: "),
    ({"url": "inflow.test"}, "web.url: "),
    ({"prt": 1}, "web.prt: unknown key"),
]


@pytest.mark.parametrize(("web", "fault"), FAULTS, ids=[fault for _, fault in FAULTS])
def test_a_fault_of_the_door_is_named_by_its_key(
    make_world: Callable[..., World], web: dict[str, object], fault: str
) -> None:
    from inflow.config import ConfigError

    lines = "\n".join(f"{key} = {value!r}" for key, value in web.items())
    with pytest.raises(ConfigError) as caught:
        make_world(more=f"\n[web]\n{lines}\n")
    assert any(line.startswith(fault) for line in caught.value.faults), caught.value.faults


def test_pages_run_nothing_but_our_own_files(visit: Visit) -> None:
    for answer in (
        visit().get("/login"),
        visit(ANNA).get("/"),
        visit(ANNA).get("/nothing"),
        visit().get("/static/board.js"),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert "<script>" not in visit(ANNA).get("/").text
    assert "style=" not in visit(ANNA).get("/").text


def test_what_is_sent_has_a_bound(visit: Visit) -> None:
    browser = visit(ANNA)
    assert browser.client.post("/login", headers={"content-length": "999999999"}).status_code == 413
    assert browser.client.post("/login", content=iter([b"x"])).status_code == 411
