"""The `inflow` command: its nouns, its one global option, and what becomes of an error."""

from pathlib import Path
from typing import Annotated

import typer

from inflow import __version__
from inflow.cli import cases, check, config, db, demo, outbox, parse, run, stats, status, upkeep

app = typer.Typer(
    name="inflow",
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


for command in (
    run.run,
    check.check,
    parse.parse_files,
    stats.stats,
    status.status,
    upkeep.backup,
    upkeep.verify,
    demo.demo,
):
    name = {"parse_files": "parse"}.get(command.__name__, command.__name__)
    app.command(name)(command)
for group, name in ((cases.app, "cases"), (outbox.app, "outbox"), (db.app, "db"), (config.app, "config")):
    app.add_typer(group, name=name)


def main() -> None:
    """The entry point."""
    app()
