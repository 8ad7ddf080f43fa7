"""What many meet: how many, in their own words, whether it rises, who works on it; and the cord. Each deed is the desk's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection

from inflow.casework.anonymous import quotation
from inflow.casework.case import NotPossibleError
from inflow.casework.rise import BEFORE, DAY, Rate, rate
from inflow.desk import actions, cords, problems
from inflow.desk.world import World
from inflow.store import alike, board
from inflow.store import cords as pulled
from inflow.store import letter as letters
from inflow.store import problems as store
from inflow.store.board import Reader
from inflow.store.cases import NoCaseError
from inflow.store.cords import Cord
from inflow.store.engine import look_up
from inflow.store.problems import Problem
from inflow.web.charts import bars, spark
from inflow.web.looking import MOST_NUMBER
from inflow.web.order import Order
from inflow.web.pages import page
from inflow.web.visitor import Acting, Asking, Visitor, world_of

router = APIRouter()
PAGE, MOST_CASES, MOST_CORDS, QUOTED = 30, 200, 200, 4
DAYS = 14


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A problem as it is shown: whether it rises, how many wrote each day, what some say (with the case), the cord that hangs."""

    problem: Problem
    rate: Rate
    days: Mapping[str, int]
    quotes: Sequence[tuple[str, int]]
    cord: Cord | None


class Listed(BaseModel):
    """What stands behind the ? of the list: `all`, and where a page goes on."""

    show: str = Field("", max_length=10)
    done: str = Field("", max_length=20)
    below: int | None = Field(None, ge=1, le=1 << 60)
    at: AwareDatetime | None = None


@router.get("/problems")
def many(request: Request, asking: Asking, wanted: Annotated[Listed, Query()]) -> Response:
    """What many have written about, and the cords that hang; of the latest, what is loudest first."""
    return listed(request, asking, wanted)


def listed(request: Request, asking: Visitor, wanted: Listed, *, fault: str = "") -> Response:
    """The list, with what was done or why it could not be."""
    world = world_of(request)
    find = store.latest if wanted.show == "all" else store.unsolved
    below = (wanted.at, wanted.below) if wanted.at and wanted.below else None
    with world.database.reading() as connection:
        look_up(connection)
        there = find(connection, limit=PAGE + 1, reader=asking.reader, below=below)
        found = _met(connection, world, asking.reader, there[:PAGE])
        found.sort(key=lambda met: (met.cord is None, not met.rate.rises, -met.rate.recent, -met.problem.senders))
        hanging = [one for one in pulled.unanswered(connection, limit=MOST_CORDS) if one.problem is None]
        hanging = cords.seen(connection, asking.reader, hanging)
    more = {"below": there[PAGE - 1].number, "at": there[PAGE - 1].updated_at} if len(there) > PAGE else {}
    shown: dict[str, Any] = {"found": found, "hanging": hanging, "show": wanted.show, "done": wanted.done}
    return page(
        request, asking, "problems.html", status=409 if fault else 200, spark=spark, fault=fault, more=more, **shown
    )


@router.get("/problems/{number}")
def one(request: Request, asking: Asking, number: int, done: str = "") -> Response:
    """One problem: its cases, what people say, what is done about it."""
    return _one(request, asking, number, done=done)


def _one(
    request: Request, asking: Visitor, number: int, *, done: str = "", fault: str = "", draft: Mapping[str, str] = {}
) -> Response:
    world = world_of(request)
    with world.database.reading() as connection:
        look_up(connection)
        found = seen(connection, asking.reader, number)
        (met,) = _met(connection, world, asking.reader, [found], quoted=QUOTED)
        reports = store.reports(connection, number, limit=MOST_CASES, reader=asking.reader)[::-1]
        waiting = problems.untold(connection, number, reader=asking.reader) if found.state == "solved" else []
        cases = board.several(connection, asking.reader, [each.case for each in reports])
    shown: dict[str, Any] = {"met": met, "one": found, "reports": {each.case: each for each in reports}, "cases": cases}
    shown |= {"waiting": len(waiting), "mine": sum(asking.is_member(each.role) for each in waiting), "bars": bars}
    shown["days"] = {day: {"": count} for day, count in met.days.items()}
    owners = [role for role in world.settings.roles if found.within in ("", role.name)]
    values: dict[str, Any] = {"done": done, "fault": fault, "draft": draft, "owners": owners}
    return page(request, asking, "problem.html", status=409 if fault else 200, **shown, **values)


def seen(connection: Connection, reader: Reader, number: int) -> Problem:
    """A problem that somebody sees. Raises 404."""
    found = store.get(connection, number, reader=reader) if 0 < number < MOST_NUMBER else None
    if found is None:
        raise HTTPException(404, "there is no such problem")
    return found


def _met(
    connection: Connection, world: World, reader: Reader, found: Sequence[Problem], *, quoted: int = 1
) -> list[Met]:
    """Problems as they are shown."""
    now = world.now()
    since = alike.began(connection, reader=reader) or now
    numbers = [each.number for each in found]
    reported = store.reported_all(connection, numbers, since=now - BEFORE - DAY, reader=reader)
    newest = [case for number in numbers for _, _, case in reported.get(number, ())[: quoted * 2]]
    words = letters.words(connection, newest) if newest else {}
    pulled_at = [one for one in pulled.unanswered(connection, limit=MOST_CORDS) if one.problem in numbers]
    hanging = {one.problem: one for one in cords.seen(connection, reader, pulled_at)}
    return [
        Met(
            problem=each,
            rate=rate(((at, who) for at, who, _ in reported.get(each.number, ())), now=now, since=since),
            days=_days(world, reported.get(each.number, ())),
            quotes=_quotes(each, [case for _, _, case in reported.get(each.number, ())], words, most=quoted),
            cord=hanging.get(each.number),
        )
        for each in found
    ]


def _quotes(
    one: Problem, newest: Sequence[int], words: Mapping[int, tuple[str, str]], *, most: int
) -> list[tuple[str, int]]:
    """What some of those who wrote say, the newest first, without who they are; each saying once, with a case."""
    told: dict[str, int] = {}
    for case in newest:
        said, sender = words.get(case, ("", ""))
        if said and len(told) < most and (quote := quotation(said, sender=sender, about=one.words)):
            told.setdefault(quote, case)
    return list(told.items())


def _days(world: World, reports: Sequence[tuple[datetime, int, int]]) -> dict[str, int]:
    """How many wrote on each of the last days."""
    zone = world.settings.organisation.zone
    today = world.now().astimezone(zone).date()
    senders: dict[str, set[int]] = {f"{today - timedelta(days=back):%Y-%m-%d}": set() for back in reversed(range(DAYS))}
    for at, sender, _ in reports:
        senders.get(at.astimezone(zone).date().isoformat(), set()).add(sender)
    return {day: len(who) for day, who in senders.items()}


Deed = Callable[[Connection, World, Order], int | None]


def _join(connection: Connection, world: World, order: Order) -> int:
    return problems.put(connection, world, order.case(connection, "case"), order.number, by=order.by).number


def _leave(connection: Connection, world: World, order: Order) -> int | None:
    case = order.case(connection, "case")
    mine = store.of_case(connection, case)
    if mine is None or mine.number != order.number:
        raise NotPossibleError(f"case #{case} is of no problem")
    problems.leave(connection, world, case, by=order.by)
    return order.number if store.get(connection, order.number, reader=order.reader) else None


def _same(connection: Connection, world: World, order: Order) -> int:
    """Two problems are one: a case of each is the same."""
    other = store.get(connection, order.named("into"), reader=order.reader)
    if other is None or other.number == order.number:
        raise NotPossibleError(f"there is no problem {order.words['into'].strip()[:20]}")
    ours, theirs = (
        store.reports(connection, number, limit=1, reader=order.reader) for number in (order.number, other.number)
    )
    if not ours or not theirs:
        raise NotPossibleError(f"there is no problem {other.number}")
    return problems.same(connection, world, ours[0].case, theirs[0].case, by=order.by).number


def _own(connection: Connection, world: World, order: Order) -> int:
    return problems.own(connection, world, order.number, actions.role_named(world, order.words["role"])).number


def _solve(connection: Connection, world: World, order: Order) -> int:
    if not order.words["text"].strip():
        raise NotPossibleError("say what is done")
    return problems.solve(connection, world, order.number, order.words["text"], by=order.by).number


def _tell(connection: Connection, world: World, order: Order) -> int:
    problems.tell(connection, world, order.number, by=order.by, roles=order.roles)
    return order.number


def _pull(connection: Connection, world: World, order: Order) -> int:
    cords.pull(connection, world, order.words["why"], by=order.by, problem=order.number)
    return order.number


def _name(connection: Connection, world: World, order: Order) -> int:
    return problems.rename(connection, world, order.number, order.words["name"], by=order.by).number


DEEDS: dict[str, tuple[Deed, str]] = {
    "name": (_name, "named"),
    "own": (_own, "owned"),
    "join": (_join, "joined"),
    "leave": (_leave, "left"),
    "same": (_same, "united"),
    "solve": (_solve, "solved"),
    "tell": (_tell, "told"),
    "andon": (_pull, "pulled"),
}


def carry_out(world: World, deed: Deed, order: Order) -> int | None:
    """A deed in one transaction. Returns the problem that it is about now, if they still see one. Raises 404 for a problem they do not
    see, NotPossibleError, NoCaseError and NoRoleError."""
    with world.database.writing() as connection:
        seen(connection, order.reader, order.number)
        return deed(connection, world, order)


@router.post("/problems/{number}/{deed}")
def act(  # noqa: PLR0913  the words of the small forms, by name
    request: Request,
    asking: Acting,
    number: int,
    deed: str,
    *,
    name: Annotated[str, Form(max_length=200)] = "",
    role: Annotated[str, Form(max_length=100)] = "",
    case: Annotated[str, Form(max_length=20)] = "",
    into: Annotated[str, Form(max_length=20)] = "",
    text: Annotated[str, Form(max_length=100_000)] = "",
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """One deed."""
    if deed not in DEEDS:
        raise HTTPException(404)
    world = world_of(request)
    carried, done = DEEDS[deed]
    said = {"name": name, "role": role, "case": case, "into": into, "text": text.replace("\r\n", "\n"), "why": why}
    roles = frozenset(role.name for role in asking.roles)
    order = Order(reader=asking.reader, roles=roles, number=number, words=said)
    try:
        stands = carry_out(world, carried, order)
    except (NotPossibleError, NoCaseError, actions.NoRoleError) as error:
        return _one(request, asking, number, fault=str(error), draft=said | {"form": deed})
    return RedirectResponse(f"/problems/{stands}?done={done}" if stands else f"/problems?done={done}", status_code=303)
