"""Ready answers for programs: which there are, and which of them a case asks for."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Request

from inflow.desk import answers as bank
from inflow.store import answers as used
from inflow.store import messages
from inflow.web import ready
from inflow.web.api.asks import Reads, reads
from inflow.web.api.reading import Number
from inflow.web.api.shapes import EntryShape, LikelyShape
from inflow.web.looking import opened
from inflow.web.visitor import world_of

router = APIRouter()


@router.get("/answers", response_model=list[EntryShape], dependencies=[reads])
def ready_answers(request: Request) -> Any:
    """The ready answers there are."""
    return _shown(request)


@router.get("/answers/{key}", response_model=EntryShape, dependencies=[reads])
def ready_answer(request: Request, key: Annotated[str, Path(max_length=60)]) -> Any:
    """One ready answer."""
    found = [one for one in _shown(request) if one["key"] == key]
    if not found:
        raise HTTPException(404, "there is no such answer")
    return found[0]


@router.get("/cases/{number}/answers", response_model=list[LikelyShape])
def suggested(request: Request, asks: Reads, number: Number) -> Any:
    """The ready answers that a case asks for, the likeliest first, and the words of its mail that say so."""
    world = world_of(request)
    with opened(world, asks.reader, number, what="the ready answers for it") as (connection, case):
        found = ready.likely(connection, world, case, messages.of_case(connection, case.number))
    return [{**one.entry.as_json(), "likeness": one.likeness, "words": one.words} for one in found]


def _shown(request: Request) -> list[dict[str, Any]]:
    world = world_of(request)
    with world.database.reading() as connection:
        uses = used.uses(connection)
        found = bank.held(connection, world)
    return [{**one.entry.as_json(), "used": uses.get(key, 0)} for key, one in found.items()]
