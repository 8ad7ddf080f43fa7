"""The board as one application: its pages behind one shield, and what each error looks like to whoever asked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from urllib.parse import quote

import anyio.to_thread
from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as AnyHTTPException

from inflow.desk.world import World
from inflow.store.cases import NoCaseError
from inflow.store.engine import Trouble, is_trouble
from inflow.web import (
    acts,
    alarms,
    api,
    case,
    editing,
    inbox,
    letter,
    live,
    login,
    mails,
    oidc,
    problems,
    ready,
    rooms,
    search,
    statistics,
)
from inflow.web.pages import page
from inflow.web.shield import Shield
from inflow.web.visitor import SignedOutError, gone_roles, visitor

AT_ONCE = 8
"""Requests in hand at once: fewer than the connections of a pool, so that the daemon always has one."""


@asynccontextmanager
async def _bounded(_: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = AT_ONCE
    yield


def build(world: World) -> FastAPI:
    """The board of a world."""
    app = FastAPI(title="Inflow", docs_url=None, redoc_url=None, openapi_url=None, lifespan=_bounded)
    app.state.world = world
    app.state.gone = gone_roles(world)
    app.state.listeners = set()
    app.state.stopping = lambda: False
    pages = (login, inbox, search, rooms, problems, alarms, letter, ready, editing, statistics, mails, case, acts, live)
    for one in pages:
        app.include_router(one.router)
    if world.settings.web.oidc is not None:
        oidc.join(app, world)
    app.mount("/api/v1", api.build(world))
    app.mount("/static", StaticFiles(directory=str(files("inflow.web") / "static")), name="static")
    app.add_exception_handler(SignedOutError, _to_the_door)
    app.add_exception_handler(NoCaseError, _not_there)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(AnyHTTPException, _refused)
    for trouble in Trouble:
        app.add_exception_handler(trouble, _trouble)
    app.add_middleware(Shield, https=world.settings.web.url.startswith("https:"))
    return app


def _to_the_door(request: Request, _: Exception) -> Response:
    """Nobody is signed in: a page leads to the door, everything else is refused."""
    wants_page = "text/html" in request.headers.get("accept", "") and "hx-request" not in request.headers
    auth = request.app.state.world.settings.web.auth
    if request.method != "GET" or not wants_page or auth in ("proxy", "demo"):
        return PlainTextResponse("sign in first", status_code=401)
    onward = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?next={quote(onward, safe='')}", status_code=302)


def _not_there(request: Request, _: Exception) -> Response:
    """The same for what is not there and for what is not theirs."""
    return _refused(request, HTTPException(404))


def _malformed(request: Request, error: Exception) -> Response:
    """What does not have the form it should have: no such page, where it is the address."""
    places = {fault["loc"][0] for fault in error.errors()} if isinstance(error, RequestValidationError) else set()
    return _refused(request, HTTPException(404 if "path" in places else 422))


def _refused(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, AnyHTTPException) else 500
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": "there is nothing here"}, status_code=status)
    try:
        asking = visitor(request)
    except SignedOutError:
        return _to_the_door(request, error) if status == 404 else PlainTextResponse("refused", status_code=status)  # noqa: PLR2004
    return page(request, asking, "error.html", status=status, code=status)


def _trouble(_: Request, error: Exception) -> Response:
    """The database is in trouble: again later."""
    if not is_trouble(error):
        raise error
    return PlainTextResponse(
        "the database cannot be used now; try again", status_code=503, headers={"Retry-After": "5"}
    )
