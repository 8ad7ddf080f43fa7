"""`inflow tokens`: who may use the API."""

from typing import Annotated

import typer
from rich.table import Table

from inflow.cli.common import JSON, console, fail, opened, print_json, shown, told
from inflow.store import tokens

app = typer.Typer(help="Tokens of the JSON API.", no_args_is_help=True)

NAME = Annotated[str, typer.Argument(metavar="NAME", help="Who or what uses it; stands in the history of cases.")]


@app.command()
def add(
    context: typer.Context,
    name: NAME,
    *,
    scope: Annotated[
        list[str], typer.Option("--scope", help="read, act, speak, or confidential; several times for several.")
    ] = ["read"],  # noqa: B006  typer copies it
    json: Annotated[bool, JSON] = False,
) -> None:
    """Make a token. It is shown this once and kept nowhere."""
    if unknown := [one for one in scope if one not in tokens.SCOPES]:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(tokens.SCOPES)}", param_hint="--scope")
    with told(), opened(context) as world, world.database.writing() as connection:
        secret = tokens.add(connection, name[:100], scope, now=world.now())
    if secret is None:
        fail(f"there is a token {name!r} already")
    if json:
        print_json({"name": name, "scopes": sorted(scope), "token": secret})
    else:
        console.print(secret, soft_wrap=True)


@app.command("list")
def list_(context: typer.Context, *, json: Annotated[bool, JSON] = False) -> None:
    """The tokens there are, and when each was used last."""
    with told(), opened(context) as world:
        with world.database.reading() as connection:
            found = tokens.every(connection)
        zone = world.settings.organisation.zone
    if json:
        print_json(found)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "scopes", "made", "last used", "revoked"):
        table.add_column(column)
    for one in found:
        moments = (one.created_at, one.used_at, one.revoked_at)
        said = (f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "" for at in moments)
        table.add_row(shown(one.name), ", ".join(one.scopes), *said)
    console.print(table if found else "there are none")


@app.command()
def revoke(context: typer.Context, name: NAME) -> None:
    """A token holds no more, from the next request on."""
    with told(), opened(context) as world, world.database.writing() as connection:
        gone = tokens.revoke(connection, name, now=world.now())
    if not gone:
        fail(f"there is no token {name!r} that holds")
    console.print(f"{shown(name)} is let in no more")
