"""Erasure: a person's words, addresses and files are taken out of everything kept; numbers, times and kinds of event stay."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import Connection, func, select

from inflow.mail.message import Address
from inflow.store import cords, indexing, problems
from inflow.store.parties import meet
from inflow.store.schema import (
    acknowledged,
    attachment,
    cases,
    correction,
    decision,
    delivery,
    event,
    known_id,
    label,
    message,
    participant,
    party,
    raw_mail,
    timer,
)
from inflow.store.tables_problems import cord, problem_case
from inflow.store.tables_time import asked, gap, promise

_NOTHING = b""
_ERASED = "(erased)"
_BLANK = {
    "subject": "",
    "from_name": "",
    "from_address": "",
    "text": "",
    "reply_text": "",
    "message_id": None,
    "error": None,
}
_WHOLE = (known_id, participant, label, timer, promise, asked, gap, correction)


def of_person(connection: Connection, address: str) -> tuple[list[int], list[int]]:
    """The cases that a person raised, and the others in which that person took part or wrote. It reads every message's sender:
    a thing done now and then, for which no index is kept."""
    address = address.lower()[:320]
    own = list(connection.scalars(select(cases.c.id).join(party).where(party.c.address == address)))
    part = set(connection.scalars(select(participant.c.case_id).where(participant.c.address == address)))
    wrote = select(message.c.case_id).where(func.lower(message.c.from_address) == address).distinct()
    part |= {number for number in connection.scalars(wrote) if number is not None}
    return own, sorted(part - set(own))


def wipe(connection: Connection, number: int, address: str, *, whole: bool, now: datetime) -> None:
    """Blank what a person wrote in a case, or with `whole` all of it; what was waiting to be sent of it is not sent."""
    address = address.lower()[:320]
    written = select(message.c.id, message.c.from_address).where(message.c.case_id == number)
    ids = [row.id for row in connection.execute(written) if whole or row.from_address.lower() == address]
    _wipe_messages(connection, ids)
    concerned = (delivery.c.case_id == number,) if whole else (delivery.c.source_id.in_(ids),)
    connection.execute(delivery.delete().where(*concerned, delivery.c.status.in_(("queued", "held"))))
    connection.execute(
        delivery.update().where(*concerned).values(outgoing={}, recipient=_ERASED, sender="", error=None)
    )
    named = func.replace(event.c.text, address, _ERASED)
    mine = event.c.case_id == number
    connection.execute(event.update().where(mine).values(text=_ERASED if whole else named))
    connection.execute(event.update().where(mine, event.c.by == address).values(by=_ERASED))
    if whole:
        _wipe_case(connection, number, now)
    connection.execute(participant.delete().where(participant.c.case_id == number, participant.c.address == address))


def _wipe_messages(connection: Connection, ids: Sequence[int]) -> None:
    for id_ in ids:
        indexing.forget(connection, id_)
        connection.execute(attachment.delete().where(attachment.c.message_id == id_))
        blank: dict[str, Any] = {**_BLANK, "defects": [], "size": 0, "sha256": hashlib.sha256(_NOTHING).hexdigest()}
        connection.execute(message.update().where(message.c.id == id_).values(blank))
        packed = zstandard.compress(_NOTHING)
        connection.execute(raw_mail.update().where(raw_mail.c.message_id == id_).values(zstd=packed))


def _wipe_case(connection: Connection, number: int, now: datetime) -> None:
    problems.forget_case(connection, number)
    cords.forget_case(connection, number)
    for table in _WHOLE:
        connection.execute(table.delete().where(table.c.case_id == number))
    connection.execute(
        decision.update().where(decision.c.case_id == number).values(reasons=[_ERASED], contributions=[])
    )
    nobody = meet(connection, [(Address(name=_ERASED, address=""), "public")])[0]
    blank: dict[str, Any] = {
        "subject": _ERASED,
        "reasons": [_ERASED],
        "party_id": nobody.id,
        "domain": "",
        "updated_at": now,
    }
    connection.execute(cases.update().where(cases.c.id == number).values(blank))


def forget(connection: Connection, address: str) -> None:
    """The address itself, where nothing refers to it any more."""
    address = address.lower()[:320]
    connection.execute(acknowledged.delete().where(acknowledged.c.address == address))
    connection.execute(problem_case.update().where(problem_case.c.by == address).values(by=_ERASED))
    for who in (cord.c.by, cord.c.answered_by):
        connection.execute(cord.update().where(who == address).values({who.name: _ERASED}))
    used = select(cases.c.party_id).join(party).where(party.c.address == address)
    connection.execute(party.delete().where(party.c.address == address, party.c.id.not_in(used)))
