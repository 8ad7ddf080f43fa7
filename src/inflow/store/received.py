"""Mail that has come in: taken in once by identity, each sighting remembered, claimed for triage."""

import hashlib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import zstandard
from sqlalchemy import Connection, bindparam, case, func, select, update

from inflow.mail.identity import identity
from inflow.store.engine import insert_new
from inflow.store.rows import Waiting
from inflow.store.schema import message, raw_mail, sighting

CLAIMED_FOR = timedelta(seconds=60)
QUARANTINE_AFTER = 3
BATCH_BYTES = 16 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One mail as it was seen in a mailbox. `size` is the server's; `packed` the raw bytes (or, when it was too big, its
    headers) compressed."""

    mailbox: str
    uidvalidity: int
    uid: int
    identity: str
    sha256: str
    packed: bytes
    size: int
    too_big: bool = False


def seen(
    raw: bytes, *, mailbox: str, uidvalidity: int, uid: int, size: int | None = None, too_big: bool = False
) -> Sighting:
    """The sighting of a raw mail: what costs time is done here, before a transaction begins."""
    return Sighting(
        mailbox=mailbox,
        uidvalidity=uidvalidity,
        uid=uid,
        identity=identity(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        packed=zstandard.compress(raw),
        size=len(raw) if size is None else size,
        too_big=too_big,
    )


def admit(connection: Connection, sightings: Sequence[Sighting], *, now: datetime) -> int:
    """Keep what has been seen: a message for each mail not known before, a sighting for each. Returns how many were new."""
    first: dict[str, Sighting] = {}
    for one in sightings:
        first.setdefault(one.identity, one)
    rows = [_received(one, now) for one in first.values()]
    new = insert_new(connection, message, rows, returning=(message.c.identity, message.c.id))
    if new:
        connection.execute(
            raw_mail.insert(), [{"message_id": row.id, "zstd": first[row.identity].packed} for row in new]
        )
    ids = _ids(connection, first)
    insert_new(
        connection,
        sighting,
        [
            {
                "mailbox": one.mailbox,
                "uidvalidity": one.uidvalidity,
                "uid": one.uid,
                "message_id": ids[one.identity],
                "seen_at": now,
            }
            for one in sightings
        ],
    )
    return len(new)


def _received(one: Sighting, now: datetime) -> dict[str, Any]:
    return {
        "identity": one.identity,
        "direction": "in",
        "state": "received",
        "due_at": now,
        "mailbox": one.mailbox,
        "received_at": now,
        "size": one.size,
        "sha256": one.sha256,
        "too_big": one.too_big,
    }


def _ids(connection: Connection, identities: Iterable[str]) -> dict[str, int]:
    rows = connection.execute(select(message.c.identity, message.c.id).where(message.c.identity.in_(list(identities))))
    return {row.identity: row.id for row in rows}


def sighted(connection: Connection, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> set[int]:
    """Which of these UIDs have been taken in already; asked for in slices, so that a huge mailbox costs no huge query."""
    found: set[int] = set()
    query = select(sighting.c.uid).where(
        sighting.c.mailbox == mailbox,
        sighting.c.uidvalidity == uidvalidity,
        sighting.c.uid.in_(bindparam("uids", expanding=True)),
    )
    for at in range(0, len(uids), 500):
        found.update(connection.scalars(query, {"uids": list(uids[at : at + 500])}))
    return found


def too_big(connection: Connection, mailbox: str, uidvalidity: int, uids: Sequence[int]) -> list[int]:
    """Which of these UIDs were taken in without their bodies."""
    query = (
        select(sighting.c.uid)
        .join(message)
        .where(sighting.c.mailbox == mailbox, sighting.c.uidvalidity == uidvalidity, sighting.c.uid.in_(uids))
    )
    return sorted(connection.scalars(query.where(message.c.too_big)))


def highest_uid(connection: Connection, mailbox: str, uidvalidity: int) -> int:
    """The highest UID taken in under this UIDVALIDITY; 0 when none was."""
    query = select(func.max(sighting.c.uid)).where(sighting.c.mailbox == mailbox, sighting.c.uidvalidity == uidvalidity)
    return connection.scalar(query) or 0


def claim(connection: Connection, *, owner: str, now: datetime, limit: int, alone: bool = True) -> list[Waiting]:
    """Book messages that wait for triage: fresh ones in batches; one that failed, or was in the hand of a process that did not
    come back, by itself. An attempt counts against a message only where it is all that this process has in hand (`alone`): what
    a death says of a batch, it says of none in it. Otherwise only fresh ones are taken."""
    due = (
        select(message.c.id, message.c.attempts, message.c.size, message.c.claimed_by)
        .where(message.c.state == "received", message.c.due_at <= now)
        .order_by(message.c.due_at, message.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(due).all()
    fresh = [row for row in rows if not row.attempts and row.claimed_by is None]
    sizes = itertools.accumulate(row.size for row in fresh)
    chosen = [row for row, size in zip(fresh, sizes, strict=True) if row is fresh[0] or size <= BATCH_BYTES]
    if alone and rows and rows[0] not in fresh:
        chosen = [rows[0]]
    if not chosen:
        return []
    counts = alone and len(chosen) == 1 and chosen[0].claimed_by != owner
    booked = connection.execute(
        update(message)
        .where(message.c.id.in_([row.id for row in chosen]))
        .values(attempts=message.c.attempts + int(counts), due_at=now + CLAIMED_FOR, claimed_by=owner)
        .returning(
            message.c.id,
            message.c.attempts,
            message.c.mailbox,
            message.c.received_at,
            message.c.size,
            message.c.too_big,
        )
    )
    return sorted((Waiting(**row._mapping) for row in booked), key=lambda one: one.id)


def held(connection: Connection, ids: Sequence[int], *, owner: str) -> set[int]:
    """Which of these are still booked by this process; they stay so until the transaction ends."""
    ours = select(message.c.id).where(message.c.id.in_(ids), message.c.claimed_by == owner)
    return set(connection.scalars(ours.where(message.c.state == "received").with_for_update()))


def bring_near(connection: Connection, *, now: datetime) -> int:
    """What would wait longer than any booking lasts is due now: the clock has been set back. Returns how many."""
    far = (message.c.state == "received", message.c.due_at > now + 2 * CLAIMED_FOR)
    return connection.execute(update(message).where(*far).values(due_at=now)).rowcount


def forget(connection: Connection, id_: int) -> None:
    """A received mail that was only a probe."""
    for table, column in (
        (sighting, sighting.c.message_id),
        (raw_mail, raw_mail.c.message_id),
        (message, message.c.id),
    ):
        connection.execute(table.delete().where(column == id_))


def failed(connection: Connection, id_: int, *, error: str, due_at: datetime) -> None:
    """Triage of a message did not work: tried again at `due_at`. If it was one of a batch, this was its first attempt."""
    attempts = case((message.c.attempts == 0, 1), else_=message.c.attempts)
    connection.execute(
        update(message)
        .where(message.c.id == id_)
        .values(attempts=attempts, error=error, due_at=due_at, claimed_by=None)
    )


def release(connection: Connection, ids: Sequence[int], *, owner: str, now: datetime) -> None:
    """Give back what could not be done through no fault of its own: the booking is undone."""
    attempts = case((message.c.attempts > 0, message.c.attempts - 1), else_=0)
    connection.execute(
        update(message)
        .where(message.c.id.in_(ids), message.c.state == "received", message.c.claimed_by == owner)
        .values(attempts=attempts, due_at=now, claimed_by=None)
    )


def give_back_of(connection: Connection, owners: Sequence[str], *, now: datetime) -> int:
    """What dead processes had in hand is due now, and by whom it was claimed stays known. Returns how many."""
    return connection.execute(
        update(message)
        .where(message.c.state == "received", message.c.due_at > now, message.c.claimed_by.in_(owners))
        .values(due_at=now)
    ).rowcount


def claimers(connection: Connection, *, now: datetime) -> set[str]:
    """Processes that hold received messages."""
    query = select(message.c.claimed_by).where(
        message.c.state == "received", message.c.due_at > now, message.c.claimed_by.is_not(None)
    )
    return {owner for owner in connection.scalars(query.distinct()) if owner}


def next_due(connection: Connection) -> datetime | None:
    """When the next message is due for triage; None when none waits."""
    return connection.scalar(
        select(message.c.due_at).where(message.c.state == "received").order_by(message.c.due_at, message.c.id).limit(1)
    )
