"""What the weekly letter counts: the cases of a stretch of time and what happened in it, with their numbers, so that each can be shown.

Where a `reader` is given, cases that are not theirs to see are not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from inflow.casework.case import Kind
from inflow.store.board import EVERYTHING, Reader, visible
from inflow.store.schema import cases, correction, event, message, party
from inflow.store.tables_problems import problem_case

MOST = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A case that was opened then; `seconds`: from opening to the first answer, if there has been one."""

    case: int
    role: str
    status: str
    kind: str
    seconds: float | None


def opened(connection: Connection, begin: datetime, end: datetime, *, reader: Reader = EVERYTHING) -> list[Opened]:
    """The cases opened from a moment to another, and how long each waited for its first answer."""
    within = (cases.c.opened_at >= begin, cases.c.opened_at < end, visible(reader))
    replies = select(event.c.at).where(event.c.case_id == cases.c.id, event.c.kind == Kind.REPLIED.value)
    answered = replies.order_by(event.c.id).limit(1)  # of its events, not of all replies
    columns = (cases.c.id, cases.c.role, cases.c.status, party.c.kind, cases.c.opened_at)
    query = (
        select(*columns, answered.scalar_subquery().label("at"))
        .join(party, party.c.id == cases.c.party_id)
        .where(*within)
        .order_by(cases.c.opened_at, cases.c.id)
        .limit(MOST)
    )
    return [
        Opened(
            case=row.id,
            role=row.role,
            status=row.status,
            kind=row.kind,
            seconds=(row.at - row.opened_at).total_seconds() if row.at else None,
        )
        for row in connection.execute(query)
    ]


def count(connection: Connection, begin: datetime, end: datetime, *, reader: Reader = EVERYTHING) -> dict[str, int]:
    """How many cases were opened then, by the role that has them."""
    within = (cases.c.opened_at >= begin, cases.c.opened_at < end, visible(reader))
    query = select(cases.c.role, func.count()).where(*within).group_by(cases.c.role)
    return {row[0]: int(row[1]) for row in connection.execute(query)}


def happened(
    connection: Connection, kind: Kind, begin: datetime, end: datetime, *, reader: Reader = EVERYTHING
) -> list[tuple[int, str]]:
    """The cases to which something happened then, and the role that has each, once for each time."""
    then = (event.c.kind == kind.value, event.c.at >= begin, event.c.at < end, visible(reader))
    query = select(event.c.case_id, cases.c.role).join(cases, cases.c.id == event.c.case_id).where(*then)
    return [(row.case_id, row.role) for row in connection.execute(query.order_by(event.c.id).limit(MOST))]


def corrected(
    connection: Connection, begin: datetime, end: datetime, *, reader: Reader = EVERYTHING
) -> list[tuple[int, str, str]]:
    """The moves of people that taught the router then: case, from which role, to which."""
    moves = (Kind.ROUTED.value, Kind.CLAIMED.value)
    then = (event.c.kind.in_(moves), event.c.at >= begin, event.c.at < end, event.c.text.like("from %"))
    moved = select(event.c.case_id).where(*then).limit(MOST)
    query = (
        select(correction.c.case_id, correction.c.from_role, correction.c.to_role)
        .join(cases, cases.c.id == correction.c.case_id)
        .where(correction.c.case_id.in_(moved), correction.c.at >= begin, correction.c.at < end, visible(reader))
    )
    return [(row.case_id, row.from_role, row.to_role) for row in connection.execute(query.order_by(correction.c.id))]


def reports(
    connection: Connection, problems: Sequence[int], begin: datetime, end: datetime, *, reader: Reader = EVERYTHING
) -> dict[int, list[int]]:
    """The cases of each of these problems that came then, oldest first."""
    then = (problem_case.c.problem_id.in_(problems), problem_case.c.at >= begin, problem_case.c.at < end)
    query = (
        select(problem_case.c.problem_id, problem_case.c.case_id)
        .join(cases, cases.c.id == problem_case.c.case_id)
        .where(*then, visible(reader))
        .order_by(problem_case.c.at)
        .limit(MOST)
    )
    found: dict[int, list[int]] = {}
    for row in connection.execute(query) if problems else ():
        found.setdefault(row.problem_id, []).append(row.case_id)
    return found


def senders(
    connection: Connection, problems: Sequence[int], begin: datetime, end: datetime, *, reader: Reader = EVERYTHING
) -> dict[int, int]:
    """How many people wrote about each of these problems then."""
    then = (problem_case.c.problem_id.in_(problems), problem_case.c.at >= begin, problem_case.c.at < end)
    query = (
        select(problem_case.c.problem_id, func.count(cases.c.party_id.distinct()))
        .join(cases, cases.c.id == problem_case.c.case_id)
        .where(*then, visible(reader))
        .group_by(problem_case.c.problem_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(query)} if problems else {}


def words(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """What the first mail of each case says, and who wrote it (name and address)."""
    first = (
        select(func.min(message.c.id))
        .where(message.c.case_id.in_(numbers), message.c.direction == "in")
        .group_by(message.c.case_id)
    )
    query = select(
        message.c.case_id,
        message.c.from_name,
        message.c.from_address,
        func.substr(message.c.reply_text, 1, 4000).label("said"),
    ).where(message.c.id.in_(first))
    return {row.case_id: (row.said, f"{row.from_name} {row.from_address}") for row in connection.execute(query)}
