"""`inflow gaps`: the questions that had no owner, grouped, with how many asked."""

from datetime import timedelta
from typing import Annotated, Any

import typer

from inflow.casework.gaps import Group, grouped
from inflow.cli.common import JSON, console, instant, opened, print_json, shown, told
from inflow.config import Settings
from inflow.store import gaps as store


def gaps(
    context: typer.Context,
    *,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Since when; seven days when not given.")] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Questions that no role raised a hand for and that went to the management: grouped by what they are about, most asked first."""
    begin = instant(since)
    with told(), opened(context) as world:
        with world.database.reading() as connection:
            found = grouped(store.since(connection, begin or world.now() - timedelta(days=7)))
        rows = [_json(group, world.settings) for group in found]
    if json:
        print_json(rows)
        return
    if not rows:
        console.print("[dim]No gaps.[/dim]")
    for row in rows:
        console.print(
            f"[bold]{row['senders']}[/bold] asked, {len(row['cases'])} cases: {shown(', '.join(row['words']) or '-')}"
        )
        for case in row["cases"]:
            console.print(f"  #{case['number']:<6} {shown(case['subject'])} [dim]{shown(case['now'])}[/dim]")


def _json(group: Group, settings: Settings) -> dict[str, Any]:
    """A group for scripts; what lies with a confidential role by now is counted and not shown."""
    confidential = {role.name for role in settings.roles if role.confidential}
    hidden = any(one.role in confidential for one in group.gaps)
    return {
        "words": [] if hidden else list(group.words),
        "senders": group.senders,
        "cases": [
            {
                "number": one.case,
                "subject": "(confidential)" if one.role in confidential else one.subject,
                "at": one.at,
                "asked": one.asked,
                "passed": one.passed,
                "now": f"{one.status}, {one.role}",
            }
            for one in group.gaps
        ],
    }
