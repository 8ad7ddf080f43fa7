"""What is to happen to a case at a time: rows with a due time. Each is taken by exactly one process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from inflow.store.engine import ignoring, insert_new, write_rows
from inflow.store.schema import cases, pace, timer


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """One appointment of a case."""

    id: int
    case: int
    kind: str


def set_all(connection: Connection, case: int, due: Mapping[str, datetime]) -> None:
    """Remember several appointments of a case; those of a kind that it has already stay as they are."""
    rows = [{"case_id": case, "kind": kind, "due_at": due_at} for kind, due_at in due.items()]
    write_rows(connection, ignoring(connection, timer), rows)


def set_(connection: Connection, case: int, kind: str, *, due_at: datetime) -> None:
    """Remember an appointment; one of each kind a case."""
    connection.execute(timer.delete().where(timer.c.case_id == case, timer.c.kind == kind))
    insert_new(connection, timer, [{"case_id": case, "kind": kind, "due_at": due_at}])


def clear(connection: Connection, case: int, kinds: Sequence[str]) -> None:
    """Forget appointments that have lost their reason."""
    connection.execute(timer.delete().where(timer.c.case_id == case, timer.c.kind.in_(kinds)))


def take(connection: Connection, *, now: datetime, limit: int) -> list[Timer]:
    """Take out the appointments that are due longest, of those that no other process has in hand."""
    due = select(timer.c.id).where(timer.c.due_at <= now).order_by(timer.c.due_at).limit(limit)
    mine = list(connection.scalars(due.with_for_update(skip_locked=True)))
    if not mine:
        return []
    taken = (
        timer.delete().where(timer.c.id.in_(mine)).returning(timer.c.id, timer.c.case_id, timer.c.kind, timer.c.due_at)
    )
    rows = sorted(connection.execute(taken), key=lambda row: (row.due_at, row.id))
    return [Timer(id=row.id, case=row.case_id, kind=row.kind) for row in rows]


def postpone(connection: Connection, id_: int, *, due_at: datetime) -> None:
    """An appointment that could not be kept is due later."""
    connection.execute(timer.update().where(timer.c.id == id_).values(due_at=due_at))


def set_back(connection: Connection, *, now: datetime) -> int:
    """When the clock has been set back by more than an hour since the last look: the appointments of cases that were opened in
    what is now the future keep their distance from that moment. Returns how many were moved."""
    seen = insert_new(connection, pace, [{"name": "clock", "next_at": now}], returning=(pace.c.next_at,))
    last = now if seen else connection.scalars(select(pace.c.next_at).where(pace.c.name == "clock")).one()
    changed = connection.execute(update(pace).where(pace.c.name == "clock", pace.c.next_at == last).values(next_at=now))
    if last <= now + timedelta(hours=1) or not changed.rowcount:
        return 0
    ahead = select(timer.c.id, timer.c.due_at, cases.c.opened_at).join(cases).where(cases.c.opened_at > now)
    rows = connection.execute(ahead).all()
    for row in rows:
        due_at = now + max(row.due_at - row.opened_at, timedelta())
        connection.execute(update(timer).where(timer.c.id == row.id).values(due_at=due_at))
    return len(rows)


def next_due(connection: Connection) -> datetime | None:
    """When the next appointment is; None when there is none."""
    return connection.scalar(select(timer.c.due_at).order_by(timer.c.due_at).limit(1))
