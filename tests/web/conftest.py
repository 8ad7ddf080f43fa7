"""A board over a world of one's own, and people who look at it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx2 as httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from inflow.desk.world import World
from inflow.store import accounts
from inflow.store import tokens as api_tokens
from inflow.store.accounts import Session
from inflow.web import tokens
from inflow.web.app import build
from inflow.web.visitor import cookie_name
from tests.jobs.conftest import Clock, Receive, clock, mail, make_world, reader, receive  # noqa: F401  fixtures of the jobs
from tests.servers.config import ROLES

ANNA, HANNA, OLLE = "anna@exempel.test", "hanna@exempel.test", "olle@exempel.test"
MEMBERS = ROLES.replace("confidential = true", f'confidential = true\nmembers = ["{HANNA}", "group:personal"]').replace(
    'members = ["*@exempel.test"]', f'members = ["{ANNA}"]'
)

INVOICE = mail("Faktura 4711", "Här är fakturan för oktober.", sender="Nordkedjan AB <order@nordkedjan.test>")
UNCLEAR = mail("Hej", "Var det ni som ringde?", sender="Göran Ås <goran@kund.test>")
HELP = mail("Hjälp", "Jag kan inte logga in, det fungerar inte.", sender="Eva Ek <eva@kund.test>")
SECRET = (
    b"From: Hemlig Avs\xc3\xa4ndare <hemlig@secret.test>\r\nTo: info@exempel.test\r\nSubject: L\xc3\xb6n och semester Zebra\r\n"
    b"Message-ID: <zebra@secret.test>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n'
    b"<p>Zebra: min l\xc3\xb6n och semester</p>\r\n--b\r\nContent-Type: application/pdf\r\n"
    b'Content-Disposition: attachment; filename="zebra.pdf"\r\n\r\n%PDF-zebra\r\n--b--\r\n'
)
TO_HR = '\n[[rule]]\nname = "hr"\nwhen = { from = "secret.test" }\nroute = "hr"\n'


class Browser:
    """Somebody's browser: gets pages, and posts forms with the word that the last page gave it."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app
        self.client = TestClient(
            app, base_url="http://board.test", follow_redirects=False, headers={"accept": "text/html"}
        )
        self.csrf = ""

    def get(self, path: str) -> httpx.Response:
        """A page."""
        found = self.client.get(path)
        if held := re.search(r'name="csrf" value="([0-9a-f]+)"', found.text):
            self.csrf = held[1]
        return found

    def post(self, path: str, files: object = None, **words: str) -> httpx.Response:
        """A form."""
        return self.client.post(path, data={"csrf": self.csrf, **words}, files=files)  # type: ignore[arg-type]


def cookie_for(world: World, address: str, *groups: str) -> str:
    """What the browser of somebody who is signed in holds."""
    cookie = tokens.new(world.keys)
    token = tokens.read(cookie, world.keys) or ""
    with world.database.writing() as connection:
        who = Session(address=address, name=address.partition("@")[0].title(), groups=groups)
        accounts.begin(connection, tokens.digest(token), who, now=world.now(), lasts=world.settings.web.session)
    return cookie


def sign_in(browser: Browser, world: World, address: str, *groups: str) -> Browser:
    """Somebody is signed in, without the door."""
    cookie = cookie_for(world, address, *groups)
    browser.client.cookies.set(cookie_name(world.settings), cookie)
    browser.csrf = tokens.csrf(tokens.read(cookie, world.keys) or "", world.keys)
    return browser


@pytest.fixture
def board_world(make_world: Callable[..., World]) -> World:  # noqa: F811
    """A world in which hr is confidential and support has one member."""
    return make_world(roles=MEMBERS, more=TO_HR)


Visit = Callable[..., Browser]


@pytest.fixture
def visit(board_world: World) -> Iterator[Visit]:
    """Somebody visits the board: `visit(ANNA)`; nobody in particular: `visit()`."""
    app = build(board_world)
    open_: list[Browser] = []

    def visit(address: str = "", *groups: str) -> Browser:
        browser = Browser(app)
        open_.append(browser)
        return sign_in(browser, board_world, address, *groups) if address else browser

    yield visit
    for one in open_:
        one.client.close()


Call = Callable[..., httpx.Response]


@pytest.fixture
def call(board_world: World) -> Iterator[Call]:
    """A program asks: `call("GET", "/cases", "read")`, with a token of these scopes."""
    client = TestClient(build(board_world), base_url="http://board.test", raise_server_exceptions=True)
    made: dict[tuple[str, ...], str] = {}

    def call(method: str, path: str, *scopes: str, **sent: Any) -> httpx.Response:
        if scopes and scopes not in made:
            with board_world.database.writing() as connection:
                made[scopes] = api_tokens.add(connection, "-".join(scopes), scopes, now=board_world.now()) or ""
        headers = {"authorization": f"Bearer {made[scopes]}"} if scopes else {}
        return client.request(method, f"/api/v1{path}", headers=headers | sent.pop("headers", {}), **sent)

    yield call
    client.close()
