"""What leads a mail to a case: Message-IDs that belong to it, and the people who take part in it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, select, update

from inflow.casework.conversation import Lead
from inflow.mail.message import Address
from inflow.store.engine import ignoring, write_rows
from inflow.store.schema import known_id, participant

_AWAITED = (
    select(known_id.c.message_id, known_id.c.case_id)
    .where(known_id.c.message_id.in_(bindparam("ids", expanding=True)), known_id.c.kind == "phantom")
    .order_by(known_id.c.case_id)
)
_KNOWN = (
    select(known_id.c.message_id, known_id.c.case_id, known_id.c.kind)
    .where(known_id.c.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(known_id.c.case_id)
)
MOST_ADDED = 20
_OURS = frozenset({"forward", "relay", "notice", "acknowledg"})


def take_part(connection: Connection, number: int, people: Sequence[Address]) -> None:
    """These people take part in the conversation of a case."""
    rows = [
        {"case_id": number, "address": one.address.lower()[:320], "name": one.name[:500]}
        for one in people
        if one.address
    ]
    write_rows(connection, ignoring(connection, participant), rows)


def add(connection: Connection, number: int, person: Address, *, by: str) -> bool:
    """Somebody gets the answers of a case from now on. False: so it was already."""
    address = person.address.lower()[:320]
    take_part(connection, number, [person])
    added = update(participant).where(
        participant.c.case_id == number, participant.c.address == address, participant.c.added_by.is_(None)
    )
    return connection.execute(added.values(added_by=by)).rowcount == 1


def remove(connection: Connection, number: int, address: str) -> bool:
    """Somebody takes part in a case no more. False: nobody had added them."""
    theirs = participant.c.case_id == number, participant.c.address == address.lower()
    return connection.execute(participant.delete().where(*theirs, participant.c.added_by.is_not(None))).rowcount == 1


def added(connection: Connection, number: int) -> list[Address]:
    """Whom somebody has added to a case: they get its answers beside the sender."""
    query = select(participant.c.address, participant.c.name).where(
        participant.c.case_id == number, participant.c.added_by.is_not(None)
    )
    rows = connection.execute(query.order_by(participant.c.address).limit(MOST_ADDED))
    return [Address(name=row.name, address=row.address) for row in rows]


def participants(connection: Connection, numbers: Sequence[int]) -> Mapping[int, set[str]]:
    """Who takes part in each of some cases."""
    found: dict[int, set[str]] = {}
    if not numbers:
        return found
    query = select(participant.c.case_id, participant.c.address).where(participant.c.case_id.in_(numbers)).limit(5000)
    for number, address in connection.execute(query):
        found.setdefault(number, set()).add(address)
    return found


def know(connection: Connection, number: int, ids: Sequence[str], *, kind: str) -> None:
    """Mails with these Message-IDs belong to a case."""
    write_rows(
        connection,
        ignoring(connection, known_id),
        [{"message_id": one[:1000], "case_id": number, "kind": kind} for one in dict.fromkeys(ids)],
    )


def awaited(connection: Connection, ids: Sequence[str]) -> dict[str, Lead]:
    """The cases in which somebody has referred to these mails before they came; the newest of each."""
    rows = connection.execute(_AWAITED, {"ids": list(ids)}) if ids else ()
    return {row.message_id: Lead(case=row.case_id) for row in rows}


def by_reference(connection: Connection, ids: Sequence[str], *, awaited: str = "") -> dict[str, Lead]:
    """The case of each known Message-ID; where two cases know it, the newer. `awaited`: of this one only the case in which somebody has
    referred to it before it came."""
    asked = [*ids, *([awaited] if awaited and awaited not in ids else [])]
    rows = connection.execute(_KNOWN, {"ids": asked}) if asked else ()
    return {
        row.message_id: Lead(case=row.case_id, ours=row.kind in _OURS)
        for row in rows
        if row.kind == "phantom" or row.message_id in ids
    }
