"""The page of search: as one writes, what is found, the best first, with the words marked."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from inflow.casework.query import parse
from inflow.store import board, found
from inflow.store.found import Findings
from inflow.web.pages import page
from inflow.web.visitor import Asking, world_of

router = APIRouter()
Words = Annotated[str, Query(max_length=300)]
From = Annotated[int, Query(ge=0, le=1000)]


@router.get("/search")
def search(request: Request, asking: Asking, q: Words = "", leave_out: From = 0) -> Response:
    """Everything somebody may see that holds what is asked, closed cases too."""
    world = world_of(request)
    query = parse(q, zone=world.settings.organisation.zone)
    findings = Findings(found=[])
    if query.asks:
        with world.database.reading() as connection:
            findings = found.find(connection, query, board.visible(asking.reader), leave_out=leave_out)
    return page(request, asking, "search.html", q=q, findings=findings, asks=query.asks)
