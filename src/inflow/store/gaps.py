"""Questions that had no owner: one row a case that became a question for the management."""

from datetime import datetime

from sqlalchemy import Connection, func, select

from inflow.casework.gaps import Gap
from inflow.store.board import EVERYTHING, Reader, visible
from inflow.store.engine import insert_new
from inflow.store.schema import cases, message
from inflow.store.tables_time import gap

MOST = 2000


def remember(connection: Connection, case: int, *, asked: int, passed: int, now: datetime) -> None:
    """A case had no owner; said once."""
    insert_new(connection, gap, [{"case_id": case, "at": now, "asked": asked, "passed": passed}])


def since(
    connection: Connection, moment: datetime, *, until: datetime | None = None, reader: Reader = EVERYTHING
) -> list[Gap]:
    """The questions that had no owner since a moment, of the cases that a reader sees, oldest first; the newest 2000 of them."""
    earliest = message.alias()
    first = select(func.min(earliest.c.id)).where(earliest.c.case_id == gap.c.case_id, earliest.c.direction == "in")
    query = (
        select(
            gap.c.case_id.label("case"),
            gap.c.at,
            gap.c.asked,
            gap.c.passed,
            cases.c.subject,
            func.coalesce(func.substr(message.c.reply_text, 1, 2000), "").label("text"),
            cases.c.role,
            cases.c.status,
            cases.c.party_id.label("sender"),
        )
        .join(cases, cases.c.id == gap.c.case_id)
        .outerjoin(message, message.c.id == first.scalar_subquery())
        .where(gap.c.at >= moment, visible(reader), *([gap.c.at < until] if until else []))
        .order_by(gap.c.at.desc(), gap.c.case_id.desc())
        .limit(MOST)
    )
    return [Gap(**row._mapping) for row in reversed(connection.execute(query).all())]
