"""Ready answers: those that the board keeps, every edition; and which were used, in which cases."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from inflow.casework.case import Kind
from inflow.store.schema import cases, event
from inflow.store.tables_answers import answer_edition, answer_used


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """An answer as somebody wrote it on the board, in the words of its file; no content: it was withdrawn then."""

    number: int
    key: str
    content: str
    by: str
    at: datetime


def stamp(connection: Connection) -> tuple[int, int]:
    """What differs when an edition has come."""
    row = connection.execute(select(func.coalesce(func.max(answer_edition.c.id), 0), func.count(answer_edition.c.key)))
    newest, count = row.one()
    return int(newest), int(count)


def newest(connection: Connection) -> list[Edition]:
    """The last edition of every answer that the board has kept."""
    last = select(func.max(answer_edition.c.id)).group_by(answer_edition.c.key)
    return _found(connection, select(answer_edition).where(answer_edition.c.id.in_(last)))


def editions(connection: Connection, key: str, *, limit: int = 200) -> list[Edition]:
    """The editions of an answer, the newest first."""
    query = select(answer_edition).where(answer_edition.c.key == key).order_by(answer_edition.c.id.desc())
    return _found(connection, query.limit(limit))


def keep(connection: Connection, key: str, content: str, *, by: str, now: datetime) -> int:
    """A new edition. Returns its number."""
    written = answer_edition.insert().values(key=key, content=content, by=by, at=now).returning(answer_edition.c.id)
    return int(connection.execute(written).scalar_one())


def _found(connection: Connection, query: Select[Any]) -> list[Edition]:
    return [
        Edition(number=row.id, key=row.key, content=row.content, by=row.by, at=row.at)
        for row in connection.execute(query)
    ]


def use(connection: Connection, case: int, key: str, *, now: datetime, offered: bool = False) -> None:
    """A ready answer went out in a case. `offered`: nobody sent it, it went with the acknowledgement."""
    connection.execute(answer_used.insert().values(key=key.strip().lower()[:60], case_id=case, at=now, offered=offered))


def uses(connection: Connection) -> dict[str, int]:
    """In how many cases each answer was sent by somebody."""
    query = select(answer_used.c.key, func.count(answer_used.c.case_id.distinct())).where(~answer_used.c.offered)
    return {row[0]: row[1] for row in connection.execute(query.group_by(answer_used.c.key))}


def offers(connection: Connection) -> dict[str, tuple[int, int]]:
    """With how many acknowledgements each answer went out, and how many of these cases were closed without another answer."""
    replied = select(event.c.id).where(event.c.case_id == cases.c.id, event.c.kind == Kind.REPLIED.value).exists()
    enough = (cases.c.status == "closed") & ~replied & cases.c.merged_into.is_(None)
    query = (
        select(answer_used.c.key, func.count(), func.count().filter(enough))
        .join(cases, cases.c.id == answer_used.c.case_id)
        .where(answer_used.c.offered)
        .group_by(answer_used.c.key)
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}
