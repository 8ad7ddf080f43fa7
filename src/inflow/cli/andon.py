"""`inflow andon`: pull the cord, say what is done, see what hangs."""

from typing import Annotated

import typer

from inflow.cli.cases import BY, me
from inflow.cli.common import JSON, console, instant, opened, print_json, shown, told
from inflow.cli.show_problem import CONFIDENTIAL, cord_json, print_cord
from inflow.desk import cords
from inflow.store import cords as store

app = typer.Typer(help="The cord that calls the management and the owners.", no_args_is_help=True)


@app.command()
def pull(
    context: typer.Context,
    *,
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    case: Annotated[int | None, typer.Option("--case", metavar="N", help="At a case.")] = None,
    problem: Annotated[int | None, typer.Option("--problem", metavar="P", help="At a problem.")] = None,
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Call the management and the owners now. What hangs already is counted, not called again."""
    with told(), opened(context) as world, world.database.writing() as connection:
        cord = cords.pull(connection, world, reason, by=by or me(), case=case, problem=problem)
    if json:
        print_json(cord_json(cord))
    else:
        print_cord(cord)


@app.command()
def answer(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ANDON", help="The number of the alarm.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is done.")],
    *,
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Say what is done: the alarm is over, and all who were called hear it."""
    with told(), opened(context) as world, world.database.writing() as connection:
        cord = cords.answer(connection, world, text, by=by or me(), number=number)
    if json:
        print_json(cord_json(cord))
    else:
        console.print(f"andon [bold]{number}[/bold] is answered")


@app.command("list")
def list_(
    context: typer.Context,
    *,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Answered ones too, pulled since then.")] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """What hangs."""
    begin = instant(since)
    with told(), opened(context) as world, world.database.reading() as connection:
        found = store.since(connection, begin, limit=500) if begin else store.unanswered(connection, limit=500)
        hidden = {one.number for one in found if cords.is_secret(connection, world, one)}
    if json:
        print_json([cord_json(one, hidden=one.number in hidden) for one in found])
        return
    if not found:
        console.print("[dim]No cord hangs.[/dim]")
    for one in found:
        print_cord(one, hidden=one.number in hidden)
        if one.answered_at:
            said = CONFIDENTIAL if one.number in hidden else one.answer
            console.print(f"  [green]answered by {shown(one.answered_by)}:[/green] {shown(said)}")
