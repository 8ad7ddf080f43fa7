"""The promises of a case kept in step with how it stands, and the timers that watch over them.

Whoever has done something to a case calls `follow` at the end of the transaction; it may be called any number of times.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from inflow.casework.clocks import Clock, as_work, due, worked
from inflow.casework.promises import WARN_AT, Promise, Standing, What, plan, promised
from inflow.desk.world import World
from inflow.store import cases, promises, timers


def follow(connection: Connection, world: World, number: int) -> None:
    """Settle, pause and begin promises of a case as it stands now."""
    settings, now = world.settings, world.now()
    if not settings.promises:
        return
    case = cases.get(connection, number)
    wanted = promised(settings.promises, role=case.role, party=case.party.kind, other=settings.other.role)
    unsettled = promises.unsettled(connection, number)
    if not wanted and not unsettled:
        return
    standing = Standing(
        status=case.status,
        role=case.role,
        replies=promises.replies(connection, number),
        merged=case.merged_into is not None,
    )
    following = plan(standing, unsettled, wanted, now=now)
    for one, state, at in following.settle:
        promises.settle(connection, one.id, state, at=at)
        timers.clear(connection, number, kinds(one.what))
    for one in following.pause:
        spent = one.spent + worked(settings.clock(one.role), one.started_at, now)
        promises.pause(connection, one.id, spent=min(spent, one.allowed))
        timers.clear(connection, number, kinds(one.what))
    for one in following.resume:
        _resume(connection, world, number, one)
    if following.begin and promises.somebody_waits(connection, number):
        clock = settings.clock(case.role)
        for what, within in following.begin.items():
            allowed = as_work(clock, within)
            due_at = due(clock, now, allowed)
            promises.begin(connection, number, what, role=case.role, allowed=allowed, now=now, due_at=due_at)
            _watch(connection, number, what, clock=clock, now=now, left=allowed, calm=WARN_AT * allowed)


def _resume(connection: Connection, world: World, number: int, one: Promise) -> None:
    clock, now = world.settings.clock(one.role), world.now()
    left = one.allowed - one.spent
    promises.resume(connection, one.id, now=now, due_at=due(clock, now, left))
    calm = WARN_AT * one.allowed - one.spent
    _watch(connection, number, one.what, clock=clock, now=now, left=left, calm=calm)


def _watch(
    connection: Connection, number: int, what: What, *, clock: Clock, now: datetime, left: timedelta, calm: timedelta
) -> None:
    """Set the timers of a promise: `calm` is how long until the role is warned; it was warned already when that is over."""
    warn, late = kinds(what)
    timers.set_(connection, number, late, due_at=due(clock, now, left))
    if calm > timedelta(0):
        timers.set_(connection, number, warn, due_at=due(clock, now, calm))


def kinds(what: What) -> tuple[str, str]:
    """The timers of a promise: when the role is warned, and when time is up."""
    return f"warn-{what}", f"late-{what}"
