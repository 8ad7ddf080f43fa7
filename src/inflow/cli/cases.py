"""`inflow cases`: look cases up and act on them."""

import getpass
from typing import Annotated

import typer

from inflow.casework.case import Status
from inflow.cli import show_found
from inflow.cli.common import JSON, instant, opened, print_json, told
from inflow.cli.show_case import list_json, print_case, print_cases, show_json
from inflow.cli.show_problem import cord_json, print_marks, problem_json
from inflow.cli.show_time import print_time, time_json
from inflow.desk import cords, people
from inflow.store import asked, cases, deliveries, events, messages, problems, promises
from inflow.store.cases import Filters

app = typer.Typer(help="Cases: look them up, act on them.", no_args_is_help=True)

NUMBER = Annotated[int, typer.Argument(metavar="N", help="The number of the case, without #.")]
BY = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; your login name when not given.")]
WHY = Annotated[str, typer.Option("--why", metavar="TEXT", help="A word of why; kept in the history.")]
LIMIT = Annotated[int, typer.Option(min=0, help="How many at most; 0: all.")]


def me() -> str:
    """Who does it, when nobody is named."""
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
        list[str],
        typer.Argument(metavar="WORDS", help="Each may be inflected, or the beginning of a word; all must be there."),
    ],
    *,
    limit: LIMIT = 50,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Full text over subjects, bodies, senders and attachments, the best first. Also "just these words", -without, and from: subject:
    role: status: party: label: after: before: has:attachment."""
    show_found.search(context, " ".join(words), limit=limit, json=json)


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
            decided = cases.decisions(connection, number)
            outbox = deliveries.of_case(connection, number)
            added = people.added(connection, case)
            promised, questions = promises.of_case(connection, number), asked.of_case(connection, number)
            problem, cord = problems.of_case(connection, number), cords.of_case(connection, number)
        zone = world.settings.organisation.zone
        if json:
            shown_ = show_json(case, messages=conversation, events=history, deliveries=outbox)
            others = [{"address": one.address, "name": one.name} for one in added]
            print_json(
                {
                    **shown_,
                    "decisions": decided,
                    **time_json(promised, questions, decided),
                    "participants": others,
                    "problem": problem_json(problem) if problem else None,
                    "andon": cord_json(cord) if cord else None,
                }
            )
        else:
            print_case(case, added=added, messages=conversation, events=history, deliveries=outbox, zone=zone)
            print_time(promised, questions, decided, zone=zone)
            print_marks(problem, cord)
