"""Shifts that somebody else than the rota says has taken; the latest word counts."""

from datetime import datetime

from sqlalchemy import Connection, select

from inflow.casework.rota import Shift
from inflow.store.tables_time import swap


def swapped(connection: Connection, role: str, shift: Shift, *, by: str, now: datetime) -> None:
    """Remember that somebody takes a shift of a role."""
    row = {"role": role, "begins_at": shift.begins, "ends_at": shift.ends, "who": shift.who, "by": by, "at": now}
    connection.execute(swap.insert().values(row))


def since(connection: Connection, role: str, moment: datetime) -> list[Shift]:
    """The shifts that were taken over and end after a moment, in the order in which that was said."""
    query = select(swap).where(swap.c.role == role, swap.c.ends_at > moment).order_by(swap.c.id).limit(1000)
    return [Shift(begins=row.begins_at, ends=row.ends_at, who=row.who) for row in connection.execute(query)]
