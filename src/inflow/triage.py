"""The heart: book the attempt, parse, which case?, whose?, and write it all in one transaction.

One bad mail stops nobody: what fails is tried again alone, and after three booked attempts it is quarantined, a case with
*other* that carries the bytes.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from inflow import actions, failures, letters, outbound, questions, replies, threads
from inflow.casework import addresses
from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.codes import opens_a_door
from inflow.casework.conversation import Joined
from inflow.casework.quiet import may_acknowledge
from inflow.learning import Learner
from inflow.mail.message import Message, Nature
from inflow.reader import Reader, Unreadable
from inflow.routing.decide import decide
from inflow.routing.decision import DecidedBy, Decision
from inflow.routing.facts import Facts, PartyKind
from inflow.routing.model import Model
from inflow.store import acknowledgements, cases, deliveries, health, history, leads, messages, received
from inflow.store.engine import Trouble
from inflow.store.rows import Case, Waiting
from inflow.world import World

BATCH = 32
HOPELESS = "processing it failed three times"
AGAIN_AFTER = timedelta(seconds=5)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A received message, read, with where its address leads; `unreadable`: it was signed, and is not any more."""

    waiting: Waiting
    message: Message
    back: WayBack | None = None
    unreadable: bool = False


def step(world: World, reader: Reader, learner: Learner) -> int:
    """One round: claim, read and file a batch. Returns how many messages were taken in hand."""
    with world.database.writing() as connection:
        claimed = received.claim(connection, owner=world.owner, now=world.now(), limit=BATCH)
    if not claimed:
        return 0
    with world.database.reading() as connection:
        raws = messages.raws(connection, [one.id for one in claimed])
    read = {
        one.id: reader.read(raws[one.id], mailbox=one.mailbox)
        for one in claimed
        if one.attempts <= received.QUARANTINE_AFTER
    }
    outcomes = [(one, read.get(one.id) or Unreadable(raw=raws[one.id], reason=HOPELESS)) for one in claimed]
    with world.database.reading() as connection:
        model = learner.model(connection)
    try:
        with world.database.writing(durable=True) as connection:
            for waiting, outcome in outcomes:
                _file(connection, world, waiting, outcome, model=model)
    except Trouble:
        raise
    except Exception:
        if len(outcomes) > 1:
            log.info("batch failed: its mails are taken one by one", mails=len(outcomes), exc_info=True)
        for waiting, outcome in outcomes:
            _file_or_postpone(world, waiting, outcome, model=model)
    return len(claimed)


def _file(
    connection: Connection, world: World, waiting: Waiting, outcome: Message | Unreadable, *, model: Model | None
) -> None:
    with structlog.contextvars.bound_contextvars(mailbox=waiting.mailbox, message=waiting.id):
        if isinstance(outcome, Unreadable):
            number: int | None = failures.quarantine(connection, world, waiting, outcome)
        elif _is_probe(arrived := arrival(world, waiting, outcome)):
            number = _end_probe(connection, world, arrived)
        else:
            number = file(connection, world, arrived, model=model)
        log.info("message filed", case=number)


def _file_or_postpone(world: World, waiting: Waiting, outcome: Message | Unreadable, *, model: Model | None) -> None:
    """File one message in a transaction of its own: what goes wrong with it touches no other."""
    try:
        with world.database.writing(durable=True) as connection:
            _file(connection, world, waiting, outcome, model=model)
    except Trouble:
        raise
    except Exception as error:  # whatever one mail breaks, the next goes on
        log.exception("message failed", message=waiting.id, mailbox=waiting.mailbox, attempts=waiting.attempts)
        told = f"{type(error).__name__}: {error}"
        with world.database.writing(durable=True) as connection:
            if waiting.attempts >= received.QUARANTINE_AFTER:
                failures.quarantine(connection, world, waiting, Unreadable(raw=outcome.raw, reason=told))
            else:
                again = world.now() + AGAIN_AFTER * waiting.attempts
                received.failed(connection, waiting.id, error=told[:2000], due_at=again)


def arrival(world: World, waiting: Waiting, message: Message) -> Arrival:
    """A message, told a loop when it bears our own mark, with where its recipient address leads: the first address signed
    by us among those it was sent or delivered to."""
    if _has_our_mark(world, message):
        message = replace(message, nature=Nature.LOOP)
    named = [one.address for one in (*message.to, *message.cc)]
    for header in ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to"):
        named += message.headers.get(header, ())
    ours = {mailbox.address.lower() for mailbox in world.settings.mailboxes}
    roles = [role.name for role in world.settings.roles]
    found = [address.strip().strip("<>") for address in named[:500]]
    signed = [one for one in found if addresses.looks_signed(one) and addresses.bare(one) in ours]
    back = next((back for one in signed if (back := addresses.read(one, world.keys, roles=roles))), None)
    return Arrival(waiting=waiting, message=message, back=back, unreadable=bool(signed) and back is None)


def file(connection: Connection, world: World, arrived: Arrival, *, model: Model | None = None) -> int:
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
        return _begin(connection, world, arrived, model=model)
    if joined is None:
        return _open(connection, world, arrived, model=model)
    if _is_settled(connection, world, joined.case):
        number = _open(connection, world, arrived, model=model)
        actions.link(connection, world, number, joined.case, by="thread")
        return number
    messages.file(connection, waiting.id, joined.case, message)
    threads.know(connection, joined.case, message)
    if arrived.back and arrived.back.way is Way.ANSWER and message.nature is Nature.PERSON:
        questions.answered(connection, world, joined.case, waiting.id, message=message)
    elif arrived.back and arrived.back.way in (Way.ROLE, Way.ASKED):
        replies.answer(connection, world, joined.case, waiting.id, message=message, back=arrived.back)
    elif arrived.unreadable:
        replies.doubt(connection, world, joined.case, waiting.id, message=message)
    else:
        replies.incoming(connection, world, joined.case, waiting.id, message=message, reason=joined.reason)
    return joined.case


def _is_probe(arrived: Arrival) -> bool:
    return arrived.back is not None and arrived.back.way is Way.PROBE and arrived.message.nature is Nature.LOOP


def _end_probe(connection: Connection, world: World, arrived: Arrival) -> int | None:
    """Our own probe has come back: the way is measured, and the mail never becomes a case."""
    health.end_probe(connection, arrived.waiting.mailbox, now=world.now())
    received.forget(connection, arrived.waiting.id)
    return None


def _begin(connection: Connection, world: World, arrived: Arrival, *, model: Model | None) -> int:
    """A member writes first. What is not as it should be is a case like any other, and the writer is told what is missing."""
    try:
        with connection.begin_nested():
            return outbound.by_mail(connection, world, arrived.waiting.id, message=arrived.message)
    except (NotPossibleError, actions.NoRoleError) as error:
        number = _open(connection, world, arrived, model=model)
        if _party_kind(connection, world, arrived.message) == "internal":
            replies.refuse(connection, world, number, message=arrived.message, fault=str(error))
        return number


def _joined(connection: Connection, world: World, arrived: Arrival) -> Joined | None:
    """The case a message continues, unless that was settled long ago."""
    back = arrived.back if arrived.back and arrived.back.way not in (Way.BOUNCE, Way.PROBE) else None
    domains = world.settings.organisation.domains
    return threads.joined(connection, arrived.message, back=back, own_domains=domains)


def _is_settled(connection: Connection, world: World, number: int) -> bool:
    """Whether a case was closed so long ago that a new mail is a new matter."""
    closed_at = cases.get(connection, number).closed_at
    return closed_at is not None and world.now() - closed_at > world.settings.cases.reopen_within


def _open(connection: Connection, world: World, arrived: Arrival, *, model: Model | None) -> int:
    message, waiting = arrived.message, arrived.waiting
    decision = _decision(connection, world, arrived, model=model)
    role = actions.role_named(world, decision.role)
    with_other = decision.role == world.settings.other.role
    opened = f"by {message.sender.address or 'an unknown sender'}"
    case = cases.open_case(
        connection,
        subject=message.subject,
        sender=message.sender,
        kind=decision.party.value if decision.party else _party_kind(connection, world, message) or "public",
        mailbox=waiting.mailbox,
        decided=decision,
        level=role.level,
        happenings=[
            (Kind.OPENED, opened + (" (too big: headers only)" if waiting.too_big else ""), "inflow"),
            (Kind.ROUTED, actions.routed(decision), decision.by.value),
        ],
        with_other=with_other,
        now=world.now(),
    )
    messages.file(connection, waiting.id, case.number, message)
    threads.know(connection, case.number, message)
    leads.take_part(connection, case.number, [message.sender])
    for label in decision.labels:
        cases.add_label(connection, case.number, label)
    if with_other:
        actions.set_clocks(connection, world, case.number)
    if message.nature is not Nature.LOOP:
        letters.forward(connection, world, case, role, source=waiting.id, message=message, first=True)
    _acknowledge(connection, world, case, message)
    return case.number


def _acknowledge(connection: Connection, world: World, case: Case, message: Message) -> None:
    """Tell the sender that the mail has come in, where the mailbox says so and nothing speaks against it."""
    if not world.settings.mailbox(case.mailbox).acknowledge.enabled:
        return
    address, now = message.sender.address, world.now()
    recently, lately_in_all = acknowledgements.recently(connection, address, now=now)
    own = world.settings.own_addresses
    reason = may_acknowledge(message, own=own, recently=recently, lately_in_all=lately_in_all)
    if reason is None:
        acknowledgements.remember(connection, address, now=now)
        letters.acknowledge(connection, world, case, message=message)
    else:
        log.info("not acknowledged", case=case.number, reason=reason)


def _decision(connection: Connection, world: World, arrived: Arrival, *, model: Model | None) -> Decision:
    message, waiting = arrived.message, arrived.waiting
    if waiting.too_big:
        size = f"{waiting.size / (1 << 20):.0f} MB"
        return _to_other(
            world, f"the mail is larger ({size}) than the mailbox takes; it waits there under its TooBig folder or flag"
        )
    if message.nature is Nature.LOOP:
        return _to_other(world, "the mail has been through here before (a loop); it is kept and not forwarded")
    if opens_a_door(message):
        return _to_other(world, "it bears a sign-in link or a one-time code: nobody but other gets it")
    sender, now = message.sender, world.now()
    kind = _party_kind(connection, world, message)
    facts = Facts(
        mailbox=waiting.mailbox,
        party=PartyKind(kind) if kind else None,
        sender_roles=history.of_sender(connection, sender.address, now=now),
        domain_roles=history.of_domain(connection, sender.domain, now=now),
    )
    return decide(message, facts, world.policy, model=model)


def _to_other(world: World, reason: str) -> Decision:
    return Decision(role=world.settings.other.role, by=DecidedBy.OTHER, confidence=1.0, reasons=(reason,))


def _party_kind(connection: Connection, world: World, message: Message) -> str | None:
    domain = message.sender.domain
    internal = any(
        domain == own.lower() or domain.endswith("." + own.lower()) for own in world.settings.organisation.domains
    )
    return "internal" if internal else cases.party_kind(connection, message.sender.address)


def _has_our_mark(world: World, message: Message) -> bool:
    ours = {mailbox.address.lower() for mailbox in world.settings.mailboxes}
    return any(value.strip().lower() in ours for value in message.headers.get("x-loop", ()))


def _bounced(connection: Connection, arrived: Arrival) -> dict[str, Any] | None:
    """The delivery that a bounce speaks of: by its signed address, else by the Message-ID it names."""
    if arrived.back and arrived.back.way is Way.BOUNCE:
        return deliveries.get(connection, arrived.back.number)
    bounce = arrived.message.bounce
    if bounce and bounce.original_message_id:
        return deliveries.by_message_id(connection, bounce.original_message_id)
    return None
