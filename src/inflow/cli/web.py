"""`inflow web`: the board alone, for a machine or a process of its own."""

import signal

import typer

from inflow.cli.common import errors, fail, opened, told
from inflow.config import ConfigError, secrets
from inflow.logs import log_to_stderr


def web(context: typer.Context) -> None:
    """Show the board in the foreground: `[web]` says where, and who is let in. SIGTERM ends it."""
    try:
        from inflow.web.server import make
    except ModuleNotFoundError as missing:
        fail(f"the board is not installed ({missing.name}): pip install 'inflow[web]'")
    log_to_stderr()
    with told(), opened(context) as world:
        if missing_secrets := [f"{key}: {fault}" for key, fault in secrets(world.settings) if key.startswith("web.")]:
            raise ConfigError(missing_secrets)
        server = make(world)
        settings = world.settings.web
        errors.print(f"the board is at {settings.url or f'http://{settings.host}:{settings.port}'}", markup=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _told_already)  # uvicorn has ended by then, and says it again
        server.run()
        if not server.started:
            raise typer.Exit(1)


def _told_already(*_: object) -> None:
    """Nothing more to do."""
