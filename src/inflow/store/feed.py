"""What happened, for who looks in from outside: the newest events, and those after one."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from inflow.casework.case import Kind
from inflow.store.schema import cases, event

MOST = 100
_TOLD = event.c.kind != Kind.READ.value


class Happened(NamedTuple):
    """An event with the case it happened to."""

    id: int
    case: int
    at: datetime
    kind: str
    by: str
    text: str
    subject: str
    role: str
    status: str


_SELECT = select(
    event.c.id,
    event.c.case_id,
    event.c.at,
    event.c.kind,
    event.c.by,
    event.c.text,
    cases.c.subject,
    cases.c.role,
    cases.c.status,
).join(cases, cases.c.id == event.c.case_id)


def newest(connection: Connection, *allowed: ColumnElement[bool]) -> list[Happened]:
    """The newest events of cases that may be seen."""
    return [
        Happened(*row)
        for row in connection.execute(_SELECT.where(_TOLD, *allowed).order_by(event.c.id.desc()).limit(MOST))
    ]


def after(connection: Connection, id_: int, *, limit: int = MOST) -> list[Happened]:
    """The events after one, oldest first."""
    return [
        Happened(*row) for row in connection.execute(_SELECT.where(event.c.id > id_).order_by(event.c.id).limit(limit))
    ]


def get(connection: Connection, id_: int) -> Happened | None:
    """One event."""
    row = connection.execute(_SELECT.where(event.c.id == id_)).first()
    return Happened(*row) if row else None
