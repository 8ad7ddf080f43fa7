"""What is due by time: each timer of a case and each appointment of the house happens once, whoever runs.

What was taken is done in the same transaction. A timer that fails is due again later and stops nobody.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from inflow.casework.case import Status
from inflow.casework.codes import opens_a_door
from inflow.desk import alike, asking, cords, handover, late, letter, promises, questions
from inflow.desk.world import World
from inflow.store import appointments, cases, timers
from inflow.store.engine import is_trouble
from inflow.store.rows import Case
from inflow.store.timers import Timer

AT_ONCE, ROUNDS = 10, 10
AGAIN_AFTER = timedelta(minutes=10)
log = structlog.get_logger()


def step(world: World) -> int:
    """One round: what is due happens, a hundred timers at most, then what the house does. Returns how much did."""
    fired = 0
    for _ in range(ROUNDS):
        count = fire_some(world, limit=AT_ONCE)
        fired += count
        if not count:
            return fired + look_for_alike(world) + keep_appointments(world)
    return fired


def look_for_alike(world: World) -> int:
    """Notice what many write about, in cases that came a little while ago; where that rises beyond what is usual, the cord is pulled.
    Returns how much was mailed, and 1 when there is more to do."""
    with world.database.reading() as connection:
        if not alike.is_behind(connection, world) and not cords.is_awake(connection):
            return 0
    with world.database.writing() as connection:
        count, grown = alike.work_through(connection, world)
        is_behind = count == alike.AT_ONCE
        pulled = cords.watch(connection, world, grown, is_behind=is_behind)
        return int(is_behind) + pulled + cords.sum_up(connection, world)


def next_due(connection: Connection) -> datetime | None:
    """When something is due next; None: nothing is."""
    return min(filter(None, (timers.next_due(connection), appointments.next_due(connection))), default=None)


def fire_some(world: World, *, limit: int) -> int:
    """Take timers that are due, those that no other process has in hand, and do what they stand for. When something in it fails, one by
    one. Returns how many were taken."""
    taken: list[Timer] = []
    try:
        with world.database.writing() as connection:
            taken = timers.take(connection, now=world.now(), limit=limit)
            for timer in taken:
                fire(connection, world, timer)
    except Exception as error:  # whatever one timer breaks, the next goes on
        if is_trouble(error) or not taken:
            raise
        if limit > 1:
            return sum(fire_some(world, limit=1) for _ in taken)
        log.exception("timer failed", case=taken[0].case, kind=taken[0].kind)
        with world.database.writing() as connection:
            timers.postpone(connection, taken[0].id, due_at=world.now() + AGAIN_AFTER)
    return len(taken)


def fire(connection: Connection, world: World, timer: Timer) -> None:
    """Do what a timer stands for, if there is still a reason to."""
    promises.follow(connection, world, timer.case)
    case = cases.get(connection, timer.case)
    deed = _DEEDS.get(timer.kind)
    if deed is not None and _has_reason(connection, case, timer.kind):
        log.info("timer fired", case=case.number, kind=timer.kind)
        deed(connection, world, case)
        promises.follow(connection, world, timer.case)


def _has_reason(connection: Connection, case: Case, kind: str) -> bool:
    """Nobody is asked whose a case is that has an owner, or that began with a sign-in link or a code: that is for *other* alone."""
    if kind not in asking.CLOCKS:
        return case.status is not Status.CLOSED
    opening = asking.first_message(connection, case.number) if case.status is Status.UNCLAIMED else None
    return case.status is Status.UNCLAIMED and not (opening is not None and opens_a_door(opening))


def _ask(connection: Connection, world: World, case: Case) -> None:
    asking.ask(connection, world, case, by="clock")


def keep_appointments(world: World) -> int:
    """What the house does again and again. Returns how many were due and this process's."""
    now = world.now()
    with world.database.reading() as connection:
        made = appointments.all_(connection)
    due = {name: following(world, now) for name, (_, following) in _HOUSE.items() if name not in made}
    if missing := {name: at for name, at in due.items() if at is not None}:
        with world.database.writing() as connection:
            appointments.make(connection, missing)
    return sum(_keep(world, name, due_at) for name, due_at in made.items() if due_at <= now)


def _keep(world: World, name: str, due_at: datetime) -> bool:
    """Keep an appointment that is due, and make the next; one that fails is due again later. Returns whether it was this process's."""
    deed, following = _HOUSE.get(name, (None, None))
    try:
        with world.database.writing() as connection:
            next_at = following(world, world.now()) if following else None
            if deed is None or next_at is None:
                appointments.drop(connection, name)
                return False
            if mine := appointments.keep(connection, name, due_at, next_at):
                log.info("appointment kept", name=name)
                deed(connection, world)
            return mine
    except Exception as error:
        if is_trouble(error):
            raise
        log.exception("appointment failed", name=name)
        with world.database.writing() as connection:
            return appointments.keep(connection, name, due_at, world.now() + AGAIN_AFTER)


_DEEDS: dict[str, Callable[[Connection, World, Case], None]] = {
    "ask": _ask,
    "management": asking.to_management,
    "remind": questions.remind,
    "tell": questions.tell,
    **late.DEEDS,
}
_HOUSE: dict[str, tuple[Callable[[Connection, World], None], Callable[[World, datetime], datetime | None]]] = {
    "handover": (handover.send_all, handover.next_at),
    "letter": (letter.send, letter.next_at),
}
"""What the house does again and again: the deed, and when it is next after a moment (None: not at all)."""
