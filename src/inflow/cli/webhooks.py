"""`inflow webhooks`: what waits to be told to other systems."""

from typing import Annotated

import typer

from inflow.cli.common import JSON, console, opened, print_json, shown, told
from inflow.store import hooks


def webhooks(
    context: typer.Context,
    *,
    retry: Annotated[bool, typer.Option("--retry", help="What was given up is due again now.")] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="What was given up is never told, and no alarm any more.")
    ] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Calls of webhooks that wait or were given up, and why."""
    if retry and forget:
        raise typer.BadParameter("either --retry or --forget", param_hint="--forget")
    with told(), opened(context) as world:
        if forget:
            with world.database.writing() as connection:
                hooks.forget(connection)
        if retry:
            with world.database.writing() as connection:
                hooks.retry(connection, now=world.now())
        with world.database.reading() as connection:
            found = hooks.waiting(connection)
    if json:
        print_json(found)
        return
    for one in found:
        console.print(f"{shown(one['hook'])}: {one['calls']} {one['status']} [dim]{shown(one['error'] or '')}[/dim]")
    if not found:
        console.print("nothing waits")
