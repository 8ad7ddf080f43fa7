"""`inflow answers`: the bank of ready answers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from inflow.casework.bank import KEY, Likely
from inflow.cli.common import JSON, console, errors, fail, opened, print_json, shown, told
from inflow.desk import answers as bank
from inflow.desk.answers import Held
from inflow.desk.world import World
from inflow.mail.parse import parse
from inflow.store import answers as used
from inflow.store import cases, messages

app = typer.Typer(help="Ready answers: what there is, what a mail asks for, what is wrong.", no_args_is_help=True)


@app.command("list")
def list_(context: typer.Context, *, json: Annotated[bool, JSON] = False) -> None:
    """The answers there are, and in how many cases each has helped."""
    with told(), opened(context) as world, world.database.reading() as connection:
        found = bank.held(connection, world).values()
        uses, offers = used.uses(connection), used.offers(connection)
    if json:
        print_json(
            [one.entry.as_json() | {"kept": _place(one), **_helped(one.entry.key, uses, offers)} for one in found]
        )
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("key", "title", "roles", "until", "kept"):
        table.add_column(column)
    for column in ("used", "offered", "enough"):
        table.add_column(column, justify="right")
    for each in found:
        one, helped = each.entry, map(str, _helped(each.entry.key, uses, offers).values())
        until = one.valid_until.isoformat() if one.valid_until else ""
        table.add_row(one.key, shown(one.title), shown(", ".join(one.roles)), until, _place(each), *helped)
    console.print(
        table if found else "there are none yet: write one on the board, or as KEY.md in the folder of answers"
    )


def _helped(key: str, uses: Mapping[str, int], offers: Mapping[str, tuple[int, int]]) -> dict[str, int]:
    """How often an answer was sent, went out with an acknowledgement, and was all that was needed then."""
    offered, enough = offers.get(key, (0, 0))
    return {"used": uses.get(key, 0), "offered": offered, "enough": enough}


def _place(one: Held) -> str:
    """Where an answer is kept."""
    return "file" if one.edition is None else "board"


@app.command()
def suggest(
    context: typer.Context,
    which: Annotated[str, typer.Argument(metavar="N|FILE", help="The number of a case, or a raw mail (.eml).")],
    *,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Which answers a mail asks for, and by what words."""
    with told(), opened(context) as world:
        found = _of_case(world, int(which.lstrip("#"))) if which.lstrip("#").isdigit() else _of_file(world, Path(which))
    if json:
        print_json([one.entry.as_json() | {"likeness": one.likeness, "words": one.words} for one in found])
        return
    for one in found:
        console.print(f"/answer {one.entry.key}  {one.likeness:.0%}  [dim]{shown(', '.join(one.words))}[/dim]")
    if not found:
        console.print("none that it clearly asks for")


def _of_case(world: World, number: int) -> list[Likely]:
    with world.database.reading() as connection:
        case = cases.get(connection, number)
        first = next((one for one in messages.of_case(connection, number) if one["direction"] == "in"), None)
        if first is None:
            return []
        said = first["reply_text"] or first["text"]
        subject, language = first["subject"], first["language"]
        return bank.suggested(connection, world, subject=subject, text=said, role=case.role, language=language)


def _of_file(world: World, path: Path) -> list[Likely]:
    try:
        mail = parse(path.read_bytes())
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    said = mail.reply_text or mail.text
    with world.database.reading() as connection:
        return bank.suggested(connection, world, subject=mail.subject, text=said, role="", language=mail.language)


@app.command()
def check(context: typer.Context) -> None:
    """Read every answer and say what is wrong; exit status 1 when something is."""
    with told(), opened(context) as world, world.database.reading() as connection:
        found = bank.held(connection, world)
    known = {role.name for role in world.settings.roles}
    faults = bank.faults(world.settings.answers.folder, known)
    kept = {key: one for key, one in found.items() if one.edition}
    faults += [
        f"{key}, kept by the board: there is no role {role!r}"
        for key, one in kept.items()
        for role in one.entry.roles
        if role not in known
    ]
    for fault in faults:
        errors.print(shown(fault), markup=True)
    for key in (key for key, one in kept.items() if one.file):
        console.print(f"{shown(key)}.md is not used: the board's edition stands before it")
    if faults:
        raise typer.Exit(1)
    console.print(f"[green]ok[/green] {len(found)} answers, {len(kept)} of them kept by the board")


@app.command()
def new(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="What /answer will call it.")],
    *,
    from_case: Annotated[int, typer.Option("--from-case", metavar="N", help="Whose last answer it is made from.")],
    title: Annotated[str, typer.Option(help="What it is about; the subject of the case when not given.")] = "",
    valid_until: Annotated[str, typer.Option(metavar="DATE", help="The last day it holds.")] = "",
) -> None:
    """Make an answer that was given in a case an entry: its text, and the question it answered. Look through it afterwards."""
    if not KEY.fullmatch(key):
        raise typer.BadParameter("letters, digits, - and _ only", param_hint="KEY")
    try:
        until = date.fromisoformat(valid_until) if valid_until else None
    except ValueError:
        raise typer.BadParameter("write for example 2026-12-31", param_hint="--valid-until") from None
    with told(), opened(context) as world:
        with world.database.reading() as connection:
            made = bank.from_case(connection, world, from_case)
            known = bank.held(connection, world)
        entry = replace(made, key=key.lower(), title=title or made.title, valid_until=until)
        if entry.key in known:
            fail(f"there is an answer {entry.key!r} already")
        try:
            path = bank.keep(world.settings.answers.folder, entry)
        except OSError as error:
            fail(f"it cannot be written: {error.strerror}")
    console.print(f"written: {shown(path)}. Take out what is of this one case alone.")
