"""Calls of webhooks: one row an event and hook, from when it is queued until it is answered; those given up stay."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from inflow.casework.case import Kind
from inflow.casework.health import HookHealth
from inflow.store.engine import insert_new
from inflow.store.schema import event
from inflow.store.tables_hooks import hook_call
from inflow.store.tables_problems import watermark

AT_ONCE = 200
GAP_LASTS = timedelta(minutes=1)
"""A number of an event that is missing may still be on its way in another transaction; after this it never comes."""


class Call(NamedTuple):
    """A call that is due."""

    id: int
    hook: str
    event: int
    attempts: int
    due_at: datetime


def queue(connection: Connection, hook: str, kinds: Sequence[str], *, now: datetime) -> int:
    """Queue a call for each event since the last time, of these kinds (none: all); a new hook begins now. Returns how many events were
    looked at."""
    name = f"hook:{hook}"
    mine = select(watermark.c.through).where(watermark.c.name == name).with_for_update(skip_locked=True)
    through = connection.scalar(mine)
    if through is None:
        newest = connection.scalar(select(func.max(event.c.id))) or 0
        insert_new(connection, watermark, [{"name": name, "through": newest}])
        return 0
    query = select(event.c.id, event.c.kind, event.c.at).where(event.c.id > through).order_by(event.c.id).limit(AT_ONCE)
    seen: list[tuple[int, str]] = []
    for row in connection.execute(query):
        if row.id != (seen[-1][0] if seen else through) + 1 and now - row.at < GAP_LASTS:
            break
        seen.append((row.id, row.kind))
    wanted = [id_ for id_, kind in seen if kind != Kind.READ.value and (not kinds or kind in kinds)]
    rows = [{"hook": hook, "event_id": id_, "status": "queued", "attempts": 0, "due_at": now} for id_ in wanted]
    insert_new(connection, hook_call, rows)
    if seen:
        connection.execute(watermark.update().where(watermark.c.name == name).values(through=seen[-1][0]))
    return len(seen)


def due(connection: Connection, *, now: datetime, limit: int, but_of: Collection[str] = ()) -> list[Call]:
    """Calls that are due, oldest first, but those of some hooks."""
    columns = (hook_call.c.id, hook_call.c.hook, hook_call.c.event_id, hook_call.c.attempts, hook_call.c.due_at)
    query = select(*columns).where(hook_call.c.status == "queued", hook_call.c.due_at <= now)
    query = query.where(hook_call.c.hook.not_in(but_of)) if but_of else query
    return [Call(*row) for row in connection.execute(query.order_by(hook_call.c.due_at, hook_call.c.id).limit(limit))]


def book(connection: Connection, call: Call, *, until: datetime) -> bool:
    """Book an attempt before it is made. False: another was faster."""
    mine = (hook_call.c.id == call.id, hook_call.c.status == "queued", hook_call.c.attempts == call.attempts)
    booked = hook_call.update().where(*mine).values(attempts=call.attempts + 1, due_at=until)
    return connection.execute(booked).rowcount == 1


def done(connection: Connection, call: Call) -> None:
    """A call that was answered, or must not be made: nothing of it is kept."""
    connection.execute(hook_call.delete().where(hook_call.c.id == call.id))


def again(connection: Connection, call: Call, *, due_at: datetime | None, error: str) -> None:
    """A call that failed: again later, or (no `due_at`) never."""
    status = "queued" if due_at else "failed"
    failed = hook_call.update().where(hook_call.c.id == call.id)
    connection.execute(failed.values(status=status, due_at=due_at, error=error))


def waiting(connection: Connection) -> list[dict[str, object]]:
    """What waits and what was given up, by hook, with the newest fault of each."""
    columns = (
        hook_call.c.hook,
        hook_call.c.status,
        func.count().label("calls"),
        func.max(hook_call.c.error).label("error"),
    )
    query = select(*columns).group_by(hook_call.c.hook, hook_call.c.status).order_by(hook_call.c.hook)
    return [dict(row._mapping) for row in connection.execute(query)]


def given_up(connection: Connection) -> list[HookHealth]:
    """Of each hook with calls that were given up, how many, and a fault of theirs."""
    columns = (hook_call.c.hook, func.count(), func.max(hook_call.c.error))
    query = select(*columns).where(hook_call.c.status == "failed").group_by(hook_call.c.hook).order_by(hook_call.c.hook)
    return [HookHealth(name=row[0], calls=row[1], error=row[2] or "") for row in connection.execute(query)]


def forget(connection: Connection) -> int:
    """What was given up is never told. Returns how many."""
    return connection.execute(hook_call.delete().where(hook_call.c.status == "failed")).rowcount


def retry(connection: Connection, *, now: datetime) -> int:
    """What was given up is due again now. Returns how many."""
    failed = hook_call.update().where(hook_call.c.status == "failed")
    return connection.execute(failed.values(status="queued", attempts=0, due_at=now)).rowcount
