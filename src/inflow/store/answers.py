"""Which ready answers were used, in which cases."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from inflow.store.tables_hooks import answer_used


def use(connection: Connection, case: int, key: str, *, now: datetime) -> None:
    """A ready answer went out in a case."""
    connection.execute(answer_used.insert().values(key=key.strip().lower()[:60], case_id=case, at=now))


def uses(connection: Connection) -> dict[str, int]:
    """In how many cases each answer was used."""
    query = select(answer_used.c.key, func.count(answer_used.c.case_id.distinct())).group_by(answer_used.c.key)
    return {row[0]: row[1] for row in connection.execute(query)}
