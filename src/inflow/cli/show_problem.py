"""How problems and pulled cords look: as JSON for scripts, and in a terminal for people."""

from collections.abc import Collection, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from inflow.cli.common import console, shown
from inflow.store.cords import Cord
from inflow.store.problems import Problem, Report

CONFIDENTIAL = "(confidential)"


def problem_json(
    one: Problem,
    *,
    reports: Sequence[Report] | None = None,
    secret: Collection[int] = (),
    untold: int = 0,
    cord: Cord | None = None,
) -> dict[str, Any]:
    """A problem for scripts; with `reports` its cases too. What is confidential is counted and not shown."""
    hides = {"title": CONFIDENTIAL, "name": CONFIDENTIAL, "words": [], "answer": ""} if one.within else {}
    fields = one.as_json() | hides
    if reports is None:
        return fields
    hidden = {each.case for each in reports if one.within or each.case in secret}
    listed = [
        {
            "number": each.case,
            "subject": CONFIDENTIAL if each.case in hidden else each.subject,
            "status": each.status,
            "role": each.role,
            "at": each.at,
            "by": each.by,
            "why": "" if each.case in hidden else each.why,
            "told_at": each.told_at,
        }
        for each in reports
    ]
    return {**fields, "untold": untold, "reports": listed, "andon": cord_json(cord) if cord else None}


def cord_json(one: Cord, *, hidden: bool = False) -> dict[str, Any]:
    """A pulled cord for scripts."""
    return {
        "number": one.number,
        "case": one.case,
        "problem": one.problem,
        "reason": CONFIDENTIAL if hidden else one.reason,
        "by": one.by,
        "pulled_at": one.pulled_at,
        "pulls": one.pulls,
        "answered_at": one.answered_at,
        "answered_by": one.answered_by,
        "answer": CONFIDENTIAL if hidden and one.answer else one.answer,
    }


def print_problem(
    one: Problem, reports: Sequence[Report], *, secret: Collection[int], untold: int, cord: Cord | None, zone: ZoneInfo
) -> None:
    """A problem as a page."""
    title = CONFIDENTIAL if one.within else one.title
    console.print(f"[bold]problem {one.number}: {shown(title)}[/bold]")
    owner = f", owned by [bold]{shown(one.owner)}[/bold]" if one.owner else ""
    console.print(f"{one.state}{owner}: [bold]{one.senders}[/bold] senders, {one.cases} cases")
    if one.loud_at:
        console.print(f"[red]an alarm since {one.loud_at.astimezone(zone):%Y-%m-%d %H:%M}[/red]")
    if cord:
        print_cord(cord)
    if one.answer and not one.within:
        console.print(f"[dim]answer:[/dim] {shown(one.answer)}")
    for each in reports:
        hidden = bool(one.within) or each.case in secret
        said = CONFIDENTIAL if hidden else f"{shown(each.subject)} [dim]{shown(each.by)}: {shown(each.why)}[/dim]"
        done = " [green]told[/green]" if each.told_at else ""
        console.print(f"  #{each.case:<6} {each.at.astimezone(zone):%Y-%m-%d %H:%M}  {said}{done}")
    if untold:
        console.print(f"{untold} are still to be told: inflow problems solve {one.number} --tell TEXT")


def print_cord(one: Cord, *, hidden: bool = False) -> None:
    """One line of a cord that hangs."""
    reason = CONFIDENTIAL if hidden else shown(one.reason)
    times = f", {one.pulls} times" if one.pulls > 1 else ""
    console.print(f"[red]andon {one.number}:[/red] {reason} [dim]pulled by {shown(one.by)}{times}[/dim]")


def print_marks(one: Problem | None, cord: Cord | None) -> None:
    """Lines of a case's page: what else was written about the same, and the cord that hangs."""
    if one is not None:
        title = CONFIDENTIAL if one.within else one.title
        console.print(
            f"[dim]problem {one.number}:[/dim] {shown(title)} [dim]({one.state}, {one.senders} senders)[/dim]"
        )
    if cord is not None:
        print_cord(cord)
