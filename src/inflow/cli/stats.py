"""`inflow stats`: what comes in, how long it takes, what rises."""

import statistics
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table

from inflow.casework.case import Kind
from inflow.cli.common import JSON, console, instant, opened, print_json, shown, told
from inflow.store import promises
from inflow.store import stats as figures

WEEKS = 12
_RISE = 1.5
_FLOOR = 3


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
    with told(), opened(context) as world:
        now = world.now()
        start = begin or now - timedelta(weeks=WEEKS)
        with world.database.reading() as connection:
            volumes = figures.volumes(connection, since=start)
            opened_at = figures.opened_at(connection, since=start)
            answered = figures.waits(connection, Kind.REPLIED, since=start)
            closed = figures.waits(connection, Kind.CLOSED, since=start)
            promised = promises.tally(connection, since=start)
    report = {
        "since": start,
        "cases": len(opened_at),
        "by": volumes,
        "weeks": _weeks(opened_at),
        "first_answer_seconds": _spread(answered),
        "closing_seconds": _spread(closed),
        "promises": promised,
        "rising": rising(opened_at, now=now),
    }
    if json:
        print_json(report)
    else:
        _print(report)


def _weeks(opened_at: Sequence[tuple[str, str, datetime]]) -> dict[str, dict[str, int]]:
    counted: dict[str, Counter[str]] = {}
    for role, _, moment in opened_at:
        year, week, _ = moment.isocalendar()
        counted.setdefault(f"{year}-W{week:02}", Counter())[role] += 1
    return {week: dict(counted[week]) for week in sorted(counted)}


def _spread(waits: Sequence[tuple[str, float]]) -> dict[str, dict[str, float]]:
    by_role: dict[str, list[float]] = {}
    for role, seconds in waits:
        by_role.setdefault(role, []).append(seconds)
    return {
        role: {
            "cases": len(many),
            "median": round(statistics.median(many), 1),
            "p90": round(statistics.quantiles(many, n=10, method="inclusive")[8] if len(many) > 1 else many[0], 1),
        }
        for role, many in sorted(by_role.items())
    }


def rising(opened_at: Sequence[tuple[str, str, datetime]], *, now: datetime) -> list[dict[str, Any]]:
    """Roles whose last seven days brought clearly more than an average week of the four before; nothing is known to rise
    while there is hardly a before."""
    week = timedelta(days=7)
    if not any(moment < now - 2 * week for _, _, moment in opened_at):
        return []
    latest = Counter(role for role, _, moment in opened_at if moment > now - week)
    before = Counter(role for role, _, moment in opened_at if now - 5 * week < moment <= now - week)
    found = []
    for role, count in latest.most_common():
        usual = before[role] / 4
        if count >= _FLOOR and count >= _RISE * usual + 2:
            found.append({"role": role, "last_week": count, "usual_week": usual})
    return found


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
    for role, kept in sorted(report["promises"].items()):
        said = [f"{what} {one['kept']} kept, {one['broken']} broken" for what, one in sorted(kept.items())]
        console.print(f"[dim]promises of[/dim] {shown(role)}: {'; '.join(said)}")
    for one in report["rising"]:
        console.print(
            f"[yellow]rising:[/yellow] {shown(one['role'])} {one['last_week']} last week, usually {one['usual_week']:.1f}"
        )


def _cells(spread: dict[str, float] | None) -> tuple[str, str, str]:
    if spread is None:
        return "", "", ""
    return f"{spread['cases']:.0f}", _duration(spread["median"]), _duration(spread["p90"])


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
