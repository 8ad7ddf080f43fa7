"""`inflow outbox`: what waits, what failed and why."""

from typing import Annotated

import typer
from rich.table import Table

from inflow.cli.common import JSON, console, fail, opened, print_json, shown, told
from inflow.store import deliveries

app = typer.Typer(help="Outgoing mail: what waits, what failed and why.", no_args_is_help=True)


@app.command("list")
def list_(
    context: typer.Context,
    *,
    limit: Annotated[int, typer.Option(min=0, help="How many at most; 0: all.")] = 50,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Deliveries that wait, are held or have failed, newest first."""
    with told(), opened(context) as world, world.database.reading() as connection:
        rows = deliveries.unsent(connection, limit=limit)
    if json:
        print_json(rows)
        return
    if not rows:
        console.print("[green]Nothing waits and nothing has failed.[/green]")
        return
    table = Table(box=None, pad_edge=False)
    for column in ("id", "case", "kind", "to", "status", "attempts", "next", "error"):
        table.add_column(column, overflow="fold")
    for row in rows:
        due = f"{row['due_at']:%m-%d %H:%M}" if row["due_at"] else ""
        values = (
            row["id"],
            row["case"] or "",
            row["kind"],
            row["to"],
            row["status"],
            row["attempts"],
            due,
            row["error"] or "",
        )
        table.add_row(*map(shown, values), style="red" if row["status"] == "failed" else None)
    console.print(table)


@app.command()
def retry(
    context: typer.Context,
    id_: Annotated[int | None, typer.Argument(metavar="[ID]", help="One delivery; else all.")] = None,
) -> None:
    """Send again now what failed or waits."""
    with told(), opened(context) as world, world.database.writing() as connection:
        count = deliveries.retry(connection, id_, now=world.now())
    if id_ is not None and not count:
        fail(f"delivery {id_} is not one that failed or waits")
    console.print(f"{count} queued again")
