"""Signing in with an identity provider: who it vouches for gets in, and nobody else."""

from collections.abc import Callable, Iterator

import pytest

from inflow.desk.world import World
from inflow.web.app import build
from tests.jobs.conftest import Receive
from tests.web.conftest import MEMBERS, SECRET, TO_HR, Browser
from tests.web.provider import Provider

ON_SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = ON_SQLITE


@pytest.fixture
def provider() -> Iterator[Provider]:
    with Provider() as found:
        yield found


@pytest.fixture
def world(make_world: Callable[..., World], provider: Provider, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("BOARD_SECRET", "s")
    web = f"""
[web]
url = "http://board.test"
auth = "oidc"
[web.oidc]
issuer = "{provider.issuer}"
client_id = "inflow"
client_secret = {{ env = "BOARD_SECRET" }}
"""
    return make_world(roles=MEMBERS, more=TO_HR + web)


@pytest.fixture
def browser(world: World) -> Iterator[Browser]:
    found = Browser(build(world))
    yield found
    found.client.close()


def test_who_the_provider_vouches_for_gets_in_with_their_groups(
    browser: Browser, world: World, provider: Provider, receive: Receive
) -> None:
    receive(world, SECRET)
    assert 'href="/login/oidc?next=%2Fcases%2F1"' in browser.get("/login?next=/cases/1").text
    left = browser.get("/login/oidc?next=/cases/1")
    assert left.status_code == 302
    back = browser.get(provider.agree(left.headers["location"]))
    assert (back.status_code, back.headers["location"]) == (303, "/cases/1")
    assert "Zebra" in browser.get("/cases/1").text


@pytest.mark.parametrize("wrong", ["signature", "nonce", "issuer", "audience"])
def test_a_token_that_is_wrong_lets_nobody_in(browser: Browser, provider: Provider, wrong: str) -> None:
    provider.wrong = wrong
    left = browser.get("/login/oidc")
    assert browser.get(provider.agree(left.headers["location"])).status_code == 401
    assert browser.get("/").status_code == 302


@pytest.mark.parametrize("claims", [{"email": ""}, {"email": "olle@exempel.test", "email_verified": False}])
def test_an_address_that_nobody_vouches_for_lets_nobody_in(
    browser: Browser, provider: Provider, claims: dict[str, object]
) -> None:
    provider.claims = claims
    left = browser.get("/login/oidc")
    assert browser.get(provider.agree(left.headers["location"])).status_code == 401
    assert browser.get("/").status_code == 302


def test_an_answer_that_nobody_asked_for_lets_nobody_in(browser: Browser, provider: Provider, world: World) -> None:
    left = browser.get("/login/oidc").headers["location"]
    back = provider.agree(left)
    stranger = Browser(build(world))
    assert stranger.get(back).status_code == 401
    assert stranger.get("/").status_code == 302
    stranger.client.close()
    browser.csrf = ""
    assert browser.post("/login", address="a@exempel.test", password="x").status_code == 403
