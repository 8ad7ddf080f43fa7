"""What every command needs: the config it was told, errors as sentences and exit statuses, JSON, text safe for a terminal."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from inflow.casework.case import NotPossibleError
from inflow.config import ConfigError, Settings, load
from inflow.desk.actions import NoRoleError
from inflow.desk.world import World, open_world
from inflow.store.cases import NoCaseError
from inflow.store.engine import Trouble, one_line
from inflow.store.migrate import SchemaError
from inflow.units import MissingSecretError

WRONG_CONFIG = 78
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

console = Console(highlight=False, soft_wrap=False)
errors = Console(stderr=True, highlight=False, soft_wrap=True)
JSON = typer.Option("--json", help="Print JSON, for scripts.")


def settings(context: typer.Context) -> Settings:
    """The settings of `--config`. Raises ConfigError."""
    path: Path | None = context.obj
    return load(path)


@contextmanager
def opened(context: typer.Context) -> Iterator[World]:
    """The world of `--config`, closed afterwards."""
    world = open_world(settings(context))
    try:
        yield world
    finally:
        world.database.engine.dispose()


@contextmanager
def told() -> Iterator[None]:
    """What goes wrong, as a sentence on standard error and an exit status: 78 for the config, 1 for the rest."""
    try:
        yield
    except ConfigError as error:
        for fault in error.faults:
            errors.print(safe(fault), markup=False)
        raise typer.Exit(WRONG_CONFIG) from None
    except (NotPossibleError, NoRoleError, NoCaseError, SchemaError, MissingSecretError) as error:
        fail(str(error))
    except Trouble as error:
        fail(f"the database cannot be used: {one_line(error)}")


def fail(message: str) -> NoReturn:
    """Say why it could not be done; exit status 1."""
    errors.print(f"[red]error:[/red] {escape(safe(message))}")
    raise typer.Exit(1)


def safe(text: object) -> str:
    """Text that cannot steer a terminal: control characters and those that turn text around are shown as a box."""
    return _UNSAFE.sub("\u2423", str(text))


def shown(text: object) -> str:
    """Text from a mail for rich: safe, and its brackets are just brackets."""
    return escape(safe(text))


def print_json(value: object) -> None:
    """One JSON document on standard output; times in ISO 8601, UTC."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_plain) + "\n")


def print_json_line(value: object) -> None:
    """One JSON document on one line."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")


def _plain(value: object) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return str(value)


def instant(text: str | None) -> datetime | None:
    """A moment written as a date or time of ISO 8601; without a zone it is UTC. A wrong one is a usage error."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a date; write for example 2026-11-22") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
