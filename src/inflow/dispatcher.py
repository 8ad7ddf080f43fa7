"""Dispatch in a process of its own: mail that goes out takes no turns with mail that comes in.

The two share the outbox and nothing else. The process is told its settings, and then an octet whenever there may be something
new. When it hears no more, because the other stops or has died, it ends what it has in hand, and itself.
"""

import asyncio
import gc
import os
import pickle
import signal
import sys
from contextlib import suppress
from threading import Thread
from typing import BinaryIO

import structlog

from inflow.config import Settings
from inflow.desk.claims import give_back_of_dead
from inflow.desk.world import World, open_world
from inflow.dispatch import Dispatch
from inflow.logs import log_to_stderr
from inflow.store.engine import Trouble, one_line

COMMAND = (sys.executable, "-m", "inflow.dispatcher")
UNSENT = 75
"""Exit status (EX_TEMPFAIL of sysexits): something has not gone out."""
AGAIN_AFTER = 2.0
_LENGTH = 8
log = structlog.get_logger()


class Dispatcher:
    """The process that sends, as the one sees it that starts it; when it ends by itself another is started."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._ear: asyncio.StreamWriter | None = None
        self._stopping = asyncio.Event()
        self.unsent = 0

    def wake(self) -> None:
        """Look into the outbox now."""
        if self._ear is not None and not self._ear.is_closing():
            self._ear.write(b"\n")

    def stop(self) -> None:
        """Finish what is being sent, start nothing new."""
        self._stopping.set()
        if self._ear is not None:
            self._ear.close()

    async def run(self) -> None:
        """Send until stopped."""
        while True:
            status = await self._one_life()
            if self._stopping.is_set():
                self.unsent = int(status == UNSENT)
                return
            log.error("the process that sends has ended: another is started", status=status)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), AGAIN_AFTER)
            with suppress(*Trouble):
                await asyncio.to_thread(give_back_of_dead, self._world)

    async def _one_life(self) -> int:
        """Start the process, and wait until it has ended. Returns its exit status."""
        told = pickle.dumps(self._world.settings)
        alone = {"OPENBLAS_NUM_THREADS": "1"}
        child = await asyncio.create_subprocess_exec(
            *COMMAND, stdin=asyncio.subprocess.PIPE, env=os.environ | alone, process_group=0
        )
        assert child.stdin is not None
        child.stdin.write(len(told).to_bytes(_LENGTH, "big") + told)
        self._ear = child.stdin
        if self._stopping.is_set():
            self._ear.close()
        try:
            return await child.wait()
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()


async def send(settings: Settings, said: BinaryIO) -> bool:
    """Send until nothing is said any more. Returns whether all of it went out."""
    loop = asyncio.get_running_loop()
    world = open_world(settings)
    dispatch = Dispatch(world)

    def listen() -> None:
        while os.read(said.fileno(), 4096):
            loop.call_soon_threadsafe(dispatch.wake)
        loop.call_soon_threadsafe(dispatch.stop)

    Thread(target=listen, daemon=True).start()
    await dispatch.run()
    world.database.engine.dispose()
    return not dispatch.unsent


def main() -> int:
    """The process. Returns its exit status. Signals to all of us are the other's to heed: it says when to stop."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    log_to_stderr()
    said = sys.stdin.buffer
    length = int.from_bytes(said.read(_LENGTH), "big")
    settings = pickle.loads(said.read(length))  # noqa: S301  from the process that has started us
    try:
        return 0 if asyncio.run(send(settings, said)) else UNSENT
    except Trouble as error:
        log.error("the outbox cannot be opened", error=one_line(error))  # noqa: TRY400  expected: no traceback
        return UNSENT


if __name__ == "__main__":
    sys.exit(main())
