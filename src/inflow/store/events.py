"""The history of cases: append-only."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from inflow.casework.case import Kind
from inflow.store.engine import write_rows
from inflow.store.schema import event

_APPEND = event.insert()


def append(connection: Connection, case: int, kind: Kind, *, text: str, by: str, at: datetime) -> None:
    """One more line in a case's history."""
    append_all(connection, case, [(kind, text, by)], at=at)


def append_all(connection: Connection, case: int, happenings: Sequence[tuple[Kind, str, str]], *, at: datetime) -> None:
    """Several lines at once: kinds with their texts and who did it."""
    rows = [
        {"case_id": case, "at": at, "kind": kind.value, "by": by, "text": _storable(text)}
        for kind, text, by in happenings
    ]
    write_rows(connection, _APPEND, rows)


def _storable(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


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
