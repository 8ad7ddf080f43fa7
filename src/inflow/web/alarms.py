"""The cord on the board, and what somebody says of a case: that it is about the same as another, of a problem, of none, an alarm."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from inflow.casework.case import NotPossibleError
from inflow.desk import cords, problems
from inflow.desk.world import World
from inflow.store import cords as store
from inflow.store.cords import Cord
from inflow.web.acts import respond
from inflow.web.looking import MOST_NUMBER
from inflow.web.order import Order
from inflow.web.problems import Listed, listed
from inflow.web.visitor import Acting, Visitor, world_of

router = APIRouter()


def _same(connection: Connection, world: World, order: Order) -> None:
    problems.same(connection, world, order.number, order.case(connection, "into"), by=order.by)


def _name(connection: Connection, world: World, order: Order) -> None:
    if not order.words["name"].strip():
        raise NotPossibleError("the name is empty")
    problems.name(connection, world, order.number, order.words["name"], by=order.by)


DEEDS: dict[str, tuple[Callable[[Connection, World, Order], Any], str]] = {
    "same": (_same, "same"),
    "name": (_name, "of-problem"),
    "leave": (lambda c, w, o: problems.leave(c, w, o.number, by=o.by), "left"),
    "andon": (lambda c, w, o: cords.pull(c, w, o.words["why"], by=o.by, case=o.number), "pulled"),
}


@router.post("/cases/{number}/problem/{deed}")
def of_many(
    request: Request,
    asking: Acting,
    number: int,
    deed: str,
    *,
    name: Annotated[str, Form(max_length=200)] = "",
    into: Annotated[str, Form(max_length=20)] = "",
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """One of these of a case."""
    if deed not in DEEDS:
        raise HTTPException(404)
    carried, done = DEEDS[deed]
    words = {"name": name, "into": into, "why": why, "form": f"problem/{deed}"}
    return respond(request, asking, number, words, carried=carried, done=done)


@router.post("/cords")
def pull(request: Request, asking: Acting, why: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Pull the cord in the house."""
    return _with_cord(request, asking, lambda c, world: cords.pull(c, world, why, by=asking.address), done="pulled")


@router.post("/cords/{number}/answer")
def answer(request: Request, asking: Acting, number: int, text: Annotated[str, Form(max_length=2000)] = "") -> Response:
    """Say what is done about a cord that hangs."""
    with world_of(request).database.reading() as connection:
        cord = store.get(connection, number) if 0 < number < MOST_NUMBER else None
        if cord is None or not cords.is_seen(connection, asking.reader, cord):
            raise HTTPException(404)

    def deed(connection: Connection, world: World) -> Cord:
        return cords.answer(connection, world, text, by=asking.address, number=number)

    return _with_cord(request, asking, deed, done="calmed")


def _with_cord(request: Request, asking: Visitor, deed: Callable[[Connection, World], Cord], *, done: str) -> Response:
    world = world_of(request)
    try:
        with world.database.writing() as connection:
            cord = deed(connection, world)
    except NotPossibleError as error:
        return listed(request, asking, Listed(), fault=str(error))
    where = f"/problems/{cord.problem}" if cord.problem else f"/cases/{cord.case}" if cord.case else "/problems"
    return RedirectResponse(f"{where}?done={done}", status_code=303)
