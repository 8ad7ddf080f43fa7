"""`inflow run`: the daemon in the foreground, or one round of everything."""

import asyncio
import gc
from typing import Annotated

import typer

from inflow.cli.common import log_to_stderr, settings, told
from inflow.config import ConfigError, Settings, secrets
from inflow.daemon import run_once, serve


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
    gc.set_threshold(20_000, 20, 20)

    def read() -> Settings:
        return settings(context)

    with told():
        current = read()
        if missing := [f"{key}: {fault}" for key, fault in secrets(current)]:
            raise ConfigError(missing)
        if once:
            if not asyncio.run(run_once(current)):
                raise typer.Exit(1)
        else:
            asyncio.run(serve(current, read))
