"""The other pages: what nobody owns, the roles, figures, ready answers, how everything stands."""

import statistics as spread
from collections import Counter
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from inflow import health
from inflow.casework.case import Kind
from inflow.desk import answers as bank
from inflow.store import board
from inflow.store import stats as figures
from inflow.store.cases import Filters
from inflow.store.health import look
from inflow.web.case import suggestions
from inflow.web.inbox import Listed
from inflow.web.pages import page
from inflow.web.visitor import Asking, world_of

router = APIRouter()
UNCLAIMED = 20
WEEKS = 12


@router.get("/unclaimed")
def unclaimed(request: Request, asking: Asking, below: int | None = None) -> Response:
    """Cases that nobody owns: what they are about, who may be the one and why, and one press that takes or moves them."""
    world = world_of(request)
    wanted = Listed(below=below if below and 0 < below < 1 << 60 else None)
    with world.database.reading() as connection:
        filters = Filters(status="unclaimed", limit=UNCLAIMED)
        found = board.page(connection, asking.reader, filters, below=wanted.below)
        words = board.openings(connection, [case.number for case in found.cases])
    return page(
        request,
        asking,
        "unclaimed.html",
        found=found,
        words=words,
        suggested={case.number: suggestions(case, asking, world) for case in found.cases},
        mine=[role for role in asking.roles if role.name != world.settings.other.role],
        roles=[role for role in world.settings.roles if role.name != world.settings.other.role],
    )


@router.get("/roles")
def roles(request: Request, asking: Asking) -> Response:
    """Who handles what, and how much lies with each."""
    world = world_of(request)
    with world.database.reading() as connection:
        lying = board.open_by_role(connection, asking.reader)
    return page(
        request,
        asking,
        "roles.html",
        roles=world.settings.roles,
        lying=lying,
        other=world.settings.other.role,
        mine={role.name for role in asking.roles},
        hidden=asking.reader.hidden,
    )


@router.get("/statistics")
def statistics(request: Request, asking: Asking) -> Response:
    """What comes in and how long it takes, by role, never by person."""
    world = world_of(request)
    now = world.now()
    since = now - timedelta(weeks=WEEKS)
    with world.database.reading() as connection:
        opened = figures.opened_at(connection, since=since)
        waits = {kind: figures.waits(connection, kind, since=since) for kind in (Kind.REPLIED, Kind.CLOSED)}
    hidden = set(asking.reader.hidden)
    opened = [one for one in opened if one[0] not in hidden]
    weeks = [f"{day.isocalendar().year}-{day.isocalendar().week:02}" for day in _weeks(now)]
    by_week = Counter(f"{at.isocalendar().year}-{at.isocalendar().week:02}" for _, _, at in opened)
    rows = [
        {"role": role, "cases": count, **{kind.value: _median(waits[kind], role) for kind in waits}}
        for role, count in Counter(role for role, _, _ in opened).most_common()
    ]
    return page(
        request,
        asking,
        "statistics.html",
        rows=rows,
        weeks=[(week, by_week[week]) for week in weeks],
        most=max(by_week.values(), default=1),
        total=len(opened),
    )


def _weeks(now: Any) -> list[Any]:
    return [now - timedelta(weeks=back) for back in range(WEEKS, -1, -1)]


def _median(waits: list[tuple[str, float]], role: str) -> float | None:
    seconds = [one for name, one in waits if name == role]
    return spread.median(seconds) if seconds else None


@router.get("/answers")
def answers(request: Request, asking: Asking) -> Response:
    """The ready answers there are."""
    folder = world_of(request).settings.answers.folder
    return page(request, asking, "answers.html", found=[(key, bank.text_of(folder, key)) for key in bank.keys(folder)])


@router.get("/answers/{key}")
def answer(request: Request, asking: Asking, key: str) -> Response:
    """One ready answer."""
    folder = world_of(request).settings.answers.folder
    if key not in bank.keys(folder):
        raise HTTPException(404)
    return page(request, asking, "answers.html", found=[(key, bank.text_of(folder, key))])


@router.get("/status")
def status(request: Request, asking: Asking) -> Response:
    """How everything stands: mailboxes, what waits to go out, alarms."""
    world = world_of(request)
    with world.database.reading() as connection:
        known = look(connection, [one.name for one in world.settings.mailboxes])
        alarms = health.alarms(connection, world)
        unsent = board.unsent(connection, asking.reader)
    return page(request, asking, "status.html", known=known, alarms=alarms, unsent=unsent)
