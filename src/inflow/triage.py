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

from inflow.desk import failures, filing, promises, whose
from inflow.desk.learning import Learner
from inflow.desk.whose import Arrival
from inflow.desk.world import World
from inflow.mail.message import Message
from inflow.reader import Reader, Unreadable
from inflow.routing.model import Model
from inflow.store import history, leads, messages, received
from inflow.store.engine import Trouble, gathering, is_trouble
from inflow.store.history import Past
from inflow.store.rows import Waiting

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
    """Claim some messages, read them and decide. `alone`: nothing else is in this process's hand meanwhile."""
    reader.warm()
    return read(world, reader, learner, claim(world, alone=alone))


def claim(world: World, *, alone: bool) -> list[Waiting]:
    """Take some messages in hand."""
    with world.database.writing() as connection:
        return received.claim(connection, owner=world.owner, now=world.now(), limit=BATCH, alone=alone)


def read(world: World, reader: Reader, learner: Learner, claimed: Sequence[Waiting]) -> Batch:
    """Read what was claimed and decide: what costs time and can go wrong, while no lock is held. While one is decided, the child
    reads the next."""
    if not claimed:
        return ()
    with _blameless(world, claimed):
        with world.database.reading() as connection:
            model = learner.model(connection)
            raws = messages.raws(connection, [one.id for one in claimed])
        with ThreadPoolExecutor(max_workers=1) as ahead, world.database.reading() as connection:
            past = history.past(connection, now=world.now())
            outcomes = ahead.map(lambda one: _read(reader, one, raws[one.id]), claimed)
            return [
                (one, _arrived(past, world, one, outcome, model=model))
                for one, outcome in zip(claimed, outcomes, strict=True)
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
        if filing.only_opens(world, arrived) and arrived.message.message_id not in awaited
    }
    opened = []
    with gathering(connection):
        for one in new.values():
            with _told_of(one.waiting):
                opened.append(filing.open_case(connection, world, one))
                log.info("message filed", case=opened[-1])
    for number in opened:
        promises.follow(connection, world, number)
    for waiting, arrived in batch:
        if waiting.id not in new:
            _file(connection, world, waiting, arrived)


def _told_of(waiting: Waiting) -> AbstractContextManager[Any]:
    """Every line of the log says which message it is about."""
    return structlog.contextvars.bound_contextvars(mailbox=waiting.mailbox, message=waiting.id)


def _file(connection: Connection, world: World, waiting: Waiting, arrived: Arrival | Unreadable) -> None:
    with _told_of(waiting):
        if isinstance(arrived, Unreadable):
            number: int | None = failures.quarantine(connection, world, waiting, arrived)
        elif filing.is_probe(arrived):
            number = filing.end_probe(connection, world, arrived)
        else:
            number = filing.file(connection, world, arrived)
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
