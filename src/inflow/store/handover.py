"""What a role's next one on duty should know: the cases that lie open, and what was odd."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from inflow.casework.case import ACTIVE, Kind
from inflow.store.schema import cases, event, message

_ODD = (Kind.HELD, Kind.DELIVERY_FAILED, Kind.BOUNCED, Kind.QUARANTINED, Kind.COMMAND_REFUSED, Kind.PROMISE_BROKEN)
MOST = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A case that lies open."""

    case: int
    subject: str
    status: str
    opened_at: datetime


def lying_open(connection: Connection, role: str) -> tuple[dict[str, int], list[Open]]:
    """How many cases of a role lie open by status, and the oldest of them."""
    counts: dict[str, int] = {}
    found: list[Open] = []
    for status in ACTIVE:
        mine = (cases.c.status == status.value, cases.c.role == role)
        count = connection.scalar(select(func.count()).select_from(cases).where(*mine)) or 0
        if count:
            counts[status.value] = count
            query = select(cases.c.id.label("case"), cases.c.subject, cases.c.status, cases.c.opened_at)
            found += [
                Open(**row._mapping) for row in connection.execute(query.where(*mine).order_by(cases.c.id).limit(MOST))
            ]
    return counts, sorted(found, key=lambda one: one.case)[:MOST]


def odd(connection: Connection, role: str, *, since: datetime) -> list[tuple[int, str, str]]:
    """What went otherwise than it should in cases of a role, the newest first: case, kind of event, its text."""
    kinds = [kind.value for kind in _ODD]
    query = (
        select(event.c.case_id, event.c.kind, event.c.text)
        .join(cases, cases.c.id == event.c.case_id)
        .where(event.c.kind.in_(kinds), event.c.at >= since, cases.c.role == role)
        .order_by(event.c.id.desc())
        .limit(MOST)
    )
    return [(row.case_id, row.kind, row.text) for row in connection.execute(query)]


def first_words(connection: Connection, role: str, *, status: str, limit: int) -> list[tuple[int, str, str]]:
    """The oldest cases of a role that stand so: number, subject and the text of the mail that opened each."""
    earliest = message.alias()
    first = select(func.min(earliest.c.id)).where(earliest.c.case_id == cases.c.id, earliest.c.direction == "in")
    query = (
        select(cases.c.id, cases.c.subject, func.coalesce(message.c.reply_text, "").label("text"))
        .select_from(cases)
        .outerjoin(message, message.c.id == first.scalar_subquery())
        .where(cases.c.status == status, cases.c.role == role)
        .order_by(cases.c.id)
        .limit(limit)
    )
    return [(row.id, row.subject, row.text) for row in connection.execute(query)]
