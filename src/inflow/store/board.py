"""What the board asks. Every question takes the Reader, and nothing of a case that is not theirs to see comes back.

Confidentiality is decided here and nowhere else: `visible` for lists and counts, `case` for everything that is of one case.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Text, cast, func, literal_column, select, true

from inflow.casework.case import Kind, Status
from inflow.store import cases as cases_
from inflow.store import messages
from inflow.store.cases import PARTY_COLUMNS, Filters, NoCaseError, conditions, filled
from inflow.store.rows import Case
from inflow.store.schema import cases, delivery, event, label, message, party

PAGE = 50
MOST_COUNTED = 1000
_OPENS_A_DOOR = "it bears a sign-in link or a one-time code"
_COUNTED = (Status.NEW, Status.OPEN, Status.UNCLAIMED, Status.WAITING)
_ACTIVE: ColumnElement[bool] = literal_column("cases.status <> 'closed'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who looks: `hidden` are the roles whose cases are not theirs to see; `other` is the role with which mail that opens
    doors lies (sign-in links, one-time codes), where they are no member of it."""

    address: str
    hidden: tuple[str, ...] = ()
    other: str = ""


EVERYTHING = Reader(address="")
"""Who sees all: Inflow itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some cases of a list, newest first; `below`: there are more, below the case of this number; `at`: that was touched then."""

    cases: list[Case]
    below: int | None = None
    at: datetime | None = None


def visible(reader: Reader) -> ColumnElement[bool]:
    """What a case must meet for somebody to see it."""
    theirs = cases.c.role.not_in(reader.hidden) if reader.hidden else true()
    if not reader.other:
        return theirs
    return theirs & ((cases.c.role != reader.other) | cast(cases.c.reasons, Text).not_like(f"%{_OPENS_A_DOOR}%"))


def _sees(reader: Reader, found: Case) -> bool:
    """The same of one case."""
    key = found.role == reader.other and any(_OPENS_A_DOOR in reason for reason in found.reasons)
    return found.role not in reader.hidden and not key


def case(connection: Connection, reader: Reader, number: int) -> Case:
    """A case as it stands; what was merged leads to its survivor. Raises NoCaseError where there is none, or it is not theirs."""
    survivor = cases_.survivor(connection, number)
    found = cases_.get(connection, survivor) if survivor is not None else None
    if found is None or not _sees(reader, found):
        raise NoCaseError(number)
    return found


def several(connection: Connection, reader: Reader, numbers: Sequence[int]) -> list[Case]:
    """Those of these cases that somebody sees, in this order; what was merged is not among them."""
    query = select(cases, *PARTY_COLUMNS).join(party)
    query = query.where(cases.c.id.in_(numbers), cases.c.merged_into.is_(None), visible(reader))
    found = {one.number: one for one in filled(connection, connection.execute(query).all())}
    return [found[number] for number in numbers if number in found]


def is_seen(connection: Connection, reader: Reader, number: int) -> bool:
    """Whether there is such a case for somebody."""
    try:
        case(connection, reader, number)
    except NoCaseError:
        return False
    return True


def seen(connection: Connection, reader: Reader, numbers: Collection[int]) -> set[int]:
    """Those of these cases that there are for somebody; of what was merged its survivor is asked."""
    if not numbers:
        return set()
    theirs = select(cases.c.id).where(cases.c.id.in_(numbers), cases.c.merged_into.is_(None), visible(reader))
    merged = select(cases.c.id).where(cases.c.id.in_(numbers), cases.c.merged_into.is_not(None))
    found = [number for number in connection.scalars(merged) if is_seen(connection, reader, number)]
    return {*connection.scalars(theirs), *found}


def raw(connection: Connection, reader: Reader, number: int, id_: int, *, understood: bool = False) -> bytes:
    """The raw mail of a message of a case. Raises NoCaseError where there is none, it is not theirs, or only what could be
    `understood` is wanted and it was not."""
    found = case(connection, reader, number)
    row = connection.execute(select(message.c.case_id, message.c.state).where(message.c.id == id_)).first()
    if row is None or row.case_id != found.number or (understood and row.state == "quarantined"):
        raise NoCaseError(number)
    return messages.raw(connection, id_)


def page(
    connection: Connection,
    reader: Reader,
    filters: Filters,
    *,
    active: bool = False,
    until: datetime | None = None,
    below: int | None = None,
) -> Page:
    """The cases that match, newest first, a page at a time. `active`: those that are not closed; `until`: opened before."""
    found = [visible(reader), cases.c.merged_into.is_(None), *_party(connection, filters.party)]
    found += conditions(connection, replace(filters, party=None))
    if active:
        found.append(_ACTIVE)
    if until:
        found.append(cases.c.opened_at < until)
    order = (cases.c.opened_at.desc(), cases.c.id.desc()) if until or filters.since else (cases.c.id.desc(),)
    if below is not None:
        found.append(_further_down(below, dated=len(order) > 1))
    limit = filters.limit or PAGE
    query = select(cases, *PARTY_COLUMNS).join(party).where(*found).order_by(*order).limit(limit + 1)
    rows = connection.execute(query).all()
    return Page(cases=filled(connection, rows[:limit]), below=rows[limit - 1].id if len(rows) > limit else None)


def touched(
    connection: Connection,
    reader: Reader,
    filters: Filters,
    *,
    until: datetime | None = None,
    below: tuple[datetime, int] | None = None,
) -> Page:
    """The cases that match and are not closed, what something happened to last first; `below`: further down than such a case that was
    touched then."""
    found = [visible(reader), cases.c.merged_into.is_(None), _ACTIVE, *_party(connection, filters.party)]
    found += conditions(connection, replace(filters, party=None))
    if until:
        found.append(cases.c.opened_at < until)
    if below is not None:
        at, number = below
        found.append((cases.c.updated_at <= at) & ((cases.c.updated_at < at) | (cases.c.id < number)))
    query = select(cases, *PARTY_COLUMNS).join(party).where(*found)
    rows = connection.execute(query.order_by(cases.c.updated_at.desc(), cases.c.id.desc()).limit(PAGE + 1)).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    return Page(
        cases=filled(connection, rows[:PAGE]), below=last.id if last else None, at=last.updated_at if last else None
    )


def _further_down(below: int, *, dated: bool) -> ColumnElement[bool]:
    """What stands below a case in a list: by number, or, where dates bound the list, by the index of times."""
    if not dated:
        return cases.c.id < below
    there = cases.alias()
    opened_at = select(there.c.opened_at).where(there.c.id == below).scalar_subquery()
    return (cases.c.opened_at < opened_at) | ((cases.c.opened_at == opened_at) & (cases.c.id < below))


def _party(connection: Connection, whom: str | None) -> list[ColumnElement[bool]]:
    """Cases of an address, of all addresses at a domain (`@kund.test`), or of a kind of party."""
    if not whom:
        return []
    if whom.startswith("@"):
        return [cases.c.domain == whom[1:].lower()]
    if "@" in whom:
        known = connection.scalar(select(party.c.id).where(party.c.address == whom.lower()))
        return [cases.c.party_id == (known or 0)]
    return [party.c.kind == whom]


def counts(connection: Connection, reader: Reader, statuses: Sequence[Status] = _COUNTED) -> dict[str, int]:
    """How many cases stand so, of each of these statuses; no more than 1,000 are counted."""
    some = (
        select(cases.c.id).where(cases.c.status == status.value, visible(reader)).limit(MOST_COUNTED).subquery()
        for status in statuses
    )
    row = connection.execute(select(*(select(func.count()).select_from(one).scalar_subquery() for one in some))).one()
    return {status.value: count for status, count in zip(statuses, row, strict=True)}


def open_by_role(connection: Connection, reader: Reader) -> dict[str, int]:
    """How many cases that are not closed lie with each role."""
    query = select(cases.c.role, func.count()).where(_ACTIVE, visible(reader)).group_by(cases.c.role)
    return {row[0]: row[1] for row in connection.execute(query)}


def labels(connection: Connection, reader: Reader) -> list[str]:
    """Labels of cases that are not closed."""
    query = select(label.c.name).join(cases).where(_ACTIVE, visible(reader)).distinct().order_by(label.c.name)
    return list(connection.scalars(query.limit(100)))


def openings(connection: Connection, numbers: Sequence[int], *, longest: int = 500) -> dict[int, str]:
    """How the first mail of each of these cases begins."""
    first = select(func.min(message.c.id)).where(message.c.case_id.in_(numbers), message.c.direction == "in")
    words = select(
        message.c.case_id, func.substr(message.c.reply_text, 1, longest), func.substr(message.c.text, 1, longest)
    )
    rows = connection.execute(words.where(message.c.id.in_(first.group_by(message.c.case_id))))
    return {row[0]: row[1] or row[2] for row in rows}


def newest(connection: Connection) -> int:
    """Where the history stands."""
    return connection.scalar(select(func.max(event.c.id))) or 0


def news(connection: Connection, reader: Reader, *, after: int) -> int | None:
    """How far the history goes on after an event with what a reader sees; None: nothing of theirs has happened."""
    query = select(func.max(event.c.id)).join(cases).where(event.c.id > after, event.c.kind != Kind.READ.value)
    found: int | None = connection.scalar(query.where(visible(reader)))
    return found


def unsent(connection: Connection, reader: Reader, *, limit: int = PAGE) -> list[dict[str, Any]]:
    """Deliveries that wait, are held or have failed, newest first."""
    columns = (
        delivery.c.id,
        delivery.c.case_id.label("case"),
        delivery.c.kind,
        delivery.c.recipient.label("to"),
        delivery.c.status,
        delivery.c.attempts,
        delivery.c.due_at,
        delivery.c.error,
    )
    waiting = delivery.c.status.in_(("queued", "held", "failed"))
    query = select(*columns).join(cases).where(waiting, visible(reader)).order_by(delivery.c.id.desc())
    return [dict(row._mapping) for row in connection.execute(query.limit(limit))]


def roles_without_config(connection: Connection, known: set[str]) -> tuple[str, ...]:
    """Roles that cases still lie with and that the config does not name any more."""
    return tuple(role for role in connection.scalars(select(cases.c.role).distinct()) if role not in known)
