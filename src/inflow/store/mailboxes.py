"""Mailboxes: who watches each, and how it went. The lease is fenced: a watcher that was paused past it cannot write."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from inflow.store.engine import insert_new
from inflow.store.schema import mailbox

LEASED_FOR = timedelta(seconds=20)
FAR = timedelta(minutes=10)
"""No lease lasts so long: the clock has been set back since it was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to watch a mailbox; `fence` grows with each new holder."""

    mailbox: str
    owner: str
    fence: int


class LeaseLostError(Exception):
    """Another process watches this mailbox now."""


def take(
    connection: Connection, name: str, *, owner: str, now: datetime, dead: frozenset[str] = frozenset()
) -> Lease | None:
    """The lease of a mailbox, if it is free, ours, or of a process known to be dead; None: another process holds it."""
    insert_new(connection, mailbox, [{"name": name}])
    run_out = or_(mailbox.c.lease_until < now, mailbox.c.lease_until > now + FAR)
    free = or_(mailbox.c.owner.is_(None), mailbox.c.owner == owner, run_out, mailbox.c.owner.in_(dead))
    taken = connection.execute(
        update(mailbox)
        .where(mailbox.c.name == name, free)
        .values(owner=owner, fence=mailbox.c.fence + 1, lease_until=now + LEASED_FOR)
        .returning(mailbox.c.fence)
    ).scalar_one_or_none()
    return None if taken is None else Lease(mailbox=name, owner=owner, fence=taken)


def hold(connection: Connection, lease: Lease, *, now: datetime) -> None:
    """Prove in this transaction that the lease is still ours, and prolong it. Raises LeaseLostError."""
    held = connection.execute(
        update(mailbox)
        .where(mailbox.c.name == lease.mailbox, mailbox.c.owner == lease.owner, mailbox.c.fence == lease.fence)
        .values(lease_until=now + LEASED_FOR)
    )
    if held.rowcount != 1:
        raise LeaseLostError(f"another process watches the mailbox {lease.mailbox} now")


def give_back(connection: Connection, lease: Lease) -> None:
    """The mailbox is free for another process."""
    connection.execute(
        update(mailbox)
        .where(mailbox.c.name == lease.mailbox, mailbox.c.owner == lease.owner, mailbox.c.fence == lease.fence)
        .values(owner=None, lease_until=None)
    )


def owner(connection: Connection, name: str) -> str | None:
    """Who holds the lease of a mailbox."""
    return connection.scalar(select(mailbox.c.owner).where(mailbox.c.name == name))


def checked(connection: Connection, name: str, *, uidvalidity: int, now: datetime) -> None:
    """The mailbox has been read to its end."""
    connection.execute(
        update(mailbox)
        .where(mailbox.c.name == name)
        .values(uidvalidity=uidvalidity, checked_at=now, error=None, error_since=None)
    )


def failing(connection: Connection, name: str, error: str, *, now: datetime) -> None:
    """The mailbox cannot be read."""
    insert_new(connection, mailbox, [{"name": name}])
    connection.execute(
        update(mailbox).where(mailbox.c.name == name, mailbox.c.error_since.is_(None)).values(error_since=now)
    )
    connection.execute(update(mailbox).where(mailbox.c.name == name).values(error=error))
