"""`inflow users`: accounts of the board, where it has its own (`web.auth = "local"`)."""

import re
import sys
from typing import Annotated

import typer

from inflow.cli.common import JSON, console, fail, opened, print_json, shown, told
from inflow.config import EMAIL
from inflow.store import accounts

app = typer.Typer(help="Accounts of the board.", no_args_is_help=True)

ADDRESS = Annotated[str, typer.Argument(metavar="ADDRESS", help="The mail address that somebody signs in with.")]
STDIN = Annotated[bool, typer.Option("--stdin", help="Read the password from the first line of standard input.")]


@app.command()
def add(
    context: typer.Context,
    address: ADDRESS,
    *,
    name: Annotated[str, typer.Option(help="How it is shown.")] = "",
    stdin: STDIN = False,
) -> None:
    """Let somebody in: asks for the password."""
    if not re.fullmatch(EMAIL, address):
        raise typer.BadParameter(f"{address!r} is not a mail address")
    hash_ = _hashed(_password(stdin=stdin))
    with told(), opened(context) as world:
        with world.database.writing() as connection:
            added = accounts.add(connection, address, name=name, hash_=hash_, now=world.now())
        if not added:
            fail(f"there is an account {address} already")
    console.print(f"{shown(address)} may sign in")


@app.command("list")
def list_(context: typer.Context, *, json: Annotated[bool, JSON] = False) -> None:
    """Who may sign in."""
    with told(), opened(context) as world:
        with world.database.reading() as connection:
            found = accounts.every(connection)
        zone = world.settings.organisation.zone
    if json:
        print_json(found)
        return
    for one in found:
        console.print(
            f"{shown(one.address)}  {shown(one.name)}  [dim]since {one.changed_at.astimezone(zone):%Y-%m-%d}[/dim]"
        )


@app.command()
def password(context: typer.Context, address: ADDRESS, *, stdin: STDIN = False) -> None:
    """Another password; whoever was signed in is signed out."""
    hash_ = _hashed(_password(stdin=stdin))
    with told(), opened(context) as world:
        with world.database.writing() as connection:
            changed = accounts.set_hash(connection, address, hash_, now=world.now())
        if not changed:
            fail(f"there is no account {address}")
    console.print(f"{shown(address)} has another password")


@app.command()
def remove(context: typer.Context, address: ADDRESS) -> None:
    """Let somebody in no more; whoever was signed in is signed out."""
    with told(), opened(context) as world:
        with world.database.writing() as connection:
            removed = accounts.remove(connection, address)
        if not removed:
            fail(f"there is no account {address}")
    console.print(f"{shown(address)} is gone")


def _password(*, stdin: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


def _hashed(password: str) -> str:
    try:
        from inflow.web.passwords import hashed
    except ModuleNotFoundError as missing:
        fail(f"the board is not installed ({missing.name}): pip install 'inflow[web]'")
    try:
        return hashed(password)
    except ValueError as error:
        fail(str(error))
