"""`inflow roles`: the roles, and what becomes of history when one is renamed or merged."""

from typing import Annotated

import typer
from rich.table import Table

from inflow.cli.common import JSON, console, fail, opened, print_json, settings, shown, told
from inflow.desk import learning
from inflow.desk.actions import role_named
from inflow.store import learning as store

app = typer.Typer(help="The roles.", no_args_is_help=True)


@app.command("list")
def list_(context: typer.Context, *, json: Annotated[bool, JSON] = False) -> None:
    """The roles of the config."""
    with told():
        roles = settings(context).roles
    if json:
        print_json([role.model_dump() for role in roles])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("name", "title", "address", "level", "next", "description"):
        table.add_column(column, overflow="fold")
    for role in roles:
        table.add_row(*map(shown, (role.name, role.title, role.address, role.level, role.next or "", role.description)))
    console.print(table)


@app.command()
def rename(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The name that is no longer in the config.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The name that the config has now.")],
) -> None:
    """After a role was renamed in the config: its cases and what was learned from them follow."""
    with told(), opened(context) as world:
        role_named(world, new)
        if world.settings.role(old) is not None:
            fail(f"{old} is still a role of the config: rename it there first, or use `roles merge`")
        _follow(context, old, new)


@app.command()
def merge(
    context: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD", help="The role that ends.")],
    into: Annotated[str, typer.Argument(metavar="INTO", help="The role that takes over.")],
) -> None:
    """One role takes over another's cases and what was learned from them."""
    with told(), opened(context) as world:
        role_named(world, into)
        if old == into:
            fail("a role cannot be merged into itself")
        _follow(context, old, into)


def _follow(context: typer.Context, old: str, new: str) -> None:
    with opened(context) as world:
        with world.database.writing() as connection:
            count = store.rename_role(connection, old, new)
        if world.settings.classifier.enabled:
            learning.train_anew(world)
    console.print(f"{count} cases of {shown(old)} belong to {shown(new)} now")
