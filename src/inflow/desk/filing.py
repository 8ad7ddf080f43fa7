"""A message that has been read finds its place: in the case it continues, or as the first of a new one, with all that follows.

Everything here happens in the caller's one transaction; what it does not know for certain it leaves to people.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy import Connection

from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.conversation import Joined
from inflow.casework.quiet import may_acknowledge
from inflow.casework.speaking import is_member
from inflow.desk import actions, asking, failures, letters, offers, outbound, questions, replies, threads, whose
from inflow.desk.incoming import incoming
from inflow.desk.whose import Arrival
from inflow.desk.world import World
from inflow.mail.message import Message, Nature
from inflow.routing.decision import DecidedBy, Decision
from inflow.store import (
    acknowledgements,
    cases,
    deliveries,
    events,
    health,
    history,
    leads,
    messages,
    opening,
    problems,
    received,
)
from inflow.store.engine import gathering
from inflow.store.opening import New
from inflow.store.problems import Loud
from inflow.store.rows import Case, Waiting

log = structlog.get_logger()
_NO_CASE = (Way.BOUNCE, Way.PROBE, Way.DUTY)


def only_opens(world: World, arrived: Arrival) -> bool:
    """Whether a message that refers to nothing is neither a bounce nor a member's first word."""
    return arrived.message.nature is not Nature.BOUNCE and not outbound.is_new(arrived.message, world)


def file(connection: Connection, world: World, arrived: Arrival) -> int:
    """One message, from read to filed, with everything that follows from it. Returns the number of its case.

    1. a bounce of one of our deliveries goes to the case of that delivery;
    2. what continues a case joins it: a member's answer speaks for the role, anything else is the sender's;
    3. everything else opens a case and is routed.
    """
    message, waiting = arrived.message, arrived.waiting
    if message.nature is Nature.BOUNCE and (delivery := _bounced(connection, arrived)) and delivery["case"]:
        messages.file(connection, waiting.id, delivery["case"], message)
        failures.bounced(connection, world, delivery, message)
        return int(delivery["case"])
    joined = _joined(connection, world, arrived)
    if joined is None and outbound.is_new(message, world) and message.nature is Nature.PERSON:
        return _begin(connection, world, arrived)
    if joined is None and arrived.back and arrived.back.way is Way.DUTY and message.nature is Nature.PERSON:
        return _about_duty(connection, world, arrived, back=arrived.back)
    if joined is None:
        return open_case(connection, world, arrived)
    by_member = arrived.back is not None and arrived.back.way is Way.ROLE
    case = cases.get(connection, joined.case)
    if not by_member and _is_settled(world, case):
        number = open_case(connection, world, arrived)
        actions.link(connection, world, number, joined.case, by="thread")
        return number
    messages.file(connection, waiting.id, joined.case, message)
    threads.know(connection, joined.case, message)
    if arrived.back and arrived.back.way is Way.ANSWER and message.nature is Nature.PERSON:
        questions.answered(connection, world, joined.case, waiting.id, message=message)
    elif arrived.back and arrived.back.way in (Way.ROLE, Way.ASKED, Way.MANAGEMENT):
        replies.answer(connection, world, joined.case, waiting.id, message=message, back=arrived.back)
    elif not arrived.back and (fault := arrived.unreadable or replies.astray(connection, joined, message)):
        replies.doubt(connection, world, joined, waiting.id, message=message, fault=fault)
    else:
        incoming(connection, world, case, waiting.id, message=message, joined=joined, back=arrived.back)
    return joined.case


def is_probe(arrived: Arrival) -> bool:
    """Whether it is the mail by which Inflow tries its own way in."""
    return arrived.back is not None and arrived.back.way is Way.PROBE and arrived.message.nature is Nature.LOOP


def end_probe(connection: Connection, world: World, arrived: Arrival) -> int | None:
    """Our own probe has come back: the way is measured, and the mail never becomes a case."""
    health.end_probe(connection, arrived.waiting.mailbox, now=world.now())
    received.forget(connection, arrived.waiting.id)
    return None


def _begin(connection: Connection, world: World, arrived: Arrival) -> int:
    """A member writes first. What is not as it should be is a case like any other, and the writer is told what is missing."""
    try:
        with connection.begin_nested():
            return outbound.by_mail(connection, world, arrived.waiting.id, message=arrived.message)
    except (NotPossibleError, actions.NoRoleError) as error:
        number = open_case(connection, world, arrived)
        if whose.is_internal(world, arrived.message.sender):
            replies.refuse(connection, world, number, message=arrived.message, fault=str(error))
        return number


def _about_duty(connection: Connection, world: World, arrived: Arrival, *, back: WayBack) -> int:
    """A member answers a handover: a case of the role, in which the orders are carried out, closed when there is nothing else. From
    anybody else it is a mail like any other."""
    role, by = world.settings.role(back.role), arrived.message.sender.address
    if role is None or not is_member(by, role, world.settings.organisation.domains):
        return open_case(connection, world, arrived)
    decision = Decision(role=role.name, by=DecidedBy.THREAD, confidence=1.0, reasons=("it answers the handover",))
    number = open_case(connection, world, replace(arrived, decision=decision))
    replies.answer(connection, world, number, arrived.waiting.id, message=arrived.message, back=back)
    if events.count(connection, number, Kind.SWAPPED) and not events.count(connection, number, Kind.NOTED):
        actions.close(connection, world, number, by=by)
    return number


def _joined(connection: Connection, world: World, arrived: Arrival) -> Joined | None:
    """The case a message continues, unless that was settled long ago."""
    back = arrived.back if arrived.back and arrived.back.way not in _NO_CASE else None
    domains = world.settings.organisation.domains
    joined = threads.joined(connection, arrived.message, back=back, own_domains=domains)
    if joined is None and arrived.unreadable:
        return replies.meant(connection, world, arrived.message)
    return joined


def _is_settled(world: World, case: Case) -> bool:
    """Whether a case was closed so long ago that a new mail is a new matter."""
    return case.closed_at is not None and world.now() - case.closed_at > world.settings.cases.reopen_within


def open_case(connection: Connection, world: World, arrived: Arrival) -> int:
    """A new case with this message as its first, handed to a role. Returns its number."""
    return open_cases(connection, world, [arrived])[0]


def open_cases(connection: Connection, world: World, arrivals: Sequence[Arrival]) -> list[int]:
    """A new case for each of some messages, all of their rows written together. Returns their numbers, in the order of the messages."""
    new = [_new(connection, world, one) for one in arrivals]
    opened = opening.open_cases(connection, new, now=world.now())
    loud = problems.loud(connection)
    with gathering(connection):
        for case, one, arrived in zip(opened, new, arrivals, strict=True):
            with told_of(arrived.waiting):
                _begin_case(connection, world, case, arrived=arrived, labels=one.decided.labels, loud=loud)
    return [case.number for case in opened]


def _new(connection: Connection, world: World, arrived: Arrival) -> New:
    """The case that a message opens."""
    message, waiting = arrived.message, arrived.waiting
    decision = arrived.decision or _decided_now(connection, world, arrived)
    opened = f"by {message.sender.address or 'an unknown sender'}"
    return New(
        subject=message.subject,
        sender=message.sender,
        kind=decision.party or ("internal" if whose.is_internal(world, message.sender) else None),
        mailbox=waiting.mailbox,
        decided=decision,
        level=actions.role_named(world, decision.role).level,
        happenings=[
            (Kind.OPENED, opened + (" (too big: headers only)" if waiting.too_big else ""), "inflow"),
            (Kind.ROUTED, actions.routed(decision), decision.by.value),
        ],
        with_other=decision.role == world.settings.other.role,
    )


def _decided_now(connection: Connection, world: World, arrived: Arrival) -> Decision:
    past = history.past(connection, [arrived.message.sender.address], now=world.now())
    return whose.decision(past, world, arrived)


def _begin_case(
    connection: Connection, world: World, case: Case, *, arrived: Arrival, labels: Sequence[str], loud: Sequence[Loud]
) -> None:
    """What follows from a new case. It looks up nothing of what it writes."""
    message = arrived.message
    messages.file(connection, arrived.waiting.id, case.number, message)
    threads.know(connection, case.number, message)
    leads.take_part(connection, case.number, [message.sender])
    for label in labels:
        cases.add_label(connection, case.number, label)
    role = actions.role_named(world, case.role)
    if role.name == world.settings.other.role:
        asking.set_clocks(connection, world, case.number)
    offered = _acknowledge(connection, world, case, message)
    if message.nature is not Nature.LOOP:
        letters.forward(
            connection, world, case, role, source=arrived.waiting.id, message=message, loud=loud, offered=offered
        )


def told_of(waiting: Waiting) -> AbstractContextManager[Any]:
    """Every line of the log says which message it is about."""
    return structlog.contextvars.bound_contextvars(mailbox=waiting.mailbox, message=waiting.id)


def _acknowledge(connection: Connection, world: World, case: Case, message: Message) -> str:
    """Tell the sender that the mail has come in, where the mailbox says so and nothing speaks against it. Returns the key of the
    ready answer that went along, if one did."""
    wanted = world.settings.mailbox(case.mailbox).acknowledge
    if not wanted.enabled:
        return ""
    address, now = message.sender.address, world.now()
    recently, lately_in_all = acknowledgements.recently(connection, address, now=now)
    own = world.settings.own_addresses
    if reason := may_acknowledge(message, own=own, recently=recently, lately_in_all=lately_in_all):
        log.info("not acknowledged", case=case.number, reason=reason)
        return ""
    acknowledgements.remember(connection, address, now=now)
    entry = offers.entry(connection, world, case, message) if wanted.answers else None
    letters.acknowledge(connection, world, case, message=message, answer=entry.text if entry else "")
    if entry is not None:
        offers.remember(connection, world, case, entry)
    return entry.key if entry else ""


def _bounced(connection: Connection, arrived: Arrival) -> dict[str, Any] | None:
    """The delivery that a bounce speaks of: by its signed address, else by the Message-ID it names."""
    if arrived.back and arrived.back.way is Way.BOUNCE:
        return deliveries.get(connection, arrived.back.number)
    bounce = arrived.message.bounce
    if bounce and bounce.original_message_id:
        return deliveries.by_message_id(connection, bounce.original_message_id)
    return None
