"""Who has been told unasked, and when: the memory behind 'never more than once a day'."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from inflow.store.engine import insert_new
from inflow.store.schema import acknowledged


def recently(connection: Connection, address: str, *, now: datetime) -> tuple[int, int]:
    """How many went to this address in the last day, and to anybody in the last hour."""
    one = select(func.count()).select_from(acknowledged).where(acknowledged.c.address == address.lower())
    every = select(func.count()).select_from(acknowledged).where(acknowledged.c.at > now - timedelta(hours=1))
    return (
        connection.execute(one.where(acknowledged.c.at > now - timedelta(days=1))).scalar_one(),
        connection.execute(every).scalar_one(),
    )


def remember(connection: Connection, address: str, *, now: datetime) -> None:
    """One has gone to this address now."""
    connection.execute(acknowledged.delete().where(acknowledged.c.at < now - timedelta(days=2)))
    connection.execute(acknowledged.delete().where(acknowledged.c.address == address.lower()))
    insert_new(connection, acknowledged, [{"address": address.lower()[:320], "at": now}])
