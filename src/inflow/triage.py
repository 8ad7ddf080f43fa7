"""The heart: book the attempt, parse, which case?, whose?, and write it all in one transaction.

One bad mail stops nobody: what fails is tried again alone, and after three attempts booked for it alone it is quarantined, a
case with *other* that carries the bytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import timedelta

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
from inflow.store.engine import Trouble, is_trouble
from inflow.store.history import Past
from inflow.store.rows import Waiting

BATCH = 24
TOGETHER = 12
HOPELESS = "processing it failed three times"
AGAIN_AFTER = timedelta(seconds=5)
log = structlog.get_logger()

Batch = Sequence[tuple[Waiting, Arrival | Unreadable]]
Filed = Sequence[tuple[Waiting, int | None]]


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
    """Read what was claimed and decide: what costs time and can go wrong, while no lock is held. While some are decided, the child
    reads the next."""
    if not claimed:
        return ()
    with _blameless(world, claimed):
        with world.database.reading() as connection:
            model = learner.model(connection)
            raws = messages.raws(connection, [one.id for one in claimed])
        parts = [claimed[at : at + TOGETHER] for at in range(0, len(claimed), TOGETHER)]
        with ThreadPoolExecutor(max_workers=1) as ahead:
            reading = [ahead.submit(_read, reader, part, raws) for part in parts]
            return [
                one
                for part, outcomes in zip(parts, reading, strict=True)
                for one in _decided(world, part, outcomes.result(), model=model)
            ]


def _decided(
    world: World, claimed: Sequence[Waiting], outcomes: Sequence[Message | Unreadable], *, model: Model | None
) -> Batch:
    senders = [one.sender.address for one in outcomes if isinstance(one, Message)]
    with world.database.reading() as connection:
        past = history.past(connection, senders, now=world.now())
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


def _read(reader: Reader, claimed: Sequence[Waiting], raws: Mapping[int, bytes]) -> list[Message | Unreadable]:
    if len(claimed) == 1 and claimed[0].attempts > received.QUARANTINE_AFTER:
        return [reader.unread(raws[claimed[0].id], HOPELESS)]
    return reader.read_all([(raws[one.id], one.mailbox) for one in claimed])


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
            filed = _file_all(connection, world, _still_ours(connection, world, batch))
        _tell(filed)
    except Exception as error:
        if is_trouble(error):
            raise
        if len(batch) > 1:
            log.info("batch failed: its mails are taken one by one", mails=len(batch), exc_info=True)
        for waiting, arrived in batch:
            _file_or_postpone(world, waiting, arrived)


def _tell(filed: Filed) -> None:
    for waiting, number in filed:
        log.info("message filed", mailbox=waiting.mailbox, message=waiting.id, case=number)


def _file_all(connection: Connection, world: World, batch: Batch) -> Filed:
    """What can only open a case goes first, its rows gathered; each of the others may continue one of those."""
    decided = [arrived for _, arrived in batch if isinstance(arrived, Arrival) and arrived.decision]
    ids = [arrived.message.message_id for arrived in decided if arrived.message.message_id]
    awaited = leads.awaited(connection, ids)
    new = {
        arrived.waiting.id: arrived
        for arrived in decided
        if filing.only_opens(world, arrived) and arrived.message.message_id not in awaited
    }
    opened = filing.open_cases(connection, world, list(new.values()))
    for number in opened:
        promises.follow(connection, world, number)
    rest = [(waiting, arrived) for waiting, arrived in batch if waiting.id not in new]
    return [
        *((arrived.waiting, number) for arrived, number in zip(new.values(), opened, strict=True)),
        *((waiting, _file(connection, world, waiting, arrived)) for waiting, arrived in rest),
    ]


def _file(connection: Connection, world: World, waiting: Waiting, arrived: Arrival | Unreadable) -> int | None:
    """One message, alone. Returns the number of its case; None: it is no case's."""
    with filing.told_of(waiting):
        if isinstance(arrived, Unreadable):
            return failures.quarantine(connection, world, waiting, arrived)
        if filing.is_probe(arrived):
            return filing.end_probe(connection, world, arrived)
        number = filing.file(connection, world, arrived)
        promises.follow(connection, world, number)
        return number


def _file_or_postpone(world: World, waiting: Waiting, arrived: Arrival | Unreadable) -> None:
    """File one message in a transaction of its own: what goes wrong with it touches no other."""
    try:
        with world.database.writing(durable=True) as connection:
            ours = _still_ours(connection, world, [(waiting, arrived)])
            filed = [(waiting, _file(connection, world, waiting, arrived)) for waiting, arrived in ours]
        _tell(filed)
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
