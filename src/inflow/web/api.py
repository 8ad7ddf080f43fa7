"""The JSON API: for programs, with tokens (RFC 6750) whose scopes say what they may. Its OpenAPI is at /api/v1/openapi.json."""

import base64
import binascii
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.query import parse
from inflow.desk import actions, promises
from inflow.desk.figures import report
from inflow.desk.world import World
from inflow.store import board, events, feed, found, messages, tokens
from inflow.store.board import Reader
from inflow.store.cases import Filters, NoCaseError
from inflow.store.engine import Trouble, is_trouble
from inflow.store.rows import Case
from inflow.store.tokens import Token
from inflow.web import atom
from inflow.web.shapes import CaseShape, Fault, FoundShape, PageShape, WholeShape, of_case, whole
from inflow.web.visitor import gone_roles, world_of

MOST_NUMBER = 1 << 60
Number = Annotated[int, Path(ge=1, le=MOST_NUMBER)]
Short = Annotated[str, Query(max_length=320)]
_UNREADABLE = 400


class Asks:
    """A program that asks: its token, and what it sees."""

    def __init__(self, token: Token, reader: Reader) -> None:
        self.token = token
        self.reader = reader
        self.by = f"api:{token.name}"


def _asks(request: Request) -> Asks:
    """Who asks. 401 without a token that holds."""
    world = world_of(request)
    secret = _secret(request.headers.get("authorization", ""))
    with world.database.reading() as connection:
        token = tokens.known(connection, secret) if secret else None
    if token is None:
        raise HTTPException(401, "a token that holds is needed", {"WWW-Authenticate": 'Bearer realm="inflow"'})
    if tokens.is_stale(token, world.now()):
        with world.database.writing() as connection:
            tokens.used(connection, token.name, now=world.now())
    hidden = [one.name for one in world.settings.roles if one.confidential and "confidential" not in token.scopes]
    return Asks(token, Reader(address=f"api:{token.name}", hidden=(*hidden, *request.app.state.gone)))


def _secret(header: str) -> str:
    """The token of a request; programs that know passwords only (readers of feeds) bring it as one (RFC 7617)."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[2]
        except (binascii.Error, ValueError):
            return ""
    return value.strip() if scheme.lower() == "bearer" else ""


def _with(scope: str) -> Callable[[Asks], Asks]:
    def allowed(asks: Annotated[Asks, Depends(_asks)]) -> Asks:
        if scope not in asks.token.scopes:
            raise HTTPException(403, f"this token may not {scope}")
        return asks

    return allowed


Reads = Annotated[Asks, Depends(_with("read"))]
Acts = Annotated[Asks, Depends(_with("act"))]
_FAULTS: dict[int | str, dict[str, Any]] = {
    401: {"model": Fault, "description": "No token that holds"},
    403: {"model": Fault, "description": "The token may not do this"},
    404: {"model": Fault, "description": "Not there, or not to be seen"},
    409: {"model": Fault, "description": "It cannot be done as things stand"},
}


def build(world: World) -> FastAPI:
    """The API of a world, to be mounted."""
    app = FastAPI(
        title="Inflow",
        version="1",
        docs_url=None,
        redoc_url=None,
        responses=_FAULTS,
        description="Cases, search, figures and what people can do to a case. Authorization: Bearer TOKEN (`inflow tokens add`).",
    )
    app.state.world, app.state.gone = world, gone_roles(world)
    app.get("/cases", response_model=PageShape)(cases)
    app.get("/cases/{number}", response_model=WholeShape)(case)
    app.get("/search", response_model=list[FoundShape])(search)
    app.get("/statistics")(statistics)
    app.get("/feed.atom", response_class=Response, responses={200: {"content": {"application/atom+xml": {}}}})(news)
    for deed in _DEEDS:
        app.post(f"/cases/{{number}}/{deed}", response_model=CaseShape, name=deed)(_deed(deed))
    app.add_exception_handler(NoCaseError, _not_there)
    for error in (NotPossibleError, actions.NoRoleError):
        app.add_exception_handler(error, _not_possible)
    for trouble in Trouble:
        app.add_exception_handler(trouble, _trouble)
    return app


def cases(  # noqa: PLR0913  the filters, by name
    request: Request,
    asks: Reads,
    *,
    q: Annotated[str, Query(max_length=300, description="A search, as on the board.")] = "",
    role: Short = "",
    status: Short = "",
    party: Short = "",
    label: Short = "",
    below: Annotated[int | None, Query(ge=1, le=MOST_NUMBER)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Any:
    """Cases, newest first, closed ones included."""
    world = world_of(request)
    filters = Filters(
        role=role or None,
        status=status or None,
        party=party or None,
        label=label or None,
        search=q or None,
        limit=limit,
    )
    with world.database.reading() as connection:
        page = board.page(connection, asks.reader, filters, below=below)
    return {"cases": [of_case(one) for one in page.cases], "below": page.below}


def case(request: Request, asks: Reads, number: Number) -> Any:
    """One case with its messages and its history. That a confidential one was read stands in its history."""
    world = world_of(request)
    with _looking(world, asks, number) as connection:
        one = _opened(connection, world, asks, number)
        return whole(one, messages.of_case(connection, one.number), events.of_case(connection, one.number))


def _looking(world: World, asks: Asks, number: int) -> AbstractContextManager[Connection]:
    """A connection to look with: one that writes, where the look has to be written down."""
    with world.database.reading() as connection:
        role = world.settings.role(board.case(connection, asks.reader, number).role)
    return world.database.writing() if role and role.confidential else world.database.reading()


def _opened(connection: Connection, world: World, asks: Asks, number: int) -> Case:
    one = board.case(connection, asks.reader, number)
    role = world.settings.role(one.role)
    if role is not None and role.confidential:
        events.append(connection, one.number, Kind.READ, text="the case", by=asks.by, at=world.now())
    return one


def search(
    request: Request,
    asks: Reads,
    q: Annotated[str, Query(max_length=300)],
    limit: Annotated[int, Query(ge=1, le=200)] = 30,
) -> Any:
    """What holds all that is asked, the best first."""
    world = world_of(request)
    query = parse(q, zone=world.settings.organisation.zone)
    if not query.asks:
        return []
    with world.database.reading() as connection:
        some = found.find(connection, query, board.visible(asks.reader), limit=limit).found
    return [
        {**of_case(one.case), "excerpt": "".join(text for text, _ in one.excerpt), "file": one.file} for one in some
    ]


def statistics(request: Request, asks: Reads) -> dict[str, Any]:
    """The figures of the last twelve weeks, by role, never by person."""
    world = world_of(request)
    with world.database.reading() as connection:
        return report(connection, world, reader=asks.reader)


def news(request: Request, asks: Reads) -> Response:
    """What happened last, as a feed (Atom, RFC 4287)."""
    world = world_of(request)
    with world.database.reading() as connection:
        happened = feed.newest(connection, board.visible(asks.reader))
    return Response(atom.feed(happened, world=world), media_type="application/atom+xml")


class Said(BaseModel):
    """What a deed needs: the role to route to, the text of a note, the name of a label, a word of why."""

    role: str = Field("", max_length=100)
    text: str = Field("", max_length=100_000)
    label: str = Field("", max_length=100)
    why: str = Field("", max_length=1000)


def _note(connection: Connection, world: World, number: int, said: Said, *, by: str) -> None:
    if not said.text.strip():
        raise NotPossibleError("the note is empty")
    actions.note(connection, world, number, said.text.strip(), by=by)


def _label(connection: Connection, world: World, number: int, said: Said, *, by: str) -> None:
    if not said.label.strip():
        raise NotPossibleError("the label is empty")
    actions.label(connection, world, number, " ".join(said.label.split()), by=by)


_DEEDS: dict[str, Callable[..., Any]] = {
    "route": lambda c, w, n, s, *, by: actions.route(c, w, n, actions.role_named(w, s.role), by=by, why=s.why),
    "note": _note,
    "label": _label,
    "escalate": lambda c, w, n, s, *, by: actions.escalate(c, w, n, by=by, why=s.why),
    "close": lambda c, w, n, s, *, by: actions.close(c, w, n, by=by, why=s.why),
    "reopen": lambda c, w, n, s, *, by: actions.reopen(c, w, n, by=by, why=s.why),
}


def _deed(name: str) -> Callable[..., Any]:
    def act(request: Request, asks: Acts, number: Number, said: Said) -> Any:
        world = world_of(request)
        with world.database.writing() as connection:
            one = board.case(connection, asks.reader, number)
            _DEEDS[name](connection, world, one.number, said, by=asks.by)
            promises.follow(connection, world, one.number)
            return of_case(board.case(connection, Reader(address=asks.by), one.number))

    act.__doc__ = f"{name.title()} a case, as a member would; the case as it stands then."
    return act


def _not_there(_: Request, error: Exception) -> Response:
    del error
    return JSONResponse({"detail": "there is no such case"}, status_code=404)


def _not_possible(_: Request, error: Exception) -> Response:
    return JSONResponse({"detail": str(error)}, status_code=409)


def _trouble(_: Request, error: Exception) -> Response:
    if not is_trouble(error):
        return JSONResponse({"detail": "the database does not take this"}, status_code=_UNREADABLE)
    return JSONResponse(
        {"detail": "the database cannot be used now; try again"}, status_code=503, headers={"Retry-After": "5"}
    )
