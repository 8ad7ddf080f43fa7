"""`inflow letter`: the weekly letter now, and the cases behind its numbers."""

import sys
from typing import Annotated

import typer

from inflow.cli.common import JSON, opened, print_json, safe, told
from inflow.cli.show_case import list_json, print_cases
from inflow.desk import letter as desk
from inflow.store import cases


def letter(
    context: typer.Context,
    *,
    week: Annotated[
        str, typer.Option("--week", metavar="WEEK", help="Such as 2026-W47; this week when not given.")
    ] = "",
    key: Annotated[
        str, typer.Option("--cases", metavar="KEY", help="The cases behind the number with this key instead.")
    ] = "",
    html: Annotated[bool, typer.Option("--html", help="The letter as HTML.")] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """What came in, what rises, what does not work, how long people waited: the letter to the management, as it is now."""
    with told(), opened(context) as world:
        span = desk.named(world, week) if week else desk.week(world, world.now())
        with world.database.reading() as connection:
            if key:
                found = [cases.get(connection, number) for number in desk.numbers(connection, span, key)]
            else:
                subject, text, page = desk.of_week(connection, world, span)
        if key and json:
            print_json([list_json(case) for case in found])
        elif key:
            print_cases(found, zone=world.settings.organisation.zone)
        elif json:
            print_json({"week": span.name, "subject": subject, "text": text, "html": page})
        else:
            sys.stdout.write(page + "\n" if html else safe(text))
