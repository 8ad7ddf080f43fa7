"""The `inflow` command: its nouns, its global option. A command's code is loaded when it is asked for, so that each starts fast."""

import gc
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from inflow import __version__

gc.set_threshold(
    20_000, 20, 20
)  # most of what is made while modules are loaded stays: the collector need not look so often

COMMANDS = {
    "run": "run:run",
    "check": "check:check",
    "cases": "people:app",
    "outbox": "outbox:app",
    "status": "status:status",
    "stats": "stats:stats",
    "gaps": "gaps:gaps",
    "answers": "answers:app",
    "problems": "problems:app",
    "andon": "andon:app",
    "letter": "letter:letter",
    "duty": "duty:app",
    "parse": "parse:parse_files",
    "classify": "classify_mail:classify",
    "evaluate": "classify:evaluate",
    "rules": "rules:app",
    "roles": "roles:app",
    "import": "learn:import_",
    "classifier": "learn:app",
    "web": "web:web",
    "users": "users:app",
    "tokens": "tokens:app",
    "webhooks": "webhooks:webhooks",
    "db": "db:app",
    "backup": "upkeep:backup",
    "verify": "upkeep:verify",
    "erase": "erase:erase",
    "config": "config:app",
    "demo": "demo:demo",
}


class _Lazy(TyperGroup):
    """The commands by name; each is imported when it is used or its help is shown."""

    def list_commands(self, _ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(f"inflow.cli.{module}"), name)
        if isinstance(found, typer.Typer):
            command = get_command(found)
        else:
            alone = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})
            alone.command(cmd_name)(found)
            command = get_command(alone)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="inflow",
    cls=_Lazy,
    help="One way in by e-mail for a whole organisation: every mail exactly once, to the role that should have it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:  # noqa: FBT001  typer calls it so
    if value:
        typer.echo(f"inflow {__version__}")
        raise typer.Exit


@app.callback()
def _begin(
    context: typer.Context,
    config_file: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="The config. Else $INFLOW_CONFIG, config/inflow.toml, /etc/inflow/inflow.toml.",
        ),
    ] = None,
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    del version
    context.obj = config_file


def main() -> None:
    """The entry point."""
    app()
