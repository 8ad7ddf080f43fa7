"""`inflow backup` and `inflow verify`: a copy of a live database, and proof that everything in one is whole."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from inflow.cli.common import JSON, console, errors, fail, opened, print_json, safe, settings, told
from inflow.desk.world import World
from inflow.store import audit

_AT_ONCE = 200
Look = Callable[..., tuple[int | None, list[int]]]
_READINGS: dict[Look, str] = {
    audit.damaged: "the raw bytes of message {} are not what they were",
    audit.contradicted: "case {} does not stand where its events have led it",
}


def backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")]
) -> None:
    """Make a consistent copy of the live SQLite database while the daemon runs."""
    with told():
        url = settings(context).database.url
    if not url.startswith("sqlite:///"):
        fail("the database is PostgreSQL: back it up with pg_dump, which is consistent too (docs/how-to/backup.md)")
    source = Path(url.removeprefix("sqlite:///"))
    if not source.exists():
        fail(f"there is no database at {source}")
    if file.exists():
        fail(f"{file} is there already; it is not overwritten")
    partial = file.with_name(file.name + ".partial")
    live, copy = sqlite3.connect(source, timeout=30), sqlite3.connect(partial)
    try:
        live.backup(copy, pages=2048, sleep=0.005)
        sound = copy.execute("PRAGMA quick_check").fetchone()[0]
    except (sqlite3.Error, OSError) as error:
        fail(f"the copy failed: {error}")
    finally:
        live.close()
        copy.close()
    if sound != "ok":
        fail(f"the copy is not sound: {sound}")
    partial.rename(file)
    console.print(f"[green]ok[/green] {safe(file)}: {file.stat().st_size / 1e6:.1f} MB")


def _all_of(world: World, look: Look) -> Iterator[tuple[int, list[int]]]:
    """What a reading finds, slice by slice."""
    last: int | None = 0
    while last is not None:
        with world.database.reading() as connection:
            last, bad = look(connection, after=last, limit=_AT_ONCE)
        if last is not None:
            yield last, bad


def verify(context: typer.Context, *, json: Annotated[bool, JSON] = False) -> None:
    """Read every raw mail against its digest, and every case against its events. Exit status 1 when something is not whole."""
    with told(), opened(context) as world:
        with world.database.reading() as connection:
            faults = list(audit.broken(connection))
        columns = (SpinnerColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
            for look, words in _READINGS.items():
                task = progress.add_task("verifying")
                for last, bad in _all_of(world, look):
                    faults += [words.format(id_) for id_ in bad]
                    progress.update(task, description=f"verified up to {last}")
    if json:
        print_json({"ok": not faults, "faults": faults})
    elif not faults:
        console.print("[green]ok[/green] every message is whole, every case has its history")
    for fault in faults if not json else ():
        errors.print(f"[red]broken:[/red] {safe(fault)}")
    if faults:
        raise typer.Exit(1)
