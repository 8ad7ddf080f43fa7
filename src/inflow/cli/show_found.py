"""What a search found: the cases, the best first, each with the piece that shows why."""

import typer
from rich.text import Text

from inflow.casework.excerpt import Marked
from inflow.casework.query import parse
from inflow.cli.common import console, opened, print_json, safe, told
from inflow.cli.show_case import list_json
from inflow.store import found
from inflow.store.found import Found


def search(context: typer.Context, words: str, *, limit: int, json: bool) -> None:
    """Search, and print what is found."""
    with told(), opened(context) as world:
        query = parse(words, zone=world.settings.organisation.zone)
        with world.database.reading() as connection:
            findings = found.find(connection, query, limit=limit or found.ALL) if query.asks else None
    some = findings.found if findings else []
    if json:
        print_json([list_json(one.case) | {"excerpt": _plain(one.excerpt), "file": one.file} for one in some])
    else:
        _print(some)


def _plain(pieces: Marked) -> str:
    return "".join(text for text, _ in pieces)


def _print(some: list[Found]) -> None:
    if not some:
        console.print("nothing holds all of this")
    for one in some:
        case = one.case
        line = Text(f"#{case.number} ", style="bold") + _marked(one.subject or (("(no subject)", False),))
        line.append(f"  {case.status.value}, {safe(case.role)}, {safe(case.party.address)}", style="dim")
        console.print(line)
        if one.excerpt:
            console.print(
                Text("   ") + (Text(f"{safe(one.file)}: ", style="dim") if one.file else Text()) + _marked(one.excerpt)
            )


def _marked(pieces: Marked) -> Text:
    return Text.assemble(*((safe(text), "bold yellow" if is_marked else "") for text, is_marked in pieces))
