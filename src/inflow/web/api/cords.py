"""The cord for programs: which hang, pulling one in the house, saying what is done. That of a case or a problem is pulled there."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from pydantic import Field

from inflow.desk import cords
from inflow.store import cords as store
from inflow.web.api.asks import Acts, Reads
from inflow.web.api.deeds import Reason, Said
from inflow.web.api.reading import Number
from inflow.web.api.shapes import CordShape
from inflow.web.visitor import world_of

router = APIRouter()
deeds_router = APIRouter()
MOST = 200


class Done(Said):
    """What is done about it."""

    text: str = Field(min_length=1, max_length=2000)


@router.get("/cords", response_model=list[CordShape])
def hanging(request: Request, asks: Reads) -> Any:
    """The cords that are pulled and not answered, the oldest first; 200 at most."""
    with world_of(request).database.reading() as connection:
        return cords.seen(connection, asks.reader, store.unanswered(connection, limit=MOST))


@deeds_router.post("/cords/pull", response_model=CordShape)
def cord_is_pulled(request: Request, asks: Acts, said: Reason) -> Any:
    """Pull the cord in the house: the management is called. Pulled again before it is answered, it is counted."""
    world = world_of(request)
    with world.database.writing() as connection:
        return cords.pull(connection, world, said.why, by=asks.reader.address)


@deeds_router.post("/cords/{number}/answer", response_model=CordShape)
def cord_is_answered(request: Request, asks: Acts, number: Number, said: Done) -> Any:
    """Say what is done about a cord that hangs."""
    world = world_of(request)
    with world.database.writing() as connection:
        cord = store.get(connection, number)
        if cord is None or not cords.is_seen(connection, asks.reader, cord):
            raise HTTPException(404, "there is no such cord")
        return cords.answer(connection, world, said.text, by=asks.reader.address, number=number)
