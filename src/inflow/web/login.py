"""The door: signing in with a password, signing out, and the language of the pages. Whoever tries too often waits."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from inflow.desk.world import World
from inflow.store import accounts
from inflow.store.accounts import Session
from inflow.web import tokens
from inflow.web.pages import LANGUAGES, local_path, page
from inflow.web.passwords import fits
from inflow.web.visitor import Acting, check_form, client_of, cookie_name, token_of, world_of

router = APIRouter()
WINDOW = timedelta(minutes=15)
MOST_OF_ADDRESS = 10
MOST_OF_CLIENT = 50


@router.get("/login")
def door(request: Request, next: str = "/") -> Response:  # noqa: A002  it is called so in the address
    """The page to sign in at."""
    return _door(request, onward=local_path(next))


@router.post("/login")
def sign_in(
    request: Request,
    address: Annotated[str, Form(max_length=320)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    *,
    csrf: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",  # noqa: A002
) -> Response:
    """Sign in with a password, where the config says so."""
    world = world_of(request)
    check_form(request, tokens.csrf(token_of(request) or "", world.keys), csrf)
    if world.settings.web.auth != "local":
        return _door(request, onward="/", status=401)
    address, client, now = address.strip().lower(), client_of(request), world.now()
    with world.database.reading() as connection:
        of_address, of_client = accounts.failures(connection, address, client, since=now - WINDOW)
        known = accounts.credentials(connection, address)
    if of_address >= MOST_OF_ADDRESS or of_client >= MOST_OF_CLIENT:
        return _door(request, onward=local_path(next), status=429, fault="often")
    if not fits(password, known[0] if known else None) or known is None:
        with world.database.writing() as connection:
            accounts.failed(connection, address, client, now=now)
        return _door(request, onward=local_path(next), status=401, fault="wrong")
    return begin(world, Session(address=address, name=known[1]), onward=local_path(next))


def begin(world: World, who: Session, *, onward: str) -> Response:
    """Somebody is signed in: under a token that no page before knew."""
    cookie = tokens.new(world.keys)
    token = tokens.read(cookie, world.keys) or ""
    with world.database.writing() as connection:
        accounts.begin(connection, tokens.digest(token), who, now=world.now(), lasts=world.settings.web.session)
    response = RedirectResponse(onward, status_code=303)
    _hold(response, world, cookie)
    return response


@router.post("/logout")
def sign_out(request: Request, asking: Acting) -> Response:  # noqa: ARG001  only they can sign themselves out
    """Sign out: the session is gone, whoever holds its cookie."""
    world = world_of(request)
    with world.database.writing() as connection:
        accounts.end(connection, tokens.digest(token_of(request) or ""))
    response = RedirectResponse("/login", status_code=303)
    response.delete_cookie(cookie_name(world.settings), secure=world.settings.web.is_https, httponly=True)
    return response


@router.get("/language/{code}")
def choose(request: Request, code: str, next: str = "/") -> Response:  # noqa: A002
    """Read the pages in another language."""
    response = RedirectResponse(local_path(next), status_code=303)
    if code in LANGUAGES:
        response.set_cookie("language", code, max_age=31536000, samesite="lax", httponly=True,
                            secure=world_of(request).settings.web.is_https)  # fmt: skip
    return response


def _door(request: Request, *, onward: str, status: int = 200, fault: str = "") -> HTMLResponse:
    world = world_of(request)
    token = token_of(request)
    cookie = None if token else tokens.new(world.keys)
    csrf = tokens.csrf(token or (tokens.read(cookie or "", world.keys) or ""), world.keys)
    response = page(request, None, "login.html", status=status, csrf=csrf, onward=onward, fault=fault)
    if cookie:
        _hold(response, world, cookie)
    return response


def _hold(response: Response, world: World, cookie: str) -> None:
    web = world.settings.web
    response.set_cookie(
        cookie_name(world.settings), cookie, path="/", httponly=True, samesite="lax", secure=web.is_https
    )
