"""What is to happen again and again, of no case: rows with a name and a due time. Each time is taken by exactly one process."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, select

from inflow.store.engine import insert_new
from inflow.store.tables_time import appointment


def all_(connection: Connection) -> dict[str, datetime]:
    """Every appointment and when it is due."""
    return {row.name: row.due_at for row in connection.execute(select(appointment))}


def make(connection: Connection, due: Mapping[str, datetime]) -> None:
    """Make appointments that are not there yet."""
    insert_new(connection, appointment, [{"name": name, "due_at": due_at} for name, due_at in due.items()])


def drop(connection: Connection, name: str) -> None:
    """An appointment that nobody keeps any more."""
    connection.execute(appointment.delete().where(appointment.c.name == name))


def keep(connection: Connection, name: str, was: datetime, following: datetime) -> bool:
    """Take an appointment that is due and set the next; False: another process was faster."""
    mine = (appointment.c.name == name, appointment.c.due_at == was)
    return connection.execute(appointment.update().where(*mine).values(due_at=following)).rowcount == 1


def next_due(connection: Connection) -> datetime | None:
    """When the next one is; None when there is none."""
    return connection.scalar(select(appointment.c.due_at).order_by(appointment.c.due_at).limit(1))
