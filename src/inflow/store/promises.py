"""Promises of cases: begun, paused, settled. At most one of a kind is unsettled in a case; what is settled stays for the figures."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from inflow.casework.case import Kind
from inflow.casework.promises import Promise, State, What
from inflow.store.engine import insert_new
from inflow.store.schema import event, message
from inflow.store.tables_time import promise


def unsettled(connection: Connection, case: int) -> list[Promise]:
    """The promises of a case that go on, or are broken and not yet made good."""
    query = select(promise).where(promise.c.case_id == case, promise.c.settled_at.is_(None)).order_by(promise.c.id)
    return [_promise(row) for row in connection.execute(query)]


def of_case(connection: Connection, case: int) -> list[Promise]:
    """Every promise of a case, oldest first."""
    query = select(promise).where(promise.c.case_id == case).order_by(promise.c.id)
    return [_promise(row) for row in connection.execute(query)]


def replies(connection: Connection, case: int) -> list[tuple[int, datetime]]:
    """The answers that went to the sender: id and time of each event."""
    query = select(event.c.id, event.c.at).where(event.c.case_id == case, event.c.kind == Kind.REPLIED.value)
    return [(row.id, row.at) for row in connection.execute(query.order_by(event.c.id))]


def somebody_waits(connection: Connection, case: int) -> bool:
    """Whether a person has a part in a case, and not machines alone."""
    query = select(message.c.id).where(message.c.case_id == case, message.c.nature == "person").limit(1)
    return connection.scalar(query) is not None


def begin(
    connection: Connection, case: int, what: What, *, role: str, allowed: timedelta, now: datetime, due_at: datetime
) -> None:
    """A promise counts from now on."""
    latest = select(func.max(event.c.id)).where(event.c.case_id == case)
    row = {
        "case_id": case,
        "what": what.value,
        "role": role,
        "state": State.RUNNING.value,
        "allowed": round(allowed.total_seconds()),
        "since_event": connection.scalar(latest) or 0,
        "began_at": now,
        "started_at": now,
        "due_at": due_at,
    }
    insert_new(connection, promise, [row])


def settle(connection: Connection, id_: int, state: State, *, at: datetime) -> None:
    """A promise is over."""
    _change(connection, id_, {"state": state.value, "settled_at": at})


def pause(connection: Connection, id_: int, *, spent: timedelta) -> None:
    """A promise waits, with so much working time used."""
    used = round(spent.total_seconds())
    _change(connection, id_, {"state": State.PAUSED.value, "spent": used, "due_at": None})


def resume(connection: Connection, id_: int, *, now: datetime, due_at: datetime) -> None:
    """A promise goes on."""
    _change(connection, id_, {"state": State.RUNNING.value, "started_at": now, "due_at": due_at})


def break_(connection: Connection, case: int, what: What, *, now: datetime) -> bool:
    """The time of a promise has run out; False: it has not, or somebody has seen to it."""
    late = (promise.c.case_id == case, promise.c.what == what.value, promise.c.settled_at.is_(None))
    running = promise.update().where(*late, promise.c.state == State.RUNNING.value, promise.c.due_at <= now)
    return connection.execute(running.values(state=State.BROKEN.value)).rowcount == 1


def _change(connection: Connection, id_: int, values: Mapping[str, Any]) -> None:
    connection.execute(promise.update().where(promise.c.id == id_, promise.c.settled_at.is_(None)).values(values))


def tally(connection: Connection, *, since: datetime) -> dict[str, dict[str, dict[str, int]]]:
    """How many promises made since were kept and broken: by role, then by what was promised."""
    told = (State.KEPT.value, State.BROKEN.value)
    query = (
        select(promise.c.role, promise.c.what, promise.c.state, func.count())
        .where(promise.c.began_at >= since, promise.c.state.in_(told))
        .group_by(promise.c.role, promise.c.what, promise.c.state)
    )
    counted: dict[str, dict[str, dict[str, int]]] = {}
    for role, what, state, count in connection.execute(query):
        counted.setdefault(role, {}).setdefault(what, dict.fromkeys(told, 0))[state] = count
    return counted


def late(connection: Connection, role: str, *, limit: int) -> list[tuple[int, str]]:
    """The cases of a role whose promise is broken and not yet made good: number and what was promised."""
    open_ = (promise.c.role == role, promise.c.settled_at.is_(None), promise.c.state == State.BROKEN.value)
    query = select(promise.c.case_id, promise.c.what).where(*open_).order_by(promise.c.id).limit(limit)
    return [(row.case_id, row.what) for row in connection.execute(query)]


def _promise(row: Any) -> Promise:
    return Promise(
        id=row.id,
        what=What(row.what),
        role=row.role,
        state=State(row.state),
        allowed=timedelta(seconds=row.allowed),
        spent=timedelta(seconds=row.spent),
        since_event=row.since_event,
        began_at=row.began_at,
        started_at=row.started_at,
        due_at=row.due_at,
        settled_at=row.settled_at,
    )
