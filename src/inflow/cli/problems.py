"""`inflow problems`: what many have written about, and what is done about it."""

from typing import Annotated, Any

import typer
from rich.table import Table

from inflow.cli.cases import BY, LIMIT, NUMBER, me
from inflow.cli.common import JSON, console, opened, print_json, shown, told
from inflow.cli.show_problem import CONFIDENTIAL, print_problem, problem_json
from inflow.desk import asking, problems
from inflow.desk.actions import role_named
from inflow.desk.world import World
from inflow.store import cases, cords
from inflow.store import problems as store
from inflow.store.problems import Problem

app = typer.Typer(help="Problems: what many have written about.", no_args_is_help=True)

PROBLEM = Annotated[int, typer.Argument(metavar="P", help="The number of the problem.")]
ANSWER = Annotated[str, typer.Option("--answer", metavar="TEXT", help="Its answer; told to nobody yet.")]
TELL = Annotated[
    str | None, typer.Option("--tell", metavar="TEXT", help="Its answer, sent now to all who reported it.")
]


@app.command("list")
def list_(
    context: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="The solved ones too.")] = False,
    limit: LIMIT = 50,
    json: Annotated[bool, JSON] = False,
) -> None:
    """What is not solved, the latest first: how many senders, since when, who owns it."""
    with told(), opened(context) as world:
        find = store.latest if every else store.unsolved
        with world.database.reading() as connection:
            found = find(connection, limit=limit or store.MOST)
    if json:
        print_json([problem_json(one) for one in found])
        return
    if not found:
        console.print("[dim]No problems.[/dim]")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("problem", "senders", "cases"):
        table.add_column(column, justify="right")
    for column in ("state", "owner", "about"):
        table.add_column(column)
    for one in found:
        loud = " [red]andon[/red]" if one.loud_at else ""
        about = CONFIDENTIAL if one.within else one.title
        table.add_row(
            *map(str, (one.number, one.senders, one.cases)), one.state + loud, shown(one.owner or ""), shown(about)
        )
    console.print(table)


@app.command()
def show(context: typer.Context, number: PROBLEM, *, json: Annotated[bool, JSON] = False) -> None:
    """One problem: its cases and why each is of it, its answer, who is still to be told."""
    with told(), opened(context) as world:
        _show(world, number, json=json)


def _show(world: World, number: int, *, json: bool) -> None:
    with world.database.reading() as connection:
        one = problems.get(connection, number)
        reports = store.reports(connection, number)
        secret = {
            report.case for report in reports if asking.is_secret(connection, world, cases.get(connection, report.case))
        }
        waiting = len(problems.untold(connection, number)) if one.state == "solved" else 0
        hangs = cords.of(connection, problem=number)
    if json:
        print_json(problem_json(one, reports=reports, secret=secret, untold=waiting, cord=hangs))
    else:
        print_problem(one, reports, secret=secret, untold=waiting, cord=hangs, zone=world.settings.organisation.zone)


@app.command()
def name(
    context: typer.Context,
    number: PROBLEM,
    title: Annotated[str, typer.Argument(metavar="NAME")],
    *,
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Call a problem something; one that was proposed is confirmed by it."""
    with told(), opened(context) as world:
        with world.database.writing() as connection:
            problems.rename(connection, world, number, title, by=by or me())
        _show(world, number, json=json)


@app.command()
def join(
    context: typer.Context, number: PROBLEM, case: NUMBER, *, by: BY = "", json: Annotated[bool, JSON] = False
) -> None:
    """A case is of a problem."""
    with told(), opened(context) as world:
        with world.database.writing() as connection:
            problems.put(connection, world, case, number, by=by or me())
        _show(world, number, json=json)


@app.command()
def leave(context: typer.Context, case: NUMBER, *, by: BY = "") -> None:
    """A case is of no problem, and is not proposed again."""
    with told(), opened(context) as world, world.database.writing() as connection:
        problems.leave(connection, world, case, by=by or me())
        console.print(f"[bold]#{case}[/bold] is of no problem")


@app.command()
def own(
    context: typer.Context,
    number: PROBLEM,
    role: Annotated[str, typer.Argument(metavar="ROLE")],
    *,
    json: Annotated[bool, JSON] = False,
) -> None:
    """A role owns a problem: it is known, and somebody works on it."""
    with told(), opened(context) as world:
        with world.database.writing() as connection:
            problems.own(connection, world, number, role_named(world, role))
        _show(world, number, json=json)


@app.command()
def solve(
    context: typer.Context,
    number: PROBLEM,
    *,
    answer: ANSWER = "",
    tell: TELL = None,
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """A problem is solved. With --tell all who reported it get the answer, each once, in their own conversation."""
    result: dict[str, Any] = {}
    with told(), opened(context) as world, world.database.writing() as connection:
        one: Problem = problems.solve(connection, world, number, tell or answer, by=by or me())
        if tell is not None:
            went = problems.tell(connection, world, number, by=by or me())
            result = {"told": list(went.cases), "silent": [{"case": at, "why": why} for at, why in went.silent]}
        waiting = len(problems.untold(connection, number))
    if json:
        print_json({**problem_json(one), "untold": waiting, **result})
        return
    console.print(f"problem [bold]{number}[/bold] is solved: {shown(one.title) if not one.within else CONFIDENTIAL}")
    if tell is not None:
        console.print(f"told in {len(result['told'])} cases")
        for each in result["silent"]:
            console.print(f"  [yellow]#{each['case']}[/yellow] not told: {shown(each['why'])}")
    elif waiting:
        console.print(f"{waiting} reported it: inflow problems solve {number} --tell TEXT tells each of them")
