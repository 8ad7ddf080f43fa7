"""One mailbox, one thread: what is in it is committed as received, and only then marked done there.

IDLE wakes it, the poll is the guarantee. Its trouble is its own: it waits with backoff and the other mailboxes go on.
"""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog

from inflow.config import MailboxSettings
from inflow.desk.world import World, is_dead
from inflow.imap import Mailbox, MailboxError
from inflow.store import mailboxes, received
from inflow.store.engine import Trouble, one_line
from inflow.store.mailboxes import Lease, LeaseLostError
from inflow.units import MissingSecretError

BATCH_BYTES = 8 << 20
BATCH_COUNT = 100
CHUNK = 1000
LONGEST_BACKOFF = 300.0
LEASE_RETRY = 5.0
log = structlog.get_logger()


class Watch:
    """The watching of one mailbox: `run` in its own thread, `stop` and `cut` from any other."""

    def __init__(self, world: World, settings: MailboxSettings, *, on_new: Callable[[], None]) -> None:
        self._world = world
        self._settings = settings
        self._on_new = on_new
        self._stopping = threading.Event()
        self._mailbox: Mailbox | None = None
        self._lease: Lease | None = None
        self._apart: list[int] = []
        self.error: str | None = None

    def stop(self) -> None:
        """Finish the batch in hand, start nothing new."""
        self._stopping.set()
        if (mailbox := self._mailbox) is not None:
            mailbox.wake()

    def cut(self) -> None:
        """End now, whatever the server does."""
        self._stopping.set()
        if (mailbox := self._mailbox) is not None:
            mailbox.abort()

    def run(self) -> None:
        """Watch until stopped."""
        failures = 0
        with structlog.contextvars.bound_contextvars(mailbox=self._settings.name):
            while not self._stopping.is_set():
                try:
                    if not self._session(forever=True):
                        self._stopping.wait(LEASE_RETRY)
                    failures = 0
                except LeaseLostError:
                    log.warning("mailbox lease lost")
                except (MailboxError, MissingSecretError, *Trouble) as error:
                    if self._stopping.is_set():
                        break
                    failures = 0 if self.error is None else failures
                    self._failed(one_line(error))
                    failures += 1
                    self._stopping.wait(backoff(failures, jitter=random.random()))  # noqa: S311

    def once(self) -> bool:
        """Take in all that is there now. Returns whether that went well; a mailbox that another process watches is its task."""
        with structlog.contextvars.bound_contextvars(mailbox=self._settings.name):
            try:
                if not self._session(forever=False):
                    log.info("mailbox is watched by another process")
            except (MailboxError, MissingSecretError, LeaseLostError, *Trouble) as error:
                self._failed(one_line(error))
                return False
            return True

    def _session(self, *, forever: bool) -> bool:
        """One connection from lease to goodbye. False: another process has the lease."""
        lease = self._lease = self._take_lease()
        if lease is None:
            return False
        mailbox = self._mailbox = Mailbox(self._settings.imap)
        try:
            mailbox.connect()
            while not self._stopping.is_set():
                step(
                    self._world,
                    self._settings,
                    mailbox,
                    lease=lease,
                    on_new=self._on_new,
                    stopping=self._stopping,
                    apart=self._apart,
                )
                self._recovered(mailbox)
                if not forever:
                    break
                mailbox.wait(self._settings.imap.poll.total_seconds())
        finally:
            self._mailbox = None
            mailbox.close()
            self._lease = None
            self._give_back(lease)
        return True

    def _take_lease(self) -> Lease | None:
        world = self._world
        with world.database.writing() as connection:
            holder = mailboxes.owner(connection, self._settings.name)
            dead = frozenset({holder} if holder and is_dead(holder) else ())
            return mailboxes.take(connection, self._settings.name, owner=world.owner, now=world.now(), dead=dead)

    def _give_back(self, lease: Lease) -> None:
        try:
            with self._world.database.writing() as connection:
                mailboxes.give_back(connection, lease)
        except Trouble:
            log.warning("mailbox lease not given back: it runs out by itself")

    def beat(self) -> None:
        """Prolong the lease while the thread waits for mail. Losing it is found out at the next batch."""
        lease = self._lease
        if lease is not None:
            try:
                with self._world.database.writing() as connection:
                    mailboxes.hold(connection, lease, now=self._world.now())
            except LeaseLostError:
                self.wake()

    def wake(self) -> None:
        """Look into the mailbox now."""
        if (mailbox := self._mailbox) is not None:
            mailbox.wake()

    def _recovered(self, mailbox: Mailbox) -> None:
        with self._world.database.writing() as connection:
            mailboxes.checked(connection, self._settings.name, uidvalidity=mailbox.uidvalidity, now=self._world.now())
        if self.error is not None:
            log.info("mailbox can be read again")
        self.error = None

    def _failed(self, error: str) -> None:
        """Log a trouble once, and remember it where `check` and `status` look."""
        if error != self.error:
            log.error("mailbox cannot be read", error=error)
        self.error = error
        try:
            with self._world.database.writing() as connection:
                mailboxes.failing(connection, self._settings.name, error, now=self._world.now())
        except Trouble:
            pass


def backoff(failures: int, *, jitter: float) -> float:
    """Seconds to wait after so many failures in a row: doubled up to five minutes, spread by a half."""
    return float(min(2.0 ** min(failures - 1, 16), LONGEST_BACKOFF)) * (0.75 + jitter / 2)


def step(
    world: World,
    settings: MailboxSettings,
    mailbox: Mailbox,
    *,
    lease: Lease,
    on_new: Callable[[], None],
    stopping: threading.Event,
    apart: list[int],
) -> int:
    """One round: everything that waits in the mailbox is taken in, batch by batch. What broke an answer before (`apart`) comes
    last and one by one: a mail that the server cannot hand over stops no other. Returns how many mails were seen."""
    with world.database.reading() as connection:
        highest = received.highest_uid(connection, settings.name, mailbox.uidvalidity)
        waiting = mailbox.waiting(after=highest)
        known = received.sighted(connection, settings.name, mailbox.uidvalidity, waiting)
    for batch in _slices(sorted(known), CHUNK):
        _mark(world, settings, mailbox, batch)
    new = [uid for uid in waiting if uid not in known]
    apart[:] = [uid for uid in apart if uid in waiting]
    taken = 0
    for chunk in (*_slices([uid for uid in new if uid not in apart], CHUNK), *([uid] for uid in apart)):
        with _apart(apart, chunk):
            sizes = mailbox.sizes(chunk)
        small = {uid: size for uid, size in sizes.items() if size <= settings.imap.max_size}
        for uid in sorted(sizes.keys() - small.keys()):
            taken += _admit_too_big(world, settings, mailbox, lease=lease, uid=uid, size=sizes[uid])
        for batch in batches(small):
            if stopping.is_set():
                return taken
            with _apart(apart, batch):
                raws = mailbox.fetch(batch)
            taken += _admit(world, settings, mailbox, lease=lease, raws=raws)
            on_new()
    if taken < len(new):
        _account_for(world, settings, mailbox, new, after=highest)
    return taken


def _mark(world: World, settings: MailboxSettings, mailbox: Mailbox, known: Sequence[int]) -> None:
    """Mark what is known already as it should have been marked when it was taken in."""
    with world.database.reading() as connection:
        big = received.too_big(connection, settings.name, mailbox.uidvalidity, known)
    if big:
        mailbox.mark_too_big(big)
    if done := [uid for uid in known if uid not in big]:
        mailbox.mark_done(done)


@contextmanager
def _apart(apart: list[int], uids: Sequence[int]) -> Iterator[None]:
    """What breaks an answer is asked for by itself from now on, and after the others."""
    try:
        yield
    except MailboxError:
        apart[:] = [uid for uid in apart if uid not in uids] + list(uids)
        raise


def _account_for(world: World, settings: MailboxSettings, mailbox: Mailbox, new: Sequence[int], *, after: int) -> None:
    """Mails that were found and not handed over are either gone, or operations must hear of it. Raises MailboxError."""
    waiting = set(mailbox.waiting(after=after)).intersection(new)
    with world.database.reading() as connection:
        waiting -= received.sighted(connection, settings.name, mailbox.uidvalidity, sorted(waiting))
    if waiting:
        raise MailboxError(
            f"the server does not hand over the mail with UID {', '.join(map(str, sorted(waiting)[:10]))}"
        )


def _admit(world: World, settings: MailboxSettings, mailbox: Mailbox, *, lease: Lease, raws: dict[int, bytes]) -> int:
    sightings = [
        received.seen(raw, mailbox=settings.name, uidvalidity=mailbox.uidvalidity, uid=uid)
        for uid, raw in sorted(raws.items())
    ]
    if sightings:
        _commit(world, sightings, lease)
        mailbox.mark_done(sorted(raws))
    return len(raws)


def _admit_too_big(
    world: World, settings: MailboxSettings, mailbox: Mailbox, *, lease: Lease, uid: int, size: int
) -> int:
    """A mail over the limit: its headers come in, the mail stays where people find it."""
    for raw in mailbox.fetch([uid], headers_only=True).values():
        one = received.seen(
            raw, mailbox=settings.name, uidvalidity=mailbox.uidvalidity, uid=uid, size=size, too_big=True
        )
        _commit(world, [one], lease)
        mailbox.mark_too_big([uid])
        return 1
    return 0


def _commit(world: World, sightings: Sequence[received.Sighting], lease: Lease) -> None:
    with world.database.writing(durable=True) as connection:
        mailboxes.hold(connection, lease, now=world.now())
        new = received.admit(connection, sightings, now=world.now())
    log.info("mail received", mails=len(sightings), new=new, uids=f"{sightings[0].uid}-{sightings[-1].uid}")


def batches(sizes: dict[int, int]) -> Iterator[list[int]]:
    """UIDs in ascending batches, bounded by bytes and by count; a mail larger than the bound comes alone."""
    batch: list[int] = []
    filled = 0
    for uid in sorted(sizes):
        if batch and (filled + sizes[uid] > BATCH_BYTES or len(batch) == BATCH_COUNT):
            yield batch
            batch, filled = [], 0
        batch.append(uid)
        filled += sizes[uid]
    if batch:
        yield batch


def _slices(uids: Sequence[int], length: int) -> Iterator[Sequence[int]]:
    return (uids[at : at + length] for at in range(0, len(uids), length))
