"""The weekly letter as a page: what it tells of the cases that somebody sees, each number with the cases behind it."""

from datetime import timedelta

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from inflow.casework.case import NotPossibleError
from inflow.casework.wording_letter import sections
from inflow.desk import letter as desk
from inflow.desk.letter import Span
from inflow.desk.world import World
from inflow.store import board
from inflow.web.pages import language_of, page
from inflow.web.visitor import Asking, world_of

router = APIRouter()
MOST = 200


@router.get("/letter")
def letter(request: Request, asking: Asking, week: str = "") -> Response:
    """The letter about a week; the one that went out last, when none is named."""
    world = world_of(request)
    span = _span(world, week)
    with world.database.reading() as connection:
        told = desk.told(connection, world, span, reader=asking.reader)
    return page(
        request,
        asking,
        "letter.html",
        letter=told,
        sections=sections(told, language_of(request)),
        before=desk.week(world, span.begin - timedelta(days=1)).name,
        after=desk.week(world, span.end).name if span.end <= world.now() else "",
        now=span.end > world.now(),
        goes_to=world.settings.other.management,
    )


@router.get("/letter/{week}/{key}")
def behind(request: Request, asking: Asking, week: str, key: str) -> Response:
    """The cases behind a number of the letter."""
    world = world_of(request)
    span = _span(world, week)
    with world.database.reading() as connection:
        try:
            numbers = desk.numbers(connection, span, key, reader=asking.reader)
        except NotPossibleError:
            raise HTTPException(404) from None
        found = board.several(connection, asking.reader, numbers[:MOST])
    return page(request, asking, "letter_cases.html", found=found, count=len(numbers), week=span.name, most=MOST)


def _span(world: World, name: str) -> Span:
    """A week by its name. Raises 404 where there is none of that name, or it is yet to come."""
    try:
        span = desk.named(world, name) if name else desk.week(world, world.now() - desk.WEEK)
    except (NotPossibleError, OverflowError):
        raise HTTPException(404) from None
    if span.begin > world.now():
        raise HTTPException(404)
    return span
