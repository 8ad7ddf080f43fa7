"""`inflow cases whose|pass|decline`: what to do with a case that nobody owns."""

from typing import Annotated

import typer

from inflow.cli.act import act, app
from inflow.cli.cases import BY, NUMBER, WHY, me
from inflow.cli.common import JSON
from inflow.desk import actions, unclaimed

__all__ = ["app"]


@app.command()
def whose(
    context: typer.Context, number: NUMBER, *, by: BY = "", why: WHY = "", json: Annotated[bool, JSON] = False
) -> None:
    """Ask every role whose a case is; it lies with other from then on."""
    act(
        context,
        number,
        lambda connection, world: unclaimed.whose(connection, world, number, by=by or me(), why=why),
        done="asked about",
        json=json,
    )


@app.command("pass")
def pass_(
    context: typer.Context,
    number: NUMBER,
    role: Annotated[str, typer.Argument(metavar="ROLE")],
    *,
    by: BY = "",
    why: WHY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Say for a role that a case is not its own."""
    act(
        context,
        number,
        lambda connection, world: unclaimed.pass_(
            connection, world, number, role=actions.role_named(world, role), by=by or me(), why=why
        ),
        done="passed",
        json=json,
    )


@app.command()
def decline(
    context: typer.Context,
    number: NUMBER,
    reason: Annotated[str, typer.Argument(metavar="REASON", help="What the sender reads.")],
    *,
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Decide that nobody handles a matter: the reason goes to the sender as an answer, and the case is closed."""
    act(
        context,
        number,
        lambda connection, world: unclaimed.decline(connection, world, number, reason, by=by or me()),
        done="declined",
        json=json,
    )
