"""Figures of what comes in and how long it takes: by role, never by person."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, case, func, literal_column, select

from inflow.casework.case import Kind
from inflow.casework.figures import Life
from inflow.store.schema import cases, correction, decision, event, party

_ACTIVE: ColumnElement[bool] = literal_column("cases.status <> 'closed'")


def lives(connection: Connection, *allowed: ColumnElement[bool], since: datetime) -> Iterator[Life]:
    """What became of each case opened since: who had it, who routed it first, when it was answered, closed, moved; one at a time."""
    answered, closed = _first(Kind.REPLIED, since), _first(Kind.CLOSED, since)
    decided = select(decision.c.by).where(decision.c.case_id == cases.c.id).order_by(decision.c.id).limit(1)
    moved = select(correction.c.id).where(correction.c.case_id == cases.c.id).exists()
    query = (
        select(
            cases.c.role,
            party.c.kind,
            cases.c.status,
            cases.c.opened_at,
            func.coalesce(decided.scalar_subquery(), cases.c.decided_by),
            answered.c.at,
            closed.c.at,
            moved,
        )
        .select_from(cases.join(party))
        .outerjoin(answered, answered.c.case_id == cases.c.id)
        .outerjoin(closed, closed.c.case_id == cases.c.id)
        .where(cases.c.opened_at >= since, *allowed)
        .order_by(cases.c.opened_at, cases.c.id)
    )
    return (Life(*row) for some in connection.execute(query).partitions(500) for row in some)


def _first(kind: Kind, since: datetime) -> Any:
    """When each case first had an event of a kind."""
    return (
        select(event.c.case_id, func.min(event.c.at).label("at"))
        .where(event.c.kind == kind.value, event.c.at >= since)
        .group_by(event.c.case_id)
        .subquery()
    )


def backlog(connection: Connection, *allowed: ColumnElement[bool], steps: tuple[datetime, ...]) -> dict[str, list[int]]:
    """How many cases that are not closed lie with each role, by when they were opened: since the first moment, since the second
    and so on, and before the last."""
    ages = [func.sum(case((cases.c.opened_at >= step, 1), else_=0)) for step in steps]
    query = select(cases.c.role, *ages, func.count()).where(_ACTIVE, *allowed).group_by(cases.c.role)
    found = {}
    for role, *up_to in connection.execute(query.order_by(cases.c.role)):
        found[role] = [int(some) - int(before) for before, some in zip((0, *up_to[:-1]), up_to, strict=True)]
    return found
