"""The heart: book the attempt, parse, which case?, whose?, and write it all in one transaction.

One bad mail stops nobody: what fails is tried again alone, and after three attempts booked for it alone it is quarantined, a
case with *other* that carries the bytes.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from inflow.casework.addresses import Way
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.conversation import Joined
from inflow.casework.quiet import may_acknowledge
from inflow.desk import actions, asking, failures, letters, outbound, promises, questions, replies, threads, whose
from inflow.desk.incoming import incoming
from inflow.desk.learning import Learner
from inflow.desk.whose import Arrival
from inflow.desk.world import World
from inflow.mail.message import Message, Nature
from inflow.reader import Reader, Unreadable
from inflow.routing.model import Model
from inflow.store import acknowledgements, cases, deliveries, health, history, leads, messages, received
from inflow.store.engine import Trouble, gathering, is_trouble
from inflow.store.history import Past
from inflow.store.rows import Case, Waiting

BATCH = 24
HOPELESS = "processing it failed three times"
AGAIN_AFTER = timedelta(seconds=5)
log = structlog.get_logger()

Batch = Sequence[tuple[Waiting, Arrival | Unreadable]]


def step(world: World, reader: Reader, learner: Learner) -> int:
    """One round: claim, read and file a batch. Returns how many messages were taken in hand."""
    batch = take(world, reader, learner)
    put(world, batch)
    return len(batch)


def take(world: World, reader: Reader, learner: Learner, *, alone: bool = True) -> Batch:
    """Claim some messages, read them and decide: what costs time and can go wrong, before any lock is held. While one is
    decided, the child reads the next. `alone`: nothing else is in this process's hand meanwhile."""
    reader.warm()
    with world.database.reading() as connection:
        model = learner.model(connection)
    with world.database.writing() as connection:
        claimed = received.claim(connection, owner=world.owner, now=world.now(), limit=BATCH, alone=alone)
    if not claimed:
        return ()
    with _blameless(world, claimed):
        with world.database.reading() as connection:
            raws = messages.raws(connection, [one.id for one in claimed])
        with ThreadPoolExecutor(max_workers=1) as ahead, world.database.reading() as connection:
            past = history.past(connection, now=world.now())
            read = ahead.map(lambda one: _read(reader, one, raws[one.id]), claimed)
            return [
                (one, _arrived(past, world, one, outcome, model=model))
                for one, outcome in zip(claimed, read, strict=True)
            ]


def is_alone(batch: Batch) -> bool:
    """Whether this is one mail whose attempt counts: nothing else is taken in hand until it is filed."""
    return any(waiting.attempts for waiting, _ in batch)


@contextmanager
def _blameless(world: World, claimed: Sequence[Waiting]) -> Iterator[None]:
    """A database in trouble is no fault of the mails in hand: their booking is undone, at once or when it is claimed again."""
    try:
        yield
    except Exception as error:
        if is_trouble(error):
            with suppress(*Trouble), world.database.writing() as connection:
                received.release(connection, [one.id for one in claimed], owner=world.owner, now=world.now())
        raise


def _read(reader: Reader, waiting: Waiting, raw: bytes) -> Message | Unreadable:
    if waiting.attempts > received.QUARANTINE_AFTER:
        return reader.unread(raw, HOPELESS)
    return reader.read(raw, mailbox=waiting.mailbox)


def _arrived(
    past: Past, world: World, waiting: Waiting, outcome: Message | Unreadable, *, model: Model | None
) -> Arrival | Unreadable:
    if isinstance(outcome, Unreadable):
        return outcome
    arrived = whose.arrival(world, waiting, outcome, model=model)
    try:
        return whose.decided_ahead(past, world, arrived)
    except Exception as error:
        if is_trouble(error):
            raise
        return arrived  # it is decided, and fails, alone when it is filed


def put(world: World, batch: Batch) -> None:
    """File a batch in one transaction; when something in it fails, one by one."""
    if not batch:
        return
    with _blameless(world, [waiting for waiting, _ in batch]):
        _put(world, batch)


def _put(world: World, batch: Batch) -> None:
    try:
        with world.database.writing(durable=True) as connection:
            _file_all(connection, world, _still_ours(connection, world, batch))
    except Exception as error:
        if is_trouble(error):
            raise
        if len(batch) > 1:
            log.info("batch failed: its mails are taken one by one", mails=len(batch), exc_info=True)
        for waiting, arrived in batch:
            _file_or_postpone(world, waiting, arrived)


def _file_all(connection: Connection, world: World, batch: Batch) -> None:
    """What can only open a case goes first, its rows gathered; each of the others may continue one of those."""
    decided = [arrived for _, arrived in batch if isinstance(arrived, Arrival) and arrived.decision]
    ids = [arrived.message.message_id for arrived in decided if arrived.message.message_id]
    awaited = leads.awaited(connection, ids)
    new = {
        arrived.waiting.id: arrived
        for arrived in decided
        if _only_opens(world, arrived) and arrived.message.message_id not in awaited
    }
    opened = []
    with gathering(connection):
        for one in new.values():
            with _told_of(one.waiting):
                opened.append(_open(connection, world, one))
                log.info("message filed", case=opened[-1])
    for number in opened:
        promises.follow(connection, world, number)
    for waiting, arrived in batch:
        if waiting.id not in new:
            _file(connection, world, waiting, arrived)


def _only_opens(world: World, arrived: Arrival) -> bool:
    """Whether a message that refers to nothing is neither a bounce nor a member's first word."""
    return arrived.message.nature is not Nature.BOUNCE and not outbound.is_new(arrived.message, world)


def _told_of(waiting: Waiting) -> AbstractContextManager[Any]:
    """Every line of the log says which message it is about."""
    return structlog.contextvars.bound_contextvars(mailbox=waiting.mailbox, message=waiting.id)


def _file(connection: Connection, world: World, waiting: Waiting, arrived: Arrival | Unreadable) -> None:
    with _told_of(waiting):
        if isinstance(arrived, Unreadable):
            number: int | None = failures.quarantine(connection, world, waiting, arrived)
        elif _is_probe(arrived):
            number = _end_probe(connection, world, arrived)
        else:
            number = file(connection, world, arrived)
            promises.follow(connection, world, number)
        log.info("message filed", case=number)


def _file_or_postpone(world: World, waiting: Waiting, arrived: Arrival | Unreadable) -> None:
    """File one message in a transaction of its own: what goes wrong with it touches no other."""
    try:
        with world.database.writing(durable=True) as connection:
            for _ in _still_ours(connection, world, [(waiting, arrived)]):
                _file(connection, world, waiting, arrived)
    except Exception as error:  # whatever one mail breaks, the next goes on
        if is_trouble(error):
            raise
        log.exception("message failed", message=waiting.id, mailbox=waiting.mailbox, attempts=waiting.attempts)
        told = f"{type(error).__name__}: {error}".replace("\0", "")
        if waiting.attempts >= received.QUARANTINE_AFTER:
            failures.give_up(world, waiting, arrived if isinstance(arrived, Unreadable) else arrived.message, told)
        else:
            due_at = world.now() + AGAIN_AFTER * waiting.attempts
            with world.database.writing(durable=True) as connection:
                received.failed(connection, waiting.id, error=told[:2000], due_at=due_at)


def _still_ours(connection: Connection, world: World, batch: Batch) -> Batch:
    """What of a batch no other process has taken over meanwhile: this one may have been paused past its claim."""
    held = received.held(connection, [waiting.id for waiting, _ in batch], owner=world.owner)
    return [(waiting, arrived) for waiting, arrived in batch if waiting.id in held]


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
    if joined is None:
        return _open(connection, world, arrived)
    by_member = arrived.back is not None and arrived.back.way is Way.ROLE
    if not by_member and _is_settled(connection, world, joined.case):
        number = _open(connection, world, arrived)
        actions.link(connection, world, number, joined.case, by="thread")
        return number
    messages.file(connection, waiting.id, joined.case, message)
    threads.know(connection, joined.case, message)
    if arrived.back and arrived.back.way is Way.ANSWER and message.nature is Nature.PERSON:
        questions.answered(connection, world, joined.case, waiting.id, message=message)
    elif arrived.back and arrived.back.way in (Way.ROLE, Way.ASKED, Way.MANAGEMENT):
        replies.answer(connection, world, joined.case, waiting.id, message=message, back=arrived.back)
    elif not arrived.back and (fault := arrived.unreadable or replies.astray(connection, joined.case, message)):
        replies.doubt(connection, world, joined, waiting.id, message=message, fault=fault)
    else:
        reason, back = joined.reason, arrived.back
        incoming(connection, world, joined.case, waiting.id, message=message, reason=reason, back=back)
    return joined.case


def _is_probe(arrived: Arrival) -> bool:
    return arrived.back is not None and arrived.back.way is Way.PROBE and arrived.message.nature is Nature.LOOP


def _end_probe(connection: Connection, world: World, arrived: Arrival) -> int | None:
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
        number = _open(connection, world, arrived)
        if whose.is_internal(world, arrived.message.sender):
            replies.refuse(connection, world, number, message=arrived.message, fault=str(error))
        return number


def _joined(connection: Connection, world: World, arrived: Arrival) -> Joined | None:
    """The case a message continues, unless that was settled long ago."""
    back = arrived.back if arrived.back and arrived.back.way not in (Way.BOUNCE, Way.PROBE) else None
    domains = world.settings.organisation.domains
    joined = threads.joined(connection, arrived.message, back=back, own_domains=domains)
    if joined is None and arrived.unreadable:
        return replies.meant(connection, world, arrived.message)
    return joined


def _is_settled(connection: Connection, world: World, number: int) -> bool:
    """Whether a case was closed so long ago that a new mail is a new matter."""
    closed_at = cases.get(connection, number).closed_at
    return closed_at is not None and world.now() - closed_at > world.settings.cases.reopen_within


def _open(connection: Connection, world: World, arrived: Arrival) -> int:
    message, waiting = arrived.message, arrived.waiting
    decision = arrived.decision or whose.decision(history.past(connection, now=world.now()), world, arrived)
    role = actions.role_named(world, decision.role)
    with_other = decision.role == world.settings.other.role
    opened = f"by {message.sender.address or 'an unknown sender'}"
    case = cases.open_case(
        connection,
        subject=message.subject,
        sender=message.sender,
        kind=decision.party or ("internal" if whose.is_internal(world, message.sender) else None),
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
        asking.set_clocks(connection, world, case.number)
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


def _bounced(connection: Connection, arrived: Arrival) -> dict[str, Any] | None:
    """The delivery that a bounce speaks of: by its signed address, else by the Message-ID it names."""
    if arrived.back and arrived.back.way is Way.BOUNCE:
        return deliveries.get(connection, arrived.back.number)
    bounce = arrived.message.bounce
    if bounce and bounce.original_message_id:
        return deliveries.by_message_id(connection, bounce.original_message_id)
    return None
