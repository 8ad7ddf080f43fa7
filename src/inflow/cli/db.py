"""`inflow db`: migrations."""

from datetime import UTC, datetime

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn

from inflow.cli.common import console, errors, fail, settings, told
from inflow.store import secrets
from inflow.store.engine import Database, open_database
from inflow.store.migrate import current, differences, head, upgrade

app = typer.Typer(help="The database and its schema.", no_args_is_help=True)


def _database(context: typer.Context) -> Database:
    read = settings(context).database
    return open_database(read.url, password=read.password.read() if read.password else None)


@app.command("upgrade")
def upgrade_(context: typer.Context) -> None:
    """Bring the database's schema up to what this version needs."""
    with told():
        database = _database(context)
        before = current(database)
        columns = (SpinnerColumn(), TextColumn("{task.description}"))
        with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
            task = progress.add_task("upgrading")
            upgrade(database, tell=lambda count: progress.update(task, description=f"{count} messages made findable"))
        console.print(
            f"schema {current(database)}" + (" (was current)" if before == head() else f" (was {before or 'none'})")
        )


@app.command("current")
def current_(context: typer.Context) -> None:
    """Say which schema the database has; exit status 1 when it is not the one this version needs."""
    with told():
        have = current(_database(context))
    console.print(have or "none")
    if have != head():
        fail(f"this version needs {head()}: run `inflow db upgrade`")


@app.command("rotate-key")
def rotate_key(context: typer.Context) -> None:
    """Sign reply addresses with a new key from now on; what older keys signed is still believed."""
    with told(), _database(context).writing(durable=True) as connection:
        version = secrets.rotate(connection, now=datetime.now(UTC))
    console.print(f"key {version} signs from now on: restart or reload `inflow run`")


@app.command("check", hidden=True)
def check_() -> None:
    """Prove that migrations and tables agree, on a fresh SQLite database."""
    database = open_database("sqlite:///:memory:")
    upgrade(database)
    if found := differences(database):
        fail("migrations and tables differ: " + "; ".join(found))
    console.print(f"migrations make the tables of the code (schema {head()})")
