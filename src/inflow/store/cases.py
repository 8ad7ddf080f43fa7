"""Cases: opened, changed in one place, listed and shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Select, bindparam, func, select, update

from inflow.casework.case import Kind, Status, after
from inflow.routing.decision import Decision
from inflow.store import events, leads, search
from inflow.store.engine import insert_new
from inflow.store.opening import columns_of, remember
from inflow.store.rows import Case, Party
from inflow.store.schema import cases, correction, decision, delivery, known_id, label, message, participant, party


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which cases a list shows; None or empty: all. `limit` 0: no limit."""

    role: str | None = None
    status: str | None = None
    party: str | None = None
    since: datetime | None = None
    label: str | None = None
    search: str | None = None
    limit: int = 50


def decisions(connection: Connection, number: int) -> list[dict[str, Any]]:
    """Every decision about a case, oldest first."""
    columns = [column for column in decision.c if column.name not in ("id", "case_id")]
    rows = connection.execute(select(*columns).where(decision.c.case_id == number).order_by(decision.c.id))
    return [dict(row._mapping) for row in rows]


def happened(
    connection: Connection, number: int, kind: Kind, *, text: str, by: str, now: datetime, with_other: bool = False
) -> Status:
    """Something happened to a case: its status follows the transition table and the event is written beside it.
    Raises NotPossibleError when the table does not allow it; NoCaseError when there is no such case."""
    status = Status(_row(connection, number).status)
    following = after(status, kind, with_other=with_other)
    changes: dict[str, Any] = {"status": following.value, "updated_at": now}
    if following is Status.CLOSED and status is not Status.CLOSED:
        changes["closed_at"] = now
    if status is Status.CLOSED and following is not Status.CLOSED:
        changes["closed_at"] = None
    connection.execute(update(cases).where(cases.c.id == number).values(changes))
    events.append(connection, number, kind, text=text, by=by, at=now)
    return following


def decide(connection: Connection, number: int, decided: Decision, *, level: int, now: datetime) -> None:
    """The case lies with another role from now on, and why."""
    remember(connection, number, decided, now)
    connection.execute(update(cases).where(cases.c.id == number).values(level=level, **columns_of(decided)))


def correct(connection: Connection, number: int, *, from_role: str, to_role: str, by: str, now: datetime) -> None:
    """A person moved a case: the classifier learns from it."""
    connection.execute(correction.insert().values(case_id=number, from_role=from_role, to_role=to_role, by=by, at=now))


def merge(connection: Connection, number: int, into: int) -> None:
    """Messages, leads and participants of a case belong to the survivor from now on; messages keep their ids."""
    connection.execute(update(cases).where(cases.c.id == number).values(merged_into=into))
    connection.execute(update(message).where(message.c.case_id == number).values(case_id=into))
    waiting = (delivery.c.case_id == number) & (delivery.c.status == "held")
    connection.execute(update(delivery).where(waiting).values(case_id=into))
    for table in (known_id, participant):
        rows = [
            dict(row._mapping) | {"case_id": into}
            for row in connection.execute(select(table).where(table.c.case_id == number))
        ]
        insert_new(connection, table, rows)
    connection.execute(known_id.delete().where(known_id.c.case_id == number))


def add_label(connection: Connection, number: int, name: str) -> None:
    """A label, once."""
    insert_new(connection, label, [{"case_id": number, "name": name[:100]}])


def remove_label(connection: Connection, number: int, name: str) -> None:
    """A label that no longer holds."""
    connection.execute(label.delete().where(label.c.case_id == number, label.c.name == name))


def split(connection: Connection, number: int, into: int, ids: Sequence[int]) -> int:
    """Some messages of a case belong to another from now on, and so do mails that refer to them. Returns how many moved."""
    mine = message.c.id.in_(ids), message.c.case_id == number
    marks = list(connection.scalars(select(message.c.message_id).where(*mine, message.c.message_id.is_not(None))))
    connection.execute(known_id.delete().where(known_id.c.case_id == number, known_id.c.message_id.in_(marks)))
    leads.know(connection, into, marks, kind="message")
    return connection.execute(update(message).where(*mine).values(case_id=into)).rowcount


def survivor(connection: Connection, number: int) -> int | None:
    """The case that a number leads to now: itself, or what it was merged into; None: there is no such case."""
    for _ in range(20):
        row = connection.execute(select(cases.c.id, cases.c.merged_into).where(cases.c.id == number)).first()
        if row is None:
            return None
        if row.merged_into is None:
            return int(row.id)
        number = row.merged_into
    return number


class NoCaseError(Exception):
    """There is no case with this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"there is no case #{number}")


def _row(connection: Connection, number: int) -> Any:
    row = connection.execute(select(cases.c.status).where(cases.c.id == number).with_for_update()).first()
    if row is None:
        raise NoCaseError(number)
    return row


PARTY_COLUMNS = (
    party.c.address.label("party_address"),
    party.c.name.label("party_name"),
    party.c.kind.label("party_kind"),
)
_GET = select(cases, *PARTY_COLUMNS).join(party).where(cases.c.id == bindparam("number"))
_OF_THESE: BindParameter[Any] = bindparam("numbers", expanding=True)
_LABELS = select(label.c.case_id, label.c.name).where(label.c.case_id.in_(_OF_THESE)).order_by(label.c.name)
_SEVERAL = select(cases, *PARTY_COLUMNS).join(party).where(cases.c.id.in_(_OF_THESE))
_ROLES_HAD = select(decision.c.case_id, decision.c.role).where(decision.c.case_id.in_(_OF_THESE))
_COUNTS = select(message.c.case_id, func.count()).where(message.c.case_id.in_(_OF_THESE)).group_by(message.c.case_id)


def get(connection: Connection, number: int) -> Case:
    """One case as it stands. Raises NoCaseError."""
    row = connection.execute(_GET, {"number": number}).first()
    if row is None:
        raise NoCaseError(number)
    return filled(connection, [row])[0]


def several(connection: Connection, numbers: Sequence[int]) -> list[Case]:
    """Those of these cases that there are, in no order."""
    rows = connection.execute(_SEVERAL, {"numbers": numbers}).all() if numbers else []
    return filled(connection, rows)


def roles_had(connection: Connection, numbers: Sequence[int]) -> list[tuple[int, str]]:
    """The roles that were decided for these cases, each with its case."""
    return _sliced(connection, _ROLES_HAD, numbers)


def find(connection: Connection, filters: Filters) -> list[Case]:
    """The cases that match, newest first."""
    query = (
        select(cases, *PARTY_COLUMNS).join(party).where(*conditions(connection, filters)).order_by(cases.c.id.desc())
    )
    return filled(connection, connection.execute(query.limit(filters.limit) if filters.limit else query).all())


def conditions(connection: Connection, filters: Filters) -> list[ColumnElement[bool]]:
    """What a case must meet to be in a list; of tables that are joined: cases and party."""
    found: list[ColumnElement[bool]] = []
    if filters.role:
        found.append(cases.c.role == filters.role)
    if filters.status:
        found.append(cases.c.status == filters.status)
    if filters.party:
        found.append((party.c.address == filters.party.lower()) | (party.c.kind == filters.party))
    if filters.since:
        found.append(cases.c.opened_at >= filters.since)
    if filters.label:
        found.append(cases.c.id.in_(select(label.c.case_id).where(label.c.name == filters.label)))
    if filters.search is not None:
        found += search.conditions(connection, filters.search)
    return found


def filled(connection: Connection, rows: Sequence[Any]) -> list[Case]:
    """Cases of rows of cases with PARTY_COLUMNS, with their labels and counts of messages."""
    numbers = [row.id for row in rows]
    labels: dict[int, list[str]] = {}
    for number, name in _sliced(connection, _LABELS, numbers):
        labels.setdefault(number, []).append(name)
    counts: dict[int, int] = dict(_sliced(connection, _COUNTS, numbers))
    return [_case(row, tuple(labels.get(row.id, ())), counts.get(row.id, 0)) for row in rows]


def _sliced(connection: Connection, query: Select[Any], numbers: Sequence[int]) -> list[tuple[int, Any]]:
    slices = (numbers[at : at + 500] for at in range(0, len(numbers), 500))
    return [(row[0], row[1]) for some in slices for row in connection.execute(query, {"numbers": some})]


def _case(row: Any, labels: tuple[str, ...], messages: int) -> Case:
    return Case(
        number=row.id,
        subject=row.subject,
        status=Status(row.status),
        role=row.role,
        level=row.level,
        party=Party(address=row.party_address or "", name=row.party_name or "", kind=row.party_kind or "public"),
        mailbox=row.mailbox,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        decided_by=row.decided_by,
        confidence=row.confidence,
        reasons=tuple(row.reasons),
        candidates=tuple(row.candidates),
        labels=labels,
        messages=messages,
        merged_into=row.merged_into,
        closed_at=row.closed_at,
    )
