"""`inflow answers`: the bank of ready answers."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from inflow.casework.bank import KEY, Entry, Likely
from inflow.cli.common import JSON, console, errors, fail, opened, print_json, settings, shown, told
from inflow.desk import answers as bank
from inflow.desk.world import World
from inflow.mail.parse import parse
from inflow.store import answers as used
from inflow.store import cases, messages

app = typer.Typer(help="Ready answers: what there is, what a mail asks for, what is wrong.", no_args_is_help=True)


@app.command("list")
def list_(context: typer.Context, *, json: Annotated[bool, JSON] = False) -> None:
    """The answers there are, and in how many cases each has helped."""
    with told(), opened(context) as world:
        entries = bank.bank(world.settings.answers.folder).entries()
        with world.database.reading() as connection:
            uses = used.uses(connection)
    if json:
        print_json([_json(one) | {"used": uses.get(one.key, 0)} for one in entries])
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("key", "title", "roles", "until", "used"):
        table.add_column(column, justify="right" if column == "used" else "left")
    for one in entries:
        until = one.valid_until.isoformat() if one.valid_until else ""
        table.add_row(one.key, shown(one.title), shown(", ".join(one.roles)), until, str(uses.get(one.key, 0)))
    console.print(table if entries else "there are none yet: they are the files KEY.md in the folder of answers")


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
        print_json([_json(one.entry) | {"likeness": one.likeness, "words": one.words} for one in found])
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
    role = "" if case.role == world.settings.other.role else case.role
    said = first["reply_text"] or first["text"]
    return bank.suggested(
        world.settings.answers.folder,
        subject=first["subject"],
        text=said,
        role=role,
        language=first["language"],
        now=world.now(),
    )


def _of_file(world: World, path: Path) -> list[Likely]:
    try:
        mail = parse(path.read_bytes())
    except OSError as error:
        fail(f"{path}: {error.strerror}")
    return bank.suggested(
        world.settings.answers.folder,
        subject=mail.subject,
        text=mail.reply_text or mail.text,
        role="",
        language=mail.language,
        now=world.now(),
    )


@app.command()
def check(context: typer.Context) -> None:
    """Read every file and say what is wrong; exit status 1 when something is."""
    with told():
        read = settings(context)
    folder = read.answers.folder
    faults = bank.faults(folder, {role.name for role in read.roles})
    for fault in faults:
        errors.print(shown(fault), markup=True)
    if faults:
        raise typer.Exit(1)
    console.print(f"[green]ok[/green] {len(bank.files(folder))} answers")


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
        entry = _from_case(world, from_case, key.lower(), title, valid_until=until)
        try:
            path = bank.keep(world.settings.answers.folder, entry)
        except FileExistsError:
            fail(f"there is an answer {entry.key!r} already")
        except OSError as error:
            fail(f"it cannot be written: {error.strerror}")
    console.print(f"written: {shown(path)}. Take out what is of this one case alone.")


def _from_case(world: World, number: int, key: str, title: str, *, valid_until: date | None) -> Entry:
    with world.database.reading() as connection:
        case = cases.get(connection, number)
        conversation = messages.of_case(connection, number)
    given = [one for one in conversation if one["direction"] == "out"]
    asked = next((one for one in conversation if one["direction"] == "in"), None)
    if not given or not (given[-1]["reply_text"] or given[-1]["text"]).strip():
        fail(f"nobody has answered in case #{number}")
    language = asked["language"] if asked else ""
    return Entry(
        key=key,
        text=given[-1]["reply_text"] or given[-1]["text"],
        title=title or case.subject,
        questions=(case.subject,) if case.subject else (),
        roles=() if case.role == world.settings.other.role else (case.role,),
        languages=(language,) if language else (),
        valid_until=valid_until,
    )


def _json(one: Entry) -> dict[str, object]:
    return {
        "key": one.key,
        "title": one.title,
        "questions": one.questions,
        "roles": one.roles,
        "languages": one.languages,
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        "text": one.text,
    }
