"""The daemon as a process: signals, reload, one round for scripts.

SIGTERM and SIGINT end it. SIGHUP: the new config is loaded and checked first; a bad one is logged and the old one runs on.
"""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress

import structlog

from inflow.config import ConfigError, Settings, secrets
from inflow.daemon import Daemon
from inflow.desk import hooks
from inflow.desk.world import World, open_world
from inflow.dispatcher import Dispatcher
from inflow.reader import Reader
from inflow.store.engine import Trouble, one_line
from inflow.systemd import notify

Beside = Callable[[World], AbstractContextManager[object]]
log = structlog.get_logger()


async def serve(settings: Settings, reload: Callable[[], Settings], *, beside: Beside = nullcontext) -> None:
    """Run the daemon until a signal ends it; `reload` reads the config anew, `beside` is what runs as long as a world does."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    reader = reader_of(settings)
    world = open_world(settings)
    while not ended.is_set():
        daemon = Daemon(world, reader, Dispatcher(world))
        following: list[World] = []
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _end, daemon, ended)
        loop.add_signal_handler(signal.SIGHUP, _reload, daemon, reload, following)
        log.info("inflow started", mailboxes=len(world.settings.mailboxes), roles=len(world.settings.roles))
        with beside(world):
            await daemon.run()
        if following:
            world.database.engine.dispose()
            world = following[0]
            reader = reader_of(world.settings)
    world.database.engine.dispose()
    log.info("inflow stopped")


def _end(daemon: Daemon, ended: asyncio.Event) -> None:
    ended.set()
    daemon.stop()


def _reload(daemon: Daemon, reload: Callable[[], Settings], following: list[World]) -> None:
    """A new world or the old one, never a mixture."""
    try:
        settings = reload()
        if missing := [f"{key}: {fault}" for key, fault in secrets(settings)]:
            raise ConfigError(missing)  # noqa: TRY301
        following.append(open_world(settings))
    except ConfigError as error:
        log.error("config not reloaded", faults=error.faults)  # noqa: TRY400  the operator's, not ours
        return
    except Trouble as error:
        log.error("config not reloaded", faults=[one_line(error)])  # noqa: TRY400
        return
    log.info("config reloaded")
    notify("RELOADING=1")
    daemon.stop()


async def run_once(settings: Settings) -> bool:
    """`run --once`. Returns whether all of it went through."""
    with ExitStack() as ending:
        reader = reader_of(settings)
        ending.callback(reader.close)
        world = open_world(settings)
        ending.callback(world.database.engine.dispose)
        daemon, ended = Daemon(world, reader, Dispatcher(world)), asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, _end, daemon, ended)
        went = await daemon.once()
        failing: set[str] = set()
        with suppress(*Trouble):
            while not ended.is_set() and await asyncio.to_thread(hooks.step, world, failing=failing) > 0:
                pass
        return went


def reader_of(settings: Settings) -> Reader:
    """The reading child of a process, on its way."""
    reader = Reader(
        authserv_ids={one.name: one.authserv_id or "" for one in settings.mailboxes},
        arc_sealers={one.name: one.arc_sealers for one in settings.mailboxes},
        own_domains=settings.organisation.domains,
    )
    reader.begin()
    return reader
