"""What programs read: cases, their mail and files as they came, what is found, figures, a feed."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import Response

from inflow.casework.query import parse as parse_query
from inflow.desk.figures import report
from inflow.mail.parse import parse
from inflow.store import board, events, feed, found, messages
from inflow.store.cases import Filters
from inflow.web import atom
from inflow.web.api.asks import Asks, Reads
from inflow.web.api.shapes import FoundShape, PageShape, WholeShape, of_case, whole
from inflow.web.hostile import attachment_header
from inflow.web.looking import opened
from inflow.web.visitor import world_of

router = APIRouter()
MOST = 1 << 53
"""Greater numbers are not the same to everybody who reads JSON (RFC 7493 section 2.2)."""
Number = Annotated[int, Path(ge=1, lt=MOST)]
Id = Annotated[int, Path(ge=1, lt=MOST)]
Position = Annotated[int, Path(ge=0, lt=1000)]
Short = Annotated[str, Query(max_length=320)]
_OCTETS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/cases", response_model=PageShape)
def cases(  # noqa: PLR0913  the filters, by name
    request: Request,
    asks: Reads,
    *,
    q: Annotated[str, Query(max_length=300, description="A search, as on the board.")] = "",
    role: Short = "",
    status: Short = "",
    party: Short = "",
    label: Short = "",
    below: Annotated[int | None, Query(ge=1, lt=MOST)] = None,
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


@router.get("/cases/{number}", response_model=WholeShape)
def case(request: Request, asks: Reads, number: Number) -> Any:
    """One case with its messages and its history. That a confidential one was read stands in its history."""
    with opened(world_of(request), asks.reader, number, what="the case") as (connection, one):
        return whole(one, messages.of_case(connection, one.number), events.of_case(connection, one.number))


@router.get("/cases/{number}/messages/{id_}/raw", response_class=Response, responses=_OCTETS)
def raw(request: Request, asks: Reads, number: Number, id_: Id) -> Response:
    """A mail byte for byte as it came."""
    content = _raw(request, asks, number, id_, what=f"message {id_} as it came")
    return _saved(content, f"case-{number}-message-{id_}.eml")


@router.get("/cases/{number}/messages/{id_}/files/{position}", response_class=Response, responses=_OCTETS)
def file(request: Request, asks: Reads, number: Number, id_: Id, *, position: Position) -> Response:
    """A file that a mail brought, its octets as they were. What it says of its type stands in the case."""
    what = f"file {position} of message {id_}"
    files = parse(_raw(request, asks, number, id_, what=what, understood=True)).attachments
    if position >= len(files):
        raise HTTPException(404, "there is no such file")
    return _saved(files[position].content, files[position].filename)


def _raw(request: Request, asks: Asks, number: int, id_: int, *, what: str, understood: bool = False) -> bytes:
    with opened(world_of(request), asks.reader, number, what=what) as (connection, _):
        return board.raw(connection, asks.reader, number, id_, understood=understood)


def _saved(content: bytes, name: str) -> Response:
    """Octets to be saved: nothing that anybody's browser would show."""
    headers = {"Content-Disposition": attachment_header(name), "Content-Security-Policy": "default-src 'none'; sandbox"}
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.get("/search", response_model=list[FoundShape])
def search(
    request: Request,
    asks: Reads,
    q: Annotated[str, Query(max_length=300)],
    limit: Annotated[int, Query(ge=1, le=200)] = 30,
) -> Any:
    """What holds all that is asked, the best first."""
    world = world_of(request)
    query = parse_query(q, zone=world.settings.organisation.zone)
    if not query.asks:
        return []
    with world.database.reading() as connection:
        some = found.find(connection, query, board.visible(asks.reader), limit=limit).found
    return [
        {**of_case(one.case), "excerpt": "".join(text for text, _ in one.excerpt), "file": one.file} for one in some
    ]


@router.get("/statistics")
def statistics(request: Request, asks: Reads) -> dict[str, Any]:
    """The figures of the last twelve weeks, by role, never by person."""
    world = world_of(request)
    with world.database.reading() as connection:
        return report(connection, world, reader=asks.reader)


@router.get("/feed.atom", response_class=Response, responses={200: {"content": {"application/atom+xml": {}}}})
def news(request: Request, asks: Reads) -> Response:
    """What happened last, as a feed (Atom, RFC 4287)."""
    world = world_of(request)
    with world.database.reading() as connection:
        happened = feed.newest(connection, board.visible(asks.reader))
    return Response(atom.feed(happened, world=world), media_type="application/atom+xml")
