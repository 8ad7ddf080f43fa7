"""The process that sends: it is told when there is something new, and lives no longer than the one that started it needs it."""

import asyncio
import os
import pickle
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from inflow import dispatcher
from inflow.config import load
from inflow.desk.world import World
from inflow.dispatcher import COMMAND, Dispatcher
from inflow.store import deliveries
from tests.jobs.conftest import Clock, Receive, mail
from tests.servers.process import free_port
from tests.servers.sink import Sink

FULL = Path(__file__).resolve().parents[2] / "config" / "inflow.toml"


@pytest.fixture
def world(make_world: Callable[..., World], clock: Clock, sink: Sink) -> World:
    clock.moment = datetime.now(UTC)
    return make_world(smtp_port=sink.port)


@asynccontextmanager
async def running(world: World) -> AsyncIterator[Dispatcher]:
    sending = Dispatcher(world)
    task = asyncio.create_task(sending.run())
    yield sending
    sending.stop()
    await asyncio.wait_for(task, 30)


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not reached():  # noqa: ASYNC110  another process gets there
            await asyncio.sleep(0.02)


def children() -> list[int]:
    """The processes that send for this one."""
    found = [int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]
    return [pid for pid in found if b"inflow.dispatcher" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def unsent(world: World) -> int:
    with world.database.reading() as connection:
        return len(deliveries.unsent(connection, limit=0))


def test_what_is_queued_while_it_runs_goes_out_when_it_is_woken(world: World, receive: Receive, sink: Sink) -> None:
    async def play() -> None:
        async with running(world) as sending:
            for number in range(3):
                await asyncio.to_thread(receive, world, mail(f"Fråga {number}"))
                sending.wake()
                await until(lambda: unsent(world) == 0)
                assert len(sink.received) == number + 1
        assert sending.unsent == 0

    asyncio.run(play())


def test_another_is_started_when_it_is_killed_and_sends_what_is_left(
    world: World, receive: Receive, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "AGAIN_AFTER", 0.1)
    receive(world, *(mail(f"Fråga {number}") for number in range(60)))

    async def play() -> None:
        async with running(world):
            await until(lambda: len(sink.received) > 3)
            os.kill(children()[0], signal.SIGKILL)
            await until(lambda: unsent(world) == 0)

    asyncio.run(play())
    connections = world.settings.smtp.connections
    assert 60 <= len(sink.received) <= 60 + connections
    assert children() == []


def test_it_ends_with_what_it_has_in_hand_when_nobody_speaks_to_it_any_more(
    world: World, receive: Receive, sink: Sink
) -> None:
    receive(world, mail("Fråga"))
    told = pickle.dumps(world.settings)
    child = subprocess.Popen(COMMAND, stdin=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.write(len(told).to_bytes(8, "big") + told)
    child.stdin.flush()
    asyncio.run(until(lambda: bool(sink.received)))
    child.stdin.close()
    assert child.wait(20) == 0
    assert unsent(world) == 0


def test_its_exit_status_says_that_something_did_not_go_out(
    make_world: Callable[..., World], clock: Clock, receive: Receive
) -> None:
    clock.moment = datetime.now(UTC)
    world = make_world(smtp_port=free_port())
    receive(world, mail("Fråga"))

    async def play() -> int:
        async with running(world) as sending:
            await until(lambda: tried(world))
        return sending.unsent

    assert asyncio.run(play()) == 1


def tried(world: World) -> bool:
    with world.database.reading() as connection:
        return any(one["error"] for one in deliveries.unsent(connection, limit=0))


def test_every_setting_survives_the_way_to_it() -> None:
    settings = load(FULL)
    assert pickle.loads(pickle.dumps(settings)) == settings
