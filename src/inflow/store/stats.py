"""Figures of what comes in and how long it takes: by role, never by person."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from inflow.casework.case import Kind
from inflow.store.schema import cases, event, party


def volumes(connection: Connection, *, since: datetime) -> dict[str, dict[str, int]]:
    """How many cases were opened since, by role, status, party kind, and who decided."""
    columns = {"role": cases.c.role, "status": cases.c.status, "party": party.c.kind, "decided_by": cases.c.decided_by}
    counted: dict[str, dict[str, int]] = {}
    for name, column in columns.items():
        query = (
            select(column, func.count())
            .select_from(cases)
            .join(party)
            .where(cases.c.opened_at >= since)
            .group_by(column)
        )
        counted[name] = {str(row[0]): int(row[1]) for row in connection.execute(query)}
    return counted


def opened_at(connection: Connection, *, since: datetime) -> list[tuple[str, str, datetime]]:
    """Role, party kind and time of every case opened since."""
    query = select(cases.c.role, party.c.kind, cases.c.opened_at).join(party).where(cases.c.opened_at >= since)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def waits(connection: Connection, kind: Kind, *, since: datetime) -> list[tuple[str, float]]:
    """Role and seconds from opening to the first event of a kind, of every case opened since that has one."""
    first: Any = (
        select(event.c.case_id, func.min(event.c.at).label("at"))
        .where(event.c.kind == kind.value, event.c.at >= since)
        .group_by(event.c.case_id)
        .subquery()
    )
    query = select(cases.c.role, cases.c.opened_at, first.c.at).join(first, first.c.case_id == cases.c.id)
    rows = connection.execute(query.where(cases.c.opened_at >= since))
    return [(row[0], (row[2] - row[1]).total_seconds()) for row in rows]
