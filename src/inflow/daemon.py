"""All the jobs under one roof: a thread a mailbox, triage, dispatch and clock; heartbeats.

Stopping: nothing new is started, the mail and the delivery in hand are finished, after a grace period sockets are cut.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

import structlog

from inflow import clock, health, triage
from inflow.desk import files, hooks, learning
from inflow.desk.claims import give_back_of_dead
from inflow.desk.learning import Learner
from inflow.desk.world import World
from inflow.dispatch import Dispatch
from inflow.dispatcher import Dispatcher
from inflow.intake import Watch
from inflow.reader import Reader
from inflow.store import deliveries, received
from inflow.store.engine import Trouble, one_line
from inflow.systemd import notify

GRACE = 10.0
BEAT_EVERY = 5.0
LOOK_EVERY = 5.0
LEARN_EVERY = 30.0
TELL_EVERY = 2.0
log = structlog.get_logger()


class Daemon:
    """One process's jobs over one world, from start to stop."""

    def __init__(self, world: World, reader: Reader, dispatch: Dispatch | Dispatcher) -> None:
        self._world = world
        self._loop = asyncio.get_running_loop()
        self._received = asyncio.Event()
        self._stopping = asyncio.Event()
        self._dispatch = dispatch
        self._reader = reader
        self._learner = Learner(world)
        self._watches = [Watch(world, one, on_new=self._on_new) for one in world.settings.mailboxes]
        self._started_at = world.now()
        self._threads = ThreadPoolExecutor(max_workers=len(self._watches), thread_name_prefix="mailbox")

    def _on_new(self) -> None:
        self._loop.call_soon_threadsafe(self._received.set)

    def stop(self) -> None:
        """Begin to stop."""
        self._stopping.set()
        self._received.set()
        for watch in self._watches:
            watch.stop()

    async def run(self) -> None:
        """Until stopped."""
        await asyncio.to_thread(give_back_of_dead, self._world)
        async with asyncio.TaskGroup() as group:
            watching = [self._loop.run_in_executor(self._threads, watch.run) for watch in self._watches]
            sending = group.create_task(self._dispatch.run())
            jobs = [
                group.create_task(self._triage()),
                group.create_task(self._clock()),
                group.create_task(self._beat()),
                group.create_task(self._look()),
                group.create_task(self._learn()),
                group.create_task(self._tell()),
            ]
            watcher = group.create_task(_all(watching))
            notify("READY=1")
            await self._stopping.wait()
            notify("STOPPING=1")
            self._dispatch.stop()
            finishing = [watcher, sending, jobs[0]]
            _, late = await asyncio.wait(finishing, timeout=GRACE)
            if late:
                log.warning("grace period is over: cutting what still runs", jobs=len(late))
                for watch in self._watches:
                    watch.cut()
                sending.cancel()
            for job in jobs[1:]:
                job.cancel()
        self.close()

    def close(self) -> None:
        """Let go of threads and the reading child."""
        self._reader.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def once(self) -> bool:
        """Take in all that is there now, deliver all that is due, run the timers. Returns whether all of it went through."""
        await asyncio.to_thread(give_back_of_dead, self._world)
        if await asyncio.to_thread(learning.is_due, self._world):
            await asyncio.to_thread(learning.train_anew, self._world)
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self._dispatch.run())
            sorting = group.create_task(self._triage())
            watching = [self._loop.run_in_executor(self._threads, watch.once) for watch in self._watches]
            beating = group.create_task(self._beat())
            read = await asyncio.gather(*watching)
            while await self._work_is_left():
                self._dispatch.wake()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), 0.05)
            self._stopping.set()
            self._received.set()
            await sorting
            self._dispatch.stop()
            await sending
            beating.cancel()
        self.close()
        return all(read) and not self._dispatch.unsent

    async def _work_is_left(self) -> bool:
        """Whether anything is due now, or in somebody's hand. A delivery that waits for a later retry is not."""
        if self._stopping.is_set():
            return False
        if await asyncio.to_thread(_unfinished, self._world):
            return True
        try:
            return await asyncio.to_thread(clock.step, self._world) > 0
        except Trouble:  # two that waited for each other: one tries again; a database that is gone is told above
            return True

    async def _triage(self) -> None:
        """Triage whenever mail has come in, or is due again: while one batch is filed, the next is read."""
        ahead: asyncio.Future[triage.Batch] | None = None
        troubled = False
        while True:
            self._received.clear()
            batch: triage.Batch = ()
            taking, ahead = ahead or self._take(), None
            try:
                batch = await taking
                ahead = await self._read_ahead(batch)
                await asyncio.to_thread(triage.put, self._world, batch)
                troubled = False
            except Trouble as error:
                if not troubled:
                    log.error("triage waits for the database", error=one_line(error))  # noqa: TRY400  expected: no traceback
                troubled = True
            if batch:
                self._dispatch.wake()
            elif self._stopping.is_set():
                return
            if not batch or troubled:
                wait = 1.0 if troubled else await asyncio.to_thread(_until, self._world, received.next_due, LOOK_EVERY)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._received.wait(), wait)

    def _take(self) -> asyncio.Future[triage.Batch]:
        return asyncio.ensure_future(asyncio.to_thread(triage.take, self._world, self._reader, self._learner))

    async def _read_ahead(self, batch: triage.Batch) -> asyncio.Future[triage.Batch] | None:
        """The next batch, claimed before this one holds the database: the child reads it meanwhile."""
        if batch and not triage.is_alone(batch) and not self._stopping.is_set():
            with suppress(*Trouble):
                claimed = await asyncio.to_thread(triage.claim, self._world, alone=False)
                reading = asyncio.to_thread(triage.read, self._world, self._reader, self._learner, claimed)
                return asyncio.ensure_future(reading)
        return None

    async def _clock(self) -> None:
        """Fire timers when they are due."""
        while True:
            try:
                if await asyncio.to_thread(clock.step, self._world):
                    self._dispatch.wake()
                    continue
                wait = await asyncio.to_thread(_until, self._world, clock.next_due, 30.0)
            except Trouble:
                wait = 5.0
            await asyncio.sleep(wait)

    async def _beat(self) -> None:
        """Prolong what this process holds, and tell the supervisor that it lives."""
        while True:
            await asyncio.sleep(BEAT_EVERY)
            for watch in self._watches:
                with suppress(*Trouble):
                    await asyncio.to_thread(watch.beat)
            notify("WATCHDOG=1")

    async def _learn(self) -> None:
        """Train anew when enough was corrected; what was corrected since is known without it. Read the files of what was filed."""
        while True:
            with suppress(*Trouble):
                if await asyncio.to_thread(learning.is_due, self._world):
                    await asyncio.to_thread(learning.train_anew, self._world)
                while await asyncio.to_thread(files.step, self._world):
                    pass
            await asyncio.sleep(LEARN_EVERY)

    async def _tell(self) -> None:
        """Tell other systems what has happened."""
        while self._world.settings.webhooks:
            with suppress(*Trouble):
                while await asyncio.to_thread(hooks.step, self._world):
                    pass
            await asyncio.sleep(TELL_EVERY)

    async def _look(self) -> None:
        """Raise an alarm where there is silence."""
        while True:
            with suppress(*Trouble):
                await asyncio.to_thread(give_back_of_dead, self._world)
                if await asyncio.to_thread(health.step, self._world, started_at=self._started_at):
                    self._dispatch.wake()
            await asyncio.sleep(health.LOOK_EVERY)


async def _all(futures: list[asyncio.Future[None]]) -> None:
    await asyncio.gather(*futures)


def _until(world: World, next_due: Callable[..., datetime | None], longest: float) -> float:
    """Seconds until something is due, within bounds."""
    with suppress(*Trouble), world.database.reading() as connection:
        if (due_at := next_due(connection)) is not None:
            return min(max((due_at - world.now()).total_seconds(), 0.01), longest)
    return longest


def _unfinished(world: World) -> bool:
    with world.database.reading() as connection:
        now = world.now()
        due_at = deliveries.next_due(connection)
        return (
            received.next_due(connection) is not None
            or (due_at is not None and due_at <= now)
            or deliveries.in_hand(connection) > 0
        )
