"""`inflow run`: the daemon in the foreground, or one round of everything."""

import asyncio
import gc
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated

import typer

from inflow.cli.common import settings, told
from inflow.config import ConfigError, Settings, secrets
from inflow.desk.world import World
from inflow.logs import log_to_stderr
from inflow.service import run_once, serve


def run(
    context: typer.Context,
    *,
    once: Annotated[
        bool, typer.Option("--once", help="Take in what is there now, deliver what is due, run the timers, exit.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what only a developer wants to know.")] = False,
) -> None:
    """Watch all mailboxes, deliver, escalate. SIGTERM ends it gracefully, SIGHUP reads the config anew."""
    log_to_stderr(verbose=verbose)
    gc.freeze()  # what was imported lives as long as the process: the collector need not look at it again and again

    def read() -> Settings:
        current = settings(context)
        if current.web.enabled:
            _need_the_board()
        return current

    with told():
        current = read()
        if missing := [f"{key}: {fault}" for key, fault in secrets(current)]:
            raise ConfigError(missing)
        if once:
            if not asyncio.run(run_once(current)):
                raise typer.Exit(1)
        else:
            asyncio.run(serve(current, read, beside=_board))


def _need_the_board() -> None:
    try:
        import inflow.web.server  # noqa: F401  only whether it is there
    except ModuleNotFoundError as missing:
        fault = f"web.enabled: the board is not installed ({missing.name}): pip install 'inflow[web]'"
        raise ConfigError([fault]) from missing


def _board(world: World) -> AbstractContextManager[object]:
    """The board in a thread of its own, where it is enabled."""
    if not world.settings.web.enabled:
        return nullcontext()
    from inflow.web.server import beside

    return beside(world)
