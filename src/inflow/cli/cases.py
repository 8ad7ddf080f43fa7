"""`inflow cases`: look cases up and act on them."""

import getpass
from collections.abc import Callable
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from inflow import actions, replies
from inflow.casework.case import Status
from inflow.cli.common import JSON, console, fail, instant, opened, print_json, shown, told
from inflow.cli.show_case import case_json, list_json, print_case, print_cases, show_json
from inflow.store import cases, deliveries, events, messages
from inflow.store.cases import Filters
from inflow.world import World

app = typer.Typer(help="Cases: look them up, act on them.", no_args_is_help=True)

NUMBER = Annotated[int, typer.Argument(metavar="N", help="The number of the case, without #.")]
BY = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; your login name when not given.")]
WHY = Annotated[str, typer.Option("--why", metavar="TEXT", help="A word of why; kept in the history.")]
LIMIT = Annotated[int, typer.Option(min=0, help="How many at most; 0: all.")]


def _me() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"


@app.command("list")
def list_(  # noqa: PLR0913  each is an option of the command
    context: typer.Context,
    *,
    role: Annotated[str | None, typer.Option(help="Cases of this role.")] = None,
    status: Annotated[Status | None, typer.Option(help="Cases that stand so.")] = None,
    party: Annotated[str | None, typer.Option(help="Cases of this address, or of this kind of party.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Opened since.")] = None,
    label: Annotated[str | None, typer.Option(help="Cases with this label.")] = None,
    search: Annotated[
        str | None, typer.Option(metavar="WORDS", help="Cases with a message that holds these words.")
    ] = None,
    limit: LIMIT = 50,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Cases, newest first, closed ones included."""
    filters = Filters(
        role=role, status=status, party=party, since=instant(since), label=label, search=search, limit=limit
    )
    _list(context, filters, json=json)


@app.command()
def search(
    context: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS", help="Each may be the beginning of a word; all must be there.")
    ],
    *,
    limit: LIMIT = 50,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Full text over subjects, bodies, senders and attachment names."""
    _list(context, Filters(search=" ".join(words), limit=limit), json=json)


def _list(context: typer.Context, filters: Filters, *, json: bool) -> None:
    with told(), opened(context) as world:
        with world.database.reading() as connection:
            found = cases.find(connection, filters)
        if json:
            print_json([list_json(case) for case in found])
        else:
            print_cases(found, zone=world.settings.organisation.zone)


@app.command()
def show(context: typer.Context, number: NUMBER, *, json: Annotated[bool, JSON] = False) -> None:
    """One case with its messages, events and deliveries."""
    with told(), opened(context) as world:
        with world.database.reading() as connection:
            case = cases.get(connection, number)
            conversation = messages.of_case(connection, number)
            history = events.of_case(connection, number)
            outbox = deliveries.of_case(connection, number)
        if json:
            print_json(show_json(case, messages=conversation, events=history, deliveries=outbox))
        else:
            print_case(
                case, messages=conversation, events=history, deliveries=outbox, zone=world.settings.organisation.zone
            )


def _act(
    context: typer.Context, number: int, deed: Callable[[Connection, World], Any], *, done: str, json: bool
) -> None:
    """One deed in one transaction, and the case as it stands then."""
    with told(), opened(context) as world:
        with world.database.writing() as connection:
            deed(connection, world)
        with world.database.reading() as connection:
            case = cases.get(connection, number)
    if json:
        print_json(case_json(case))
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
    _act(
        context,
        number,
        lambda connection, world: actions.route(
            connection, world, number, actions.role_named(world, role), by=by or _me(), why=why
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
    _act(
        context,
        number,
        lambda connection, world: actions.claim(
            connection, world, number, actions.role_named(world, role), by=by or _me(), why=why
        ),
        done="claimed",
        json=json,
    )


@app.command()
def escalate(
    context: typer.Context, number: NUMBER, *, by: BY = "", why: WHY = "", json: Annotated[bool, JSON] = False
) -> None:
    """Hand a case to the next level of its role, with its whole history."""
    _act(
        context,
        number,
        lambda connection, world: actions.escalate(connection, world, number, by=by or _me(), why=why),
        done="escalated",
        json=json,
    )


@app.command()
def close(
    context: typer.Context, number: NUMBER, *, by: BY = "", why: WHY = "", json: Annotated[bool, JSON] = False
) -> None:
    """The matter is settled."""
    _act(
        context,
        number,
        lambda connection, world: actions.close(connection, world, number, by=by or _me(), why=why),
        done="closed",
        json=json,
    )


@app.command()
def reopen(
    context: typer.Context, number: NUMBER, *, by: BY = "", why: WHY = "", json: Annotated[bool, JSON] = False
) -> None:
    """The matter is not settled after all."""
    _act(
        context,
        number,
        lambda connection, world: actions.reopen(connection, world, number, by=by or _me(), why=why),
        done="reopened",
        json=json,
    )


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
    _act(
        context,
        number,
        lambda connection, world: actions.note(connection, world, number, text, by=by or _me()),
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
    _act(
        context,
        number,
        lambda connection, world: actions.merge(connection, world, number, into, by=by or _me()),
        done=f"merged into #{into}",
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
    _act(
        context,
        number,
        lambda connection, world: actions.label(connection, world, number, name, by=by or _me()),
        done=f"labelled {name}",
        json=json,
    )


@app.command()
def release(context: typer.Context, number: NUMBER, *, by: BY = "", json: Annotated[bool, JSON] = False) -> None:
    """Let the held replies of a case go out to the sender."""
    _act(
        context,
        number,
        lambda connection, world: replies.release(connection, world, number, by=by or _me()),
        done="released",
        json=json,
    )
