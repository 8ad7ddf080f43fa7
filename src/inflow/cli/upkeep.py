"""`inflow backup` and `inflow verify`: a copy of a live database, and proof that everything in one is whole."""

import sqlite3
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from inflow.cli.common import JSON, console, errors, fail, opened, print_json, safe, settings, told
from inflow.store import audit

_AT_ONCE = 200


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


def verify(context: typer.Context, *, json: Annotated[bool, JSON] = False) -> None:
    """Read every raw mail against its digest, and every case against its events. Exit status 1 when something is not whole."""
    faults: list[str] = []
    read = 0
    with told(), opened(context) as world:
        with world.database.reading() as connection:
            faults += audit.broken(connection)
        columns = (SpinnerColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
            task = progress.add_task("verifying")
            last: int | None = 0
            while last is not None:
                with world.database.reading() as connection:
                    last, bad = audit.damaged(connection, after=last, limit=_AT_ONCE)
                faults += [f"the raw bytes of message {id_} are not what they were" for id_ in bad]
                read = last or read
                progress.update(task, description=f"verified up to message {read}")
    if json:
        print_json({"ok": not faults, "faults": faults})
    elif not faults:
        console.print("[green]ok[/green] every message is whole, every case has its history")
    for fault in faults if not json else ():
        errors.print(f"[red]broken:[/red] {safe(fault)}")
    if faults:
        raise typer.Exit(1)
