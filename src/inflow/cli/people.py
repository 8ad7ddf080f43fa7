"""`inflow cases add|remove`: who gets the answers of a case beside its sender."""

from typing import Annotated

import typer

from inflow.casework import commands
from inflow.cli.act import act
from inflow.cli.cases import BY, NUMBER, me
from inflow.cli.common import JSON
from inflow.cli.unclaimed import app
from inflow.desk import people

__all__ = ["app"]

WHOM = Annotated[str, typer.Argument(metavar="ADDRESS", help="An address, or `Name <address>`.")]


@app.command()
def add(
    context: typer.Context, number: NUMBER, whom: WHOM, *, by: BY = "", json: Annotated[bool, JSON] = False
) -> None:
    """Somebody gets the answers too, from now on and nothing from before."""
    act(
        context,
        number,
        lambda connection, world: people.add(connection, world, number, commands.person(whom), by=by or me()),
        done=f"goes to {whom} too",
        json=json,
    )


@app.command()
def remove(
    context: typer.Context, number: NUMBER, whom: WHOM, *, by: BY = "", json: Annotated[bool, JSON] = False
) -> None:
    """Somebody gets no more answers, not even those that are held."""
    act(
        context,
        number,
        lambda connection, world: people.remove(connection, world, number, commands.person(whom), by=by or me()),
        done=f"goes to {whom} no more",
        json=json,
    )
