"""The outbox: queued in the transaction that decides, booked before it is tried, settled after."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, func, select, update

from inflow.casework.case import Kind
from inflow.casework.delivery import BOOKED_FOR, LONGEST_WAIT, MOST_AN_HOUR, TOO_MANY, Settled
from inflow.mail.compose import Outgoing
from inflow.store import events
from inflow.store.engine import ignoring, write_rows
from inflow.store.rows import Due
from inflow.store.schema import delivery, known_id, message

_QUEUE = delivery.insert()
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_DUE = (
    select(delivery.c.id)
    .where(delivery.c.status == "queued", delivery.c.due_at <= bindparam("now"))
    .order_by(delivery.c.due_at, delivery.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_BOOK = (
    update(delivery)
    .where(delivery.c.id.in_(_IDS), delivery.c.status == "queued")
    .values(attempts=delivery.c.attempts + 1, due_at=bindparam("again_at"), claimed_by=bindparam("owner"))
    .returning(
        delivery.c.id,
        delivery.c.case_id.label("case"),
        delivery.c.source_id.label("source"),
        delivery.c.kind,
        delivery.c.sender,
        delivery.c.recipient,
        delivery.c.message_id,
        delivery.c.outgoing,
        delivery.c.attempts,
        delivery.c.queued_at,
    )
)
_SENT = (
    update(delivery)
    .where(delivery.c.id.in_(_IDS), delivery.c.claimed_by == bindparam("owner"), delivery.c.status == "queued")
    .values(status="sent", due_at=None, error=None, claimed_by=None, sent_at=bindparam("now"))
)
_SHOWN = (
    delivery.c.id,
    delivery.c.case_id.label("case"),
    delivery.c.kind,
    delivery.c.recipient.label("to"),
    delivery.c.status,
    delivery.c.attempts,
    delivery.c.error,
    delivery.c.message_id,
    delivery.c.queued_at.label("created_at"),
    delivery.c.due_at,
    delivery.c.sent_at,
)


def queue(  # noqa: PLR0913  each is a column, by name
    connection: Connection,
    outgoing: Outgoing,
    *,
    kind: str,
    case: int | None,
    sender: str,
    now: datetime,
    source: int | None = None,
    held: bool = False,
    first: bool = False,
) -> None:
    """Put a mail into the outbox. `sender` is the envelope's; its Message-ID is known from now on as one of the case's. One too
    many for its address is held; nothing is when it is the `first` of its case."""
    recipient = outgoing.to[0].address
    lately = 0 if first or held or case is None else _lately(connection, case, recipient, now=now)
    if lately == MOST_AN_HOUR and case is not None:
        events.append(connection, case, Kind.HELD, text=f"{kind} to {recipient}: {TOO_MANY}", by="outbox", at=now)
    too_many = lately >= MOST_AN_HOUR
    held = held or too_many
    row = {
        "case_id": case,
        "error": TOO_MANY if too_many else None,
        "source_id": source,
        "kind": kind,
        "status": "held" if held else "queued",
        "sender": sender,
        "recipient": recipient,
        "message_id": outgoing.message_id,
        "outgoing": outgoing.as_json(),
        "due_at": None if held else now,
        "queued_at": now,
    }
    write_rows(connection, _QUEUE, [row])
    if case is not None:
        known = {"message_id": outgoing.message_id, "case_id": case, "kind": kind[:10]}
        write_rows(connection, ignoring(connection, known_id), [known])


def _lately(connection: Connection, case: int, recipient: str, *, now: datetime) -> int:
    """How many mails of a case to an address were queued in the last hour."""
    query = select(func.count()).select_from(delivery).where(delivery.c.case_id == case)
    lately = query.where(delivery.c.recipient == recipient, delivery.c.queued_at > now - timedelta(hours=1))
    return connection.execute(lately).scalar_one()


def claim(connection: Connection, *, owner: str, now: datetime, limit: int) -> list[Due]:
    """Book an attempt for deliveries that are due: attempts + 1, due again when this process does not come back."""
    ids = list(connection.scalars(_DUE, {"now": now, "most": limit}))
    if not ids:
        return []
    booked = connection.execute(_BOOK, {"ids": ids, "again_at": now + BOOKED_FOR, "owner": owner})
    return sorted((Due(**row._mapping) for row in booked), key=lambda one: one.id)


def renew(connection: Connection, ids: Sequence[int], *, owner: str, now: datetime) -> None:
    """These attempts are still being made."""
    connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(ids), delivery.c.claimed_by == owner, delivery.c.status == "queued")
        .values(due_at=now + BOOKED_FOR)
    )


def release(connection: Connection, ids: Sequence[int], *, owner: str, now: datetime) -> None:
    """Give back attempts that were booked and not begun."""
    connection.execute(
        update(delivery)
        .where(delivery.c.id.in_(ids), delivery.c.claimed_by == owner, delivery.c.status == "queued")
        .values(attempts=delivery.c.attempts - 1, due_at=now, claimed_by=None)
    )


def settle_sent(connection: Connection, ids: Sequence[int], *, owner: str, now: datetime) -> None:
    """Record that the server has taken these; what is no longer this process's to settle is left alone."""
    connection.execute(_SENT, {"ids": list(ids), "owner": owner, "now": now})


def settle(connection: Connection, id_: int, settled: Settled, *, owner: str, now: datetime) -> bool:
    """Record how a booked attempt ended. False: it is no longer this process's to settle."""
    changed = connection.execute(
        update(delivery)
        .where(delivery.c.id == id_, delivery.c.claimed_by == owner, delivery.c.status == "queued")
        .values(
            status=settled.status.value,
            due_at=settled.due_at,
            error=settled.error,
            claimed_by=None,
            sent_at=now if settled.status == "sent" else None,
        )
    )
    return changed.rowcount == 1


def fail(connection: Connection, id_: int, error: str) -> dict[str, Any] | None:
    """A delivery that came back as a bounce, or was given up. Returns its row when this changed it."""
    changed = connection.execute(
        update(delivery)
        .where(delivery.c.id == id_, delivery.c.status != "failed")
        .values(status="failed", error=error, due_at=None, claimed_by=None)
        .returning(*_SHOWN)
    ).first()
    return dict(changed._mapping) if changed else None


def retry(connection: Connection, id_: int | None, *, now: datetime) -> int:
    """Queue again what failed, waits or was one too many: one delivery, or all of them. Returns how many."""
    again = update(delivery).values(status="queued", attempts=0, due_at=now, queued_at=now, claimed_by=None, error=None)
    one_too_many = (delivery.c.status == "held") & (delivery.c.error == TOO_MANY)
    again = again.where(delivery.c.status.in_(("failed", "queued")) | one_too_many)
    again = again.where(delivery.c.claimed_by.is_(None) if id_ is None else delivery.c.id == id_)
    return connection.execute(again).rowcount


def release_held(connection: Connection, case: int, *, not_by: str, now: datetime) -> int:
    """Queue the held deliveries of a case but those of one address. Returns how many."""
    own = select(message.c.id).where(message.c.case_id == case, func.lower(message.c.from_address) == not_by.lower())
    return connection.execute(
        update(delivery)
        .where(delivery.c.case_id == case, delivery.c.status == "held", delivery.c.source_id.not_in(own))
        .values(status="queued", due_at=now, queued_at=now)
    ).rowcount


def drop_held(connection: Connection, case: int, recipient: str) -> None:
    """What was held for somebody is not for them any more."""
    held = (
        delivery.c.case_id == case,
        delivery.c.status == "held",
        func.lower(delivery.c.recipient) == recipient.lower(),
    )
    connection.execute(delivery.delete().where(*held))


def source_of(connection: Connection, case: int, message_ids: Sequence[str]) -> int | None:
    """The message that the first of these mails which is a forward of ours carried, where it is of this case."""
    rows = connection.execute(
        select(delivery.c.message_id, message.c.id)
        .join(message, message.c.id == delivery.c.source_id)
        .where(delivery.c.message_id.in_(message_ids), delivery.c.kind == "forward", message.c.case_id == case)
    )
    carried = {row.message_id: int(row.id) for row in rows}
    return next((carried[one] for one in message_ids if one in carried), None)


def is_question(connection: Connection, case: int, message_ids: Sequence[str], *, sender: str) -> bool:
    """Whether one of these mails of ours asked somebody but the sender something about a case: a relay that carried no message."""
    ours = delivery.c.message_id.in_(message_ids), delivery.c.case_id == case, delivery.c.kind == "relay"
    asked = delivery.c.source_id.is_(None), func.lower(delivery.c.recipient) != sender.lower()
    return connection.scalar(select(delivery.c.id).where(*ours, *asked).limit(1)) is not None


def was_asked(connection: Connection, case: int, address: str) -> bool:
    """Whether somebody has been asked something about a case."""
    theirs = delivery.c.case_id == case, func.lower(delivery.c.recipient) == address.lower(), delivery.c.kind == "relay"
    return connection.scalar(select(delivery.c.id).where(*theirs, delivery.c.source_id.is_(None)).limit(1)) is not None


def get(connection: Connection, id_: int) -> dict[str, Any] | None:
    """One delivery as `outbox list` shows it."""
    row = connection.execute(select(*_SHOWN).where(delivery.c.id == id_)).first()
    return dict(row._mapping) if row else None


def by_message_id(connection: Connection, message_id: str) -> dict[str, Any] | None:
    """The delivery that bore this Message-ID."""
    row = connection.execute(select(*_SHOWN).where(delivery.c.message_id == message_id)).first()
    return dict(row._mapping) if row else None


def of_case(connection: Connection, case: int) -> list[dict[str, Any]]:
    """The deliveries of a case, oldest first."""
    rows = connection.execute(select(*_SHOWN).where(delivery.c.case_id == case).order_by(delivery.c.id))
    return [dict(row._mapping) for row in rows]


def unsent(connection: Connection, *, limit: int) -> list[dict[str, Any]]:
    """What waits, is held or has failed, newest first."""
    query = select(*_SHOWN).where(delivery.c.status.in_(("queued", "failed", "held"))).order_by(delivery.c.id.desc())
    return [dict(row._mapping) for row in connection.execute(query.limit(limit) if limit else query)]


def previous(connection: Connection, case: int, recipient: str) -> list[str]:
    """Message-IDs of the first and the latest mails of a case to one address: what the next one threads under."""
    ids = list(
        connection.scalars(
            select(delivery.c.message_id)
            .where(delivery.c.case_id == case, delivery.c.recipient == recipient)
            .order_by(delivery.c.id)
            .limit(200)
        )
    )
    return ids[:1] + ids[1:][-5:]


def next_due(connection: Connection) -> datetime | None:
    """When the next delivery is due; None when none waits."""
    return connection.scalar(
        select(delivery.c.due_at)
        .where(delivery.c.status == "queued")
        .order_by(delivery.c.due_at, delivery.c.id)
        .limit(1)
    )


def give_back_of(connection: Connection, owners: Sequence[str], *, now: datetime) -> int:
    """What dead processes had claimed is due now. Returns how many."""
    return connection.execute(
        update(delivery)
        .where(delivery.c.status == "queued", delivery.c.claimed_by.in_(owners))
        .values(due_at=now, claimed_by=None)
    ).rowcount


def bring_near(connection: Connection, *, now: datetime) -> int:
    """What would wait longer than any backoff is due now: the clock has been set back. Returns how many."""
    far = (delivery.c.status == "queued", delivery.c.due_at > now + LONGEST_WAIT * 1.25)
    return connection.execute(update(delivery).where(*far).values(due_at=now)).rowcount


def claimers(connection: Connection) -> set[str]:
    """Processes that hold deliveries."""
    query = select(delivery.c.claimed_by).where(delivery.c.status == "queued", delivery.c.claimed_by.is_not(None))
    return {owner for owner in connection.scalars(query.distinct()) if owner}


def in_hand(connection: Connection) -> int:
    """How many queued deliveries are booked by some process."""
    query = (
        select(func.count())
        .select_from(delivery)
        .where(delivery.c.status == "queued", delivery.c.claimed_by.is_not(None))
    )
    return connection.execute(query).scalar_one()
