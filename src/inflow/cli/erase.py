"""`inflow erase`: forget a person, as data-protection law may demand."""

from typing import Annotated

import typer

from inflow.cli.cases import BY, me
from inflow.cli.common import JSON, console, errors, fail, opened, print_json, safe, told
from inflow.desk import undo
from inflow.store import erasure


def erase(
    context: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="Whose mail is erased.")],
    *,
    by: BY = "",
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Erase what a person wrote: everything of the cases that person raised, and that person's mails in others' cases. It cannot
    be taken back. Numbers and times stay, with an event that says so; what the router learned from it is unlearned."""
    with told(), opened(context) as world:
        with world.database.reading() as connection:
            own, others = erasure.of_person(connection, address)
        if not own and not others:
            fail(f"nobody writes as {address}")
        if not yes:
            errors.print(f"{safe(address)}: {len(own)} cases are erased whole, {len(others)} in part.")
            typer.confirm("This cannot be taken back. Erase?", abort=True, err=True)
        with world.database.writing(durable=True) as connection:
            numbers = undo.erase(connection, world, address, by=by or me())
    if json:
        print_json({"erased": numbers})
    else:
        console.print(f"erased in {len(numbers)} cases; backups and the mailboxes' own copies are not ours to erase")
