"""Silence is an alarm: what nobody notices is lost too. Looks every minute, tells operations once, and again when it heals."""

from datetime import datetime

import structlog
from sqlalchemy import Connection

from inflow.casework.addresses import Way, WayBack
from inflow.casework.health import Alarm, Patience, judge
from inflow.casework.wording import alarm_notice, healed_notice
from inflow.desk import letters
from inflow.desk.world import World
from inflow.mail import compose
from inflow.mail.compose import Outgoing
from inflow.mail.message import Address
from inflow.store import deliveries, received, timers
from inflow.store import health as store

LOOK_EVERY = 60.0
NOT_FAR = (received.bring_near, deliveries.bring_near, timers.set_back)
log = structlog.get_logger()


def patience(world: World, *, started_at: datetime | None = None) -> Patience:
    """How long each may be silent here; a daemon that has just begun is given time."""
    operations = world.settings.operations
    return Patience(
        mailbox=operations.mailbox_silence,
        outbox=operations.outbox_age,
        probe=operations.probe.patience,
        started_at=started_at,
    )


def alarms(connection: Connection, world: World, *, started_at: datetime | None = None) -> list[Alarm]:
    """What is wrong now."""
    health = store.look(connection, [one.name for one in world.settings.mailboxes])
    return judge(health, patience(world, started_at=started_at), now=world.now())


def step(world: World, *, started_at: datetime) -> int:
    """One look: new alarms and healed ones are logged and told to operations. Returns how many changed."""
    with world.database.writing() as connection:
        new, healed = store.changed(connection, alarms(connection, world, started_at=started_at), now=world.now())
        language = world.settings.organisation.language
        for one in new:
            subject, text = alarm_notice(language, one.text)
            letters.tell_operations(connection, world, subject=subject, text=text)
        for one in healed:
            subject, text = healed_notice(language, one.text)
            letters.tell_operations(connection, world, subject=subject, text=text)
        probes = _probe(connection, world)
        near = sum(one(connection, now=world.now()) for one in NOT_FAR)
    if near:
        log.warning("clock was set back: what waited for a time that is far off is due now", rows=near)
    for one in new:
        log.error("alarm raised", alarm=one.name, text=one.text)
    for one in healed:
        log.warning("alarm healed", alarm=one.name)
    return len(new) + len(healed) + probes + near


def _probe(connection: Connection, world: World) -> int:
    """Mail to our own addresses by the outside path, where it is time to."""
    settings = world.settings.operations.probe
    if not settings.enabled:
        return 0
    now, sent = world.now(), 0
    for mailbox in world.settings.mailboxes:
        if store.begin_probe(connection, mailbox.name, every=settings.every, now=now):
            address = letters.signed(world, mailbox, WayBack(way=Way.PROBE, number=int(now.timestamp())))
            outgoing = Outgoing(
                from_=Address(name="Inflow", address=mailbox.address),
                to=(Address(address=address),),
                subject="Inflow probe",
                date=compose.at(now),
                message_id=letters.new_message_id(mailbox),
                headers=(("Auto-Submitted", "auto-generated"), ("X-Loop", mailbox.address)),
                text="A probe: Inflow measures how long a mail to this address takes. It never becomes a case.\n",
            )
            deliveries.queue(connection, outgoing, kind="notice", case=None, sender=mailbox.address, now=now)
            sent += 1
    return sent
