"""`inflow duty`: who mans which role, and swaps."""

from typing import Annotated

import typer

from inflow.casework import rota
from inflow.cli.cases import BY, me
from inflow.cli.common import JSON, console, opened, print_json, shown, told
from inflow.desk import duty
from inflow.desk.actions import role_named

app = typer.Typer(help="Who mans which role.", no_args_is_help=True)
SHOWN = 6


@app.command()
def show(context: typer.Context, *, json: Annotated[bool, JSON] = False) -> None:
    """Who is on duty now, and who is next, for every role with a rota."""
    with told(), opened(context) as world:
        now, rows = world.now(), []
        for one in world.settings.duties:
            with world.database.reading() as connection:
                manned = duty.shifts(connection, world, one.role)
            current = rota.on_duty(manned, now)
            ahead = [shift for shift in manned if shift.ends > now][:SHOWN]
            rows.append({"role": one.role, "now": current.who if current else None, "shifts": ahead})
            if not json:
                console.print(f"[bold]{shown(one.role)}[/bold]: {shown(current.who) if current else 'nobody'}")
                for shift in ahead:
                    console.print(f"  {duty.told(shift, world)}  {shown(shift.who)}")
    if json:
        print_json(rows)
    elif not rows:
        console.print("[dim]No role has a rota: see `duty` in the config reference.[/dim]")


@app.command()
def swap(
    context: typer.Context,
    role: Annotated[str, typer.Argument(metavar="ROLE")],
    who: Annotated[str, typer.Argument(metavar="ADDRESS", help="Who takes over.")],
    *,
    day: Annotated[str, typer.Option(metavar="DAY", help="Of which shift; the next of --by when not given.")] = "",
    by: BY = "",
) -> None:
    """Change duty: who takes over gives their own next shift for it, if they have one."""
    with told(), opened(context) as world, world.database.writing() as connection:
        agreed = duty.swap(connection, world, role_named(world, role), f"{who} {day}".strip(), by=by or me())
        console.print(shown(agreed))
