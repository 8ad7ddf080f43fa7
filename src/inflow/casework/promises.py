"""What is promised to whoever opened a case, and what becomes of each promise: a plan of changes, carried out elsewhere.

While the ball is with us an answer is owed, the first or the next, and a solution; while it is with the sender, the solution waits.
A promise is a role's: it counts from when the role got the case, and ends when another gets it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from inflow.casework.case import Status
from inflow.casework.settings import PromiseSettings

WARN_AT = 0.75
"""The share of the time after which the role is warned."""


class What(StrEnum):
    """What is promised."""

    FIRST = "first-answer"
    NEXT = "next-answer"
    SOLVED = "solved"


class State(StrEnum):
    """Where a promise stands. `moved`: another role has the case now; `dropped`: the case ended without a need to keep it."""

    RUNNING = "running"
    PAUSED = "paused"
    KEPT = "kept"
    BROKEN = "broken"
    MOVED = "moved"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A promise of a case: how much working time it was given and has used before `started_at`, and what was the last event then."""

    id: int
    what: What
    role: str
    state: State
    allowed: timedelta
    spent: timedelta
    since_event: int
    began_at: datetime
    started_at: datetime
    due_at: datetime | None
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a case stands: `replies` are its answers to the sender, the id and time of each event."""

    status: Status
    role: str
    replies: Sequence[tuple[int, datetime]] = ()
    merged: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do with the promises of a case: those to settle with their state and since when, those to pause or go on with, and
    what begins."""

    settle: Sequence[tuple[Promise, State, datetime]] = ()
    pause: Sequence[Promise] = ()
    resume: Sequence[Promise] = ()
    begin: Mapping[What, timedelta] = field(default_factory=dict)


def promised(promises: Sequence[PromiseSettings], *, role: str, party: str, other: str) -> dict[What, timedelta]:
    """What is promised to a kind of party by a role: the first entry that fits says it, and how soon in written time."""
    for one in promises:
        of_role = role in one.role if one.role else role != other
        if of_role and (not one.party or party in one.party):
            return {What(what): within for what, within in one.within.items()}
    return {}


def plan(standing: Standing, unsettled: Sequence[Promise], wanted: Mapping[What, timedelta], *, now: datetime) -> Plan:
    """What becomes of the promises of a case that stands so, and which of the wanted ones begin."""
    settle = [(one, *ended) for one in unsettled if (ended := _ended(standing, one, now))]
    done = {one.id for one, _, _ in settle}
    left = [one for one in unsettled if one.id not in done]
    waits = standing.status is Status.WAITING
    running = {one.what for one in left}
    return Plan(
        settle=settle,
        pause=[one for one in left if waits and one.state is State.RUNNING],
        resume=[one for one in left if not waits and one.state is State.PAUSED],
        begin={what: within for what, within in wanted.items() if what in _owed(standing) and what not in running},
    )


def _owed(standing: Standing) -> tuple[What, ...]:
    if standing.status in (Status.WAITING, Status.CLOSED):
        return ()
    return (What.NEXT if standing.replies else What.FIRST, What.SOLVED)


def _ended(standing: Standing, one: Promise, now: datetime) -> tuple[State, datetime] | None:
    """How a promise ended and when; None: it goes on."""
    reply = next((at for id_, at in standing.replies if id_ > one.since_event), None)
    if one.what is not What.SOLVED and reply is not None:
        return _in_time(one, reply), reply
    if standing.status is Status.CLOSED:
        kept = one.what is What.SOLVED and not standing.merged
        return (_in_time(one, now) if kept else _unless_broken(one, State.DROPPED)), now
    if one.role != standing.role:
        return _unless_broken(one, State.MOVED), now
    return None


def _in_time(one: Promise, at: datetime) -> State:
    late = one.due_at is not None and at > one.due_at
    return State.BROKEN if late or one.state is State.BROKEN else State.KEPT


def _unless_broken(one: Promise, state: State) -> State:
    return State.BROKEN if one.state is State.BROKEN else state
