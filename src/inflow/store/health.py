"""How everything stands, and which alarms are raised: one row each, so that a change is told once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, or_, select

from inflow.casework.delivery import TOO_MANY
from inflow.casework.health import Alarm, Health, MailboxHealth, ProbeHealth
from inflow.store import hooks
from inflow.store.engine import insert_new
from inflow.store.schema import alarm, cases, delivery, mailbox, message, probe


def look(connection: Connection, names: Sequence[str]) -> Health:
    """What is known now of these mailboxes, of the outbox and of the mails that wait."""
    rows = {row.name: row for row in connection.execute(select(mailbox).where(mailbox.c.name.in_(names)))}
    mailboxes = [
        MailboxHealth(
            name=name,
            checked_at=row.checked_at if (row := rows.get(name)) else None,
            error=row.error if row else None,
            error_since=row.error_since if row else None,
            host=row.owner.partition(":")[0] if row and row.owner else None,
        )
        for name in names
    ]
    shown = select(probe.c.mailbox, probe.c.sent_at, probe.c.back_at, probe.c.seconds).where(probe.c.mailbox.in_(names))
    probes = [ProbeHealth(**row._mapping) for row in connection.execute(shown)]
    queued = connection.execute(
        select(func.count(), func.min(delivery.c.queued_at)).where(delivery.c.status == "queued")
    ).one()
    received = connection.execute(
        select(func.count(), func.min(message.c.received_at)).where(message.c.state == "received")
    ).one()
    quarantined = connection.execute(
        select(func.count())
        .select_from(message)
        .join(cases)
        .where(message.c.state == "quarantined", cases.c.status != "closed")
    ).scalar_one()
    failed = connection.execute(
        select(func.count()).select_from(delivery).where(delivery.c.status == "failed")
    ).scalar_one()
    noise = connection.execute(
        select(func.count()).select_from(delivery).where(delivery.c.status == "held", delivery.c.error == TOO_MANY)
    ).scalar_one()
    return Health(
        mailboxes=mailboxes,
        probes=probes,
        outbox=queued[0],
        outbox_oldest=queued[1],
        received=received[0],
        received_oldest=received[1],
        quarantined=quarantined,
        failed=failed,
        noise=noise,
        webhooks=hooks.given_up(connection),
    )


def changed(connection: Connection, now_wrong: Sequence[Alarm], *, now: datetime) -> tuple[list[Alarm], list[Alarm]]:
    """Remember what is wrong now. Returns the alarms that were not raised before, and those that have healed; of several
    processes that look at the same time, one is told of each."""
    raised = {row.name: row.text for row in connection.execute(select(alarm.c.name, alarm.c.text))}
    rows = [{"name": one.name, "text": one.text, "since": now} for one in now_wrong if one.name not in raised]
    new = {row.name for row in insert_new(connection, alarm, rows, returning=(alarm.c.name,))}
    gone = raised.keys() - {one.name for one in now_wrong}
    healed = [
        Alarm(name=name, text=raised[name])
        for name in sorted(gone)
        if connection.execute(alarm.delete().where(alarm.c.name == name)).rowcount
    ]
    return [one for one in now_wrong if one.name in new], healed


def begin_probe(connection: Connection, name: str, *, every: timedelta, now: datetime) -> bool:
    """Whether a probe of a mailbox is due: it counts as sent from now on, unless an earlier one is still not back."""
    insert_new(connection, probe, [{"mailbox": name, "tried_at": now - 2 * every, "sent_at": now, "back_at": now}])
    due = connection.execute(
        probe.update()
        .where(probe.c.mailbox == name, or_(probe.c.tried_at <= now - every, probe.c.tried_at > now + every))
        .values(tried_at=now, sent_at=case((probe.c.back_at.is_(None), probe.c.sent_at), else_=now), back_at=None)
    )
    return due.rowcount == 1


def end_probe(connection: Connection, name: str, *, now: datetime) -> None:
    """A probe has come back."""
    sent_at = connection.scalar(select(probe.c.sent_at).where(probe.c.mailbox == name))
    if sent_at is not None:
        seconds = (now - sent_at).total_seconds()
        connection.execute(probe.update().where(probe.c.mailbox == name).values(back_at=now, seconds=seconds))
