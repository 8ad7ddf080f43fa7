"""The outbox goes out: book the attempt, dial, record the outcome. At least once, with the same Message-ID on each try.

Attempts are booked before they are made, so a process that dies loses nothing and its deliveries fall due again.
"""

import asyncio
import random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from inflow.casework.addresses import Way, WayBack, sign
from inflow.casework.delivery import DeliveryStatus, Outcome, may_begin, settle
from inflow.desk import failures
from inflow.desk.world import World
from inflow.mail.compose import Outgoing, render
from inflow.smtp import Relay, Result
from inflow.store import deliveries, messages, pace
from inflow.store.engine import Trouble, one_line
from inflow.store.rows import Due

RENEW_EVERY = 15.0
LOOK_EVERY = 5.0
AHEAD_BYTES = 4 << 20
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Booked:
    """A delivery whose attempt is booked; `content` is its mail where that was written ahead."""

    due: Due
    content: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    due: Due
    result: Result
    settled: asyncio.Event


class Dispatch:
    """The sending of deliveries over kept-open connections, several at once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._limit = world.settings.smtp.connections
        self._todo: asyncio.Queue[_Booked] = asyncio.Queue()
        self._attempts: asyncio.Queue[_Attempt] = asyncio.Queue()
        self._in_hand: dict[int, Due] = {}
        self._new = asyncio.Event()
        self._settled = asyncio.Event()
        self._stopping = False
        self._troubled = False
        self.unsent = 0

    def wake(self) -> None:
        """Look into the outbox now."""
        self._new.set()

    def stop(self) -> None:
        """Finish what is being sent, start nothing new."""
        self._stopping = True
        self._new.set()

    async def run(self) -> None:
        """Send until stopped; then give back what was not begun."""
        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(self._work()) for _ in range(self._limit)]
            others = [group.create_task(self._settle_all()), group.create_task(self._renew())]
            await self._claim()
            await self._give_back()
            while self._in_hand:
                await self._settled.wait()
                self._settled.clear()
            for task in (*workers, *others):
                task.cancel()

    async def _claim(self) -> None:
        """Keep the workers fed, never with more than four mails each: what is booked by a process that dies has to wait."""
        while not self._stopping:
            self._new.clear()
            claimed: list[_Booked] = []
            room = 4 * self._limit - self._todo.qsize()
            if room < 2 * self._limit:
                await self._pause(LOOK_EVERY)
                continue
            try:
                claimed = await asyncio.to_thread(self._book, room)
                self._recovered()
            except Trouble as error:
                self._trouble(error)
            for booked in claimed:
                self._in_hand[booked.due.id] = booked.due
                self._todo.put_nowait(booked)
            if not claimed:
                await self._pause(await asyncio.to_thread(self._until_due))

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._new.wait(), seconds)

    def _until_due(self) -> float:
        """Seconds until the next delivery is due; a look now and then finds what other processes have queued."""
        with suppress(*Trouble), self._world.database.reading() as connection:
            if (due_at := deliveries.next_due(connection)) is not None:
                return min(max((due_at - self._world.now()).total_seconds(), 0.01), LOOK_EVERY)
        return LOOK_EVERY

    def _book(self, room: int) -> list[_Booked]:
        """Book attempts, and write the mails of those that are small together."""
        world = self._world
        with world.database.writing() as connection:
            claimed = deliveries.claim(connection, owner=world.owner, now=world.now(), limit=room)
        if not claimed:
            return []
        with world.database.reading() as connection:
            raws = messages.small_raws(connection, [due.source for due in claimed if due.source], within=AHEAD_BYTES)
        return [_Booked(due=due, content=_ahead(due, raws)) for due in claimed]

    async def _work(self) -> None:
        """One connection: the next mail goes out when the last one's outcome is recorded, so that a kill doubles one at most."""
        relay = Relay(self._world.settings.smtp)
        try:
            while True:
                booked = await self._todo.get()
                with structlog.contextvars.bound_contextvars(delivery=booked.due.id, case=booked.due.case):
                    result = await self._attempt(relay, booked)
                attempt = _Attempt(due=booked.due, result=result, settled=asyncio.Event())
                self._attempts.put_nowait(attempt)
                await attempt.settled.wait()
        finally:
            relay.close()

    async def _attempt(self, relay: Relay, booked: _Booked) -> Result:
        due = booked.due
        if not may_begin(attempts=due.attempts - 1, queued_at=due.queued_at, now=self._world.now()):
            return Result(outcome=Outcome.NEVER, error="gave up: too many attempts that never ended")
        try:
            await self._take_turn()
            content = booked.content
            if content is None:
                content = await asyncio.to_thread(self._render, due)
        except Trouble as error:
            return Result(outcome=Outcome.LATER, error=f"database: {one_line(error)}")
        return await relay.send(envelope_sender(self._world, due), due.recipient, content)

    async def _take_turn(self) -> None:
        """Wait for a place under the provider's ceiling."""
        rate = self._world.settings.smtp.rate
        if rate is not None:
            moment = await asyncio.to_thread(self._reserve, timedelta(seconds=rate.interval))
            await asyncio.sleep(moment)

    def _reserve(self, interval: timedelta) -> float:
        world = self._world
        smtp = world.settings.smtp
        with world.database.writing() as connection:
            mine = pace.reserve(connection, f"smtp {smtp.host}:{smtp.port}", interval=interval, now=world.now())
        return max((mine - world.now()).total_seconds(), 0.0)

    def _render(self, due: Due) -> bytes:
        source = None
        if due.source is not None:
            with self._world.database.reading() as connection:
                source = messages.raw(connection, due.source)
        return _written(due, source)

    async def _settle_all(self) -> None:
        """Record outcomes: each alone when it is quiet, together with those that came during the last commit when it is not."""
        while True:
            attempts = [await self._attempts.get()]
            while not self._attempts.empty():
                attempts.append(self._attempts.get_nowait())
            while True:
                try:
                    await asyncio.to_thread(self._record, attempts)
                    break
                except Trouble as error:
                    self._trouble(error)
                    await asyncio.sleep(1)
            for attempt in attempts:
                self.unsent += attempt.result.outcome is not Outcome.SENT
                self._in_hand.pop(attempt.due.id, None)
                attempt.settled.set()
            self._settled.set()
            self._new.set()

    def _record(self, attempts: list[_Attempt]) -> None:
        world = self._world
        sent = [attempt.due.id for attempt in attempts if attempt.result.outcome is Outcome.SENT]
        with world.database.writing() as connection:
            if sent:
                deliveries.settle_sent(connection, sent, owner=world.owner, now=world.now())
            for attempt in attempts:
                if attempt.result.outcome is Outcome.SENT:
                    _tell(attempt.due, attempt.result, DeliveryStatus.SENT)
                    continue
                due, result = attempt.due, attempt.result
                settled = settle(
                    result.outcome,
                    result.error,
                    attempts=due.attempts,
                    queued_at=due.queued_at,
                    now=world.now(),
                    jitter=random.random(),  # noqa: S311
                )
                mine = deliveries.settle(connection, due.id, settled, owner=world.owner, now=world.now())
                _tell(due, result, settled.status)
                if mine and settled.status is DeliveryStatus.FAILED:
                    failures.delivery_failed(connection, world, due.id, settled.error or "")

    async def _renew(self) -> None:
        """Long transfers and long turns keep their booking."""
        while True:
            await asyncio.sleep(RENEW_EVERY)
            if ids := list(self._in_hand):
                with suppress(*Trouble):
                    await asyncio.to_thread(self._renew_now, ids)

    def _renew_now(self, ids: list[int]) -> None:
        with self._world.database.writing() as connection:
            deliveries.renew(connection, ids, owner=self._world.owner, now=self._world.now())

    async def _give_back(self) -> None:
        ids = []
        while not self._todo.empty():
            ids.append(self._todo.get_nowait().due.id)
        with suppress(*Trouble):
            await asyncio.to_thread(self._release, ids)
        for id_ in ids:
            self._in_hand.pop(id_, None)

    def _release(self, ids: list[int]) -> None:
        with self._world.database.writing() as connection:
            deliveries.release(connection, ids, owner=self._world.owner, now=self._world.now())

    def _trouble(self, error: BaseException) -> None:
        if not self._troubled:
            log.error("outbox cannot be read", error=one_line(error))
        self._troubled = True

    def _recovered(self) -> None:
        if self._troubled:
            log.info("outbox can be read again")
        self._troubled = False


def _written(due: Due, source: bytes | None) -> bytes:
    return render(Outgoing.of_json(due.outgoing), source)


def _ahead(due: Due, raws: Mapping[int, bytes]) -> bytes | None:
    if due.source is not None and due.source not in raws:
        return None
    return _written(due, raws[due.source] if due.source is not None else None)


def envelope_sender(world: World, due: Due) -> str:
    """The address that leads a bounce back to its delivery."""
    mailbox = next((one for one in world.settings.mailboxes if one.address == due.sender), None)
    if mailbox is None or not mailbox.subaddressing:
        return due.sender
    return sign(due.sender, WayBack(way=Way.BOUNCE, number=due.id), world.keys)


def _tell(due: Due, result: Result, status: DeliveryStatus) -> None:
    words = {DeliveryStatus.SENT: "delivery sent", DeliveryStatus.FAILED: "delivery failed"}.get(
        status, "delivery postponed"
    )
    level = log.info if status is DeliveryStatus.SENT else log.warning
    level(words, delivery=due.id, case=due.case, kind=due.kind, attempt=due.attempts, error=result.error)
