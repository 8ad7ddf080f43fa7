"""The history of cases: append-only."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from inflow.casework.case import Kind
from inflow.store.schema import event


def append(connection: Connection, case: int, kind: Kind, *, text: str, by: str, at: datetime) -> None:
    """One more line in a case's history."""
    text = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    connection.execute(event.insert().values(case_id=case, at=at, kind=kind.value, by=by, text=text))


def of_case(connection: Connection, case: int) -> list[dict[str, Any]]:
    """The history of a case, oldest first."""
    rows = connection.execute(
        select(event.c.at, event.c.kind, event.c.by, event.c.text).where(event.c.case_id == case).order_by(event.c.id)
    )
    return [dict(row._mapping) for row in rows]


def count(connection: Connection, case: int, kind: Kind) -> int:
    """How often something has happened to a case."""
    query = select(func.count()).select_from(event).where(event.c.case_id == case, event.c.kind == kind.value)
    return connection.execute(query).scalar_one()
