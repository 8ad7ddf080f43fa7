"""A ceiling that holds over restarts and processes: whoever wants to send takes the next place in time."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from inflow.store.engine import insert_new
from inflow.store.schema import pace

LONGEST_QUEUE = 256
"""More do not wait at once: a place further away was taken before the clock was set back."""


def reserve(connection: Connection, name: str, *, interval: timedelta, now: datetime) -> datetime:
    """The moment at which the caller may go; the next caller's is `interval` later."""
    insert_new(connection, pace, [{"name": name, "next_at": now}])
    free = connection.execute(select(pace.c.next_at).where(pace.c.name == name).with_for_update()).scalar_one()
    mine: datetime = free if now < free <= now + LONGEST_QUEUE * interval else now
    connection.execute(update(pace).where(pace.c.name == name).values(next_at=mine + interval))
    return mine
