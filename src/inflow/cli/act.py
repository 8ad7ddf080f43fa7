"""`inflow cases ...`: act on a case, the same deeds as by mail."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from inflow.cli.cases import BY, NUMBER, WHY, app, me
from inflow.cli.common import JSON, console, fail, opened, print_json, shown, told
from inflow.desk import actions, orders, outbound, promises, questions, undo
from inflow.desk.relays import Answer
from inflow.desk.world import World
from inflow.mail.message import Address
from inflow.mail.parse import parse
from inflow.store import cases

__all__ = ["app"]


def act(
    context: typer.Context, number: int, deed: Callable[[Connection, World], Any], *, done: str, json: bool
) -> None:
    """One deed in one transaction, and the case as it stands then."""
    with told(), opened(context) as world:
        with world.database.writing() as connection:
            deed(connection, world)
            promises.follow(connection, world, number)
        with world.database.reading() as connection:
            case = cases.get(connection, number)
    if json:
        print_json(case.as_json())
    else:
        console.print(f"[bold]#{number}[/bold] {done}: {shown(case.status)}, {shown(case.role)}")


@app.command()
def route(
    context: typer.Context,
    number: NUMBER,
    role: Annotated[str, typer.Argument(metavar="ROLE")],
    *,
    by: BY = "",
    why: WHY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Move a case to a role: it is forwarded there, and the router learns from it."""
    act(
        context,
        number,
        lambda connection, world: actions.route(
            connection, world, number, actions.role_named(world, role), by=by or me(), why=why
        ),
        done="moved",
        json=json,
    )


@app.command()
def claim(
    context: typer.Context,
    number: NUMBER,
    role: Annotated[str, typer.Argument(metavar="ROLE")],
    *,
    by: BY = "",
    why: WHY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Take an unclaimed case for a role: 'this is ours'."""
    act(
        context,
        number,
        lambda connection, world: actions.claim(
            connection, world, number, actions.role_named(world, role), by=by or me(), why=why
        ),
        done="claimed",
        json=json,
    )


_PLAIN = {
    "escalate": (actions.escalate, "escalated", "Hand a case to the next level of its role, with its whole history."),
    "close": (actions.close, "closed", "The matter is settled."),
    "reopen": (actions.reopen, "reopened", "The matter is not settled after all."),
    "undo": (
        undo.undo,
        "moved back",
        "The last move was a mistake: take it back, and what the router learned from it.",
    ),
}
"""Commands that need a number and nothing else: the deed, what is said of it, and their help."""


def _plain(deed: Callable[..., Any], done: str) -> Callable[..., None]:
    def command(
        context: typer.Context, number: NUMBER, *, by: BY = "", why: WHY = "", json: Annotated[bool, JSON] = False
    ) -> None:
        act(
            context,
            number,
            lambda connection, world: deed(connection, world, number, by=by or me(), why=why),
            done=done,
            json=json,
        )

    return command


for _name, (_deed, _done, _help) in _PLAIN.items():
    app.command(_name, help=_help)(_plain(_deed, _done))


@app.command()
def note(
    context: typer.Context,
    number: NUMBER,
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    *,
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Write a note that stays inside."""
    if not text.strip():
        fail("the note is empty")
    act(
        context,
        number,
        lambda connection, world: actions.note(connection, world, number, text, by=by or me()),
        done="noted",
        json=json,
    )


@app.command()
def merge(
    context: typer.Context,
    number: NUMBER,
    into: Annotated[int, typer.Argument(metavar="INTO", help="The case that survives.")],
    *,
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Two cases are one matter: everything of N becomes part of INTO."""
    act(
        context,
        number,
        lambda connection, world: actions.merge(connection, world, number, into, by=by or me()),
        done=f"merged into #{into}",
        json=json,
    )


@app.command()
def new(
    context: typer.Context,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say; - reads standard input.")],
    *,
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Whom it goes to.")],
    role: Annotated[str, typer.Option(metavar="ROLE", help="For which role.")],
    subject: Annotated[str, typer.Option(help="The subject.")],
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Begin a case with a mail to an outsider, from the shared address."""
    said = typer.get_text_stream("stdin").read() if text == "-" else text
    if not said.strip() or "@" not in to:
        raise typer.BadParameter("there must be a text, and an address to send it to")
    with told(), opened(context) as world:
        message = parse(f"Subject: {' '.join(subject.split())}\n\n".encode() + said.encode())
        message = replace(message, subject=subject, text=said, reply_text=said.strip(), date=world.now())
        with world.database.writing() as connection:
            number = outbound.begin(
                connection,
                world,
                Answer(text=message.reply_text, role=actions.role_named(world, role)),
                to=[Address(address=to)],
                message=message,
                by=by or me(),
            )
        with world.database.reading() as connection:
            case = cases.get(connection, number)
    if json:
        print_json(case.as_json())
    else:
        console.print(f"[bold]#{number}[/bold] goes to {shown(to)}")


@app.command()
def ask(
    context: typer.Context,
    number: NUMBER,
    whom: Annotated[str, typer.Argument(metavar="WHOM", help="A role, or an address.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The question.")],
    *,
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Ask a role or a supplier something; the case stays with its owner."""
    act(
        context,
        number,
        lambda connection, world: questions.ask(connection, world, number, whom=whom, text=text, by=by or me()),
        done=f"{whom} is asked",
        json=json,
    )


@app.command()
def link(
    context: typer.Context,
    number: NUMBER,
    other: Annotated[int, typer.Argument(metavar="OTHER")],
    *,
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Note that two cases have to do with each other."""
    act(
        context,
        number,
        lambda connection, world: actions.link(connection, world, number, other, by=by or me()),
        done=f"linked to #{other}",
        json=json,
    )


@app.command()
def split(
    context: typer.Context,
    number: NUMBER,
    messages_: Annotated[
        list[int], typer.Argument(metavar="MESSAGE...", help="Ids of messages, as `show --json` names them.")
    ],
    *,
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Make chosen messages a case of their own."""
    act(
        context,
        number,
        lambda connection, world: actions.split(connection, world, number, messages_, by=by or me()),
        done="split",
        json=json,
    )


@app.command()
def label(
    context: typer.Context,
    number: NUMBER,
    name: Annotated[str, typer.Argument(metavar="LABEL")],
    *,
    by: BY = "",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Mark a case with a label."""
    act(
        context,
        number,
        lambda connection, world: actions.label(connection, world, number, name, by=by or me()),
        done=f"labelled {name}",
        json=json,
    )


@app.command()
def release(context: typer.Context, number: NUMBER, *, by: BY = "", json: Annotated[bool, JSON] = False) -> None:
    """Let the held replies of a case go out to the sender."""
    act(
        context,
        number,
        lambda connection, world: orders.release(connection, world, number, by=by or me()),
        done="released",
        json=json,
    )
