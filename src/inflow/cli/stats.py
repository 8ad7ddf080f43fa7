"""`inflow stats`: what comes in, how long it takes, what rises."""

from typing import Annotated, Any

import typer
from rich.table import Table

from inflow.casework.numbers import duration
from inflow.cli.common import JSON, console, instant, opened, print_json, shown, told
from inflow.desk.figures import report


def stats(
    context: typer.Context,
    *,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Cases opened since; twelve weeks when not given.")
    ] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Volumes, first-answer and closing times by role, party kind and week; and what rises."""
    begin = instant(since)
    with told(), opened(context) as world, world.database.reading() as connection:
        found = report(connection, world, since=begin)
    if json:
        print_json(found)
    else:
        _print(found)


def _print(report: dict[str, Any]) -> None:
    console.print(f"[bold]{report['cases']} cases[/bold] since {report['since']:%Y-%m-%d}")
    for name, counted in report["by"].items():
        parts = ", ".join(f"{shown(key)} {count}" for key, count in sorted(counted.items(), key=lambda item: -item[1]))
        console.print(f"[dim]by {name.replace('_', ' ')}:[/dim] {parts or '-'}")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("role", "answered", "first answer, median", "p90", "closed", "closing, median", "p90"):
        table.add_column(column, justify="left" if column == "role" else "right")
    first, closing = report["first_answer_seconds"], report["closing_seconds"]
    for role in sorted(first.keys() | closing.keys()):
        table.add_row(shown(role), *_cells(first.get(role)), *_cells(closing.get(role)))
    if table.row_count:
        console.print(table)
    _print_routing(report)
    for role, kept in sorted(report["promises"].items()):
        said = [f"{what} {one['kept']} kept, {one['broken']} broken" for what, one in sorted(kept.items())]
        console.print(f"[dim]promises of[/dim] {shown(role)}: {'; '.join(said)}")
    for one in report["rising"]:
        console.print(
            f"[yellow]rising:[/yellow] {shown(one['role'])} {one['last_week']} last week, usually {one['usual_week']:.1f}"
        )


def _print_routing(report: dict[str, Any]) -> None:
    routing, asked = report["routing"], report["gaps"]
    if routing["share_by_itself"] is not None:
        moved = f", {routing['share_moved']:.0%} of it moved afterwards" if routing["by_itself"] else ""
        console.print(f"[dim]routed by itself:[/dim] {routing['share_by_itself']:.0%}{moved}")
    for role, ages in report["backlog"].items():
        said = ", ".join(
            f"{count} {'older' if age == 'more' else 'up to ' + age}" for age, count in ages.items() if count
        )
        console.print(f"[dim]not closed with[/dim] {shown(role)}: {sum(ages.values())} ({said})")
    if asked["cases"]:
        console.print(f"[dim]gaps:[/dim] {asked['questions']} questions nobody owned, in {asked['cases']} cases")


def _cells(spread: dict[str, float] | None) -> tuple[str, str, str]:
    if spread is None:
        return "", "", ""
    return f"{spread['cases']:.0f}", duration(spread["median"], "en"), duration(spread["p90"], "en")
