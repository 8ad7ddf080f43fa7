"""`inflow import` and `inflow classifier`: what the classifier learns from, and how well it does."""

import json as json_
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn

from inflow import archive
from inflow.archive import Imported, NoArchiveError
from inflow.cli.classify import evaluate
from inflow.cli.common import JSON, console, errors, fail, opened, print_json, safe, shown, told
from inflow.desk import actions, learning
from inflow.imap import MailboxError
from inflow.reader import Reader
from inflow.routing.archive import CorruptModelError, loads
from inflow.routing.model import standing
from inflow.routing.monitor import Share
from inflow.routing.monitor import report as compare
from inflow.store import learning as store

app = typer.Typer(help="The learned classifier: train it, see how it does.", no_args_is_help=True)
app.command("evaluate")(evaluate)


def import_(
    context: typer.Context,
    path: Annotated[
        Path | None, typer.Argument(metavar="[PATH]", help="An mbox file, a Maildir, an .eml, or a folder of these.")
    ] = None,
    *,
    role: Annotated[str, typer.Option(help="The role whose mail it was.")],
    mailbox: Annotated[
        str | None, typer.Option(help="Read an IMAP folder of this configured mailbox instead of PATH.")
    ] = None,
    folder: Annotated[str, typer.Option(help="The IMAP folder to read.")] = "INBOX",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Keep old mail as closed, searchable cases of a role, and learn from it. Nothing is sent; what is known already is left out."""
    if (path is None) == (mailbox is None):
        raise typer.BadParameter("give either PATH or --mailbox")
    result = Imported(unreadable=[])
    reader = Reader()
    with told(), opened(context) as world:
        owner = actions.role_named(world, role)
        mails = (
            archive.mails_of_path(path)
            if path is not None
            else archive.mails_of_folder(world.settings.mailbox(mailbox).imap, folder)
        )
        columns = (SpinnerColumn(), TextColumn("importing"), MofNCompleteColumn())
        try:
            with Progress(*columns, console=errors, transient=True, disable=not errors.is_terminal) as progress:
                task = progress.add_task("importing", total=None)
                while some := list(islice(mails, archive.BATCH)):
                    archive.keep(world, reader, some, role=owner, result=result)
                    progress.advance(task, len(some))
            if world.settings.classifier.enabled:
                learning.train_anew(world)
        except (NoArchiveError, MailboxError, OSError) as error:
            fail(str(error))
        finally:
            reader.close()
    if json:
        print_json({"kept": result.kept, "known": result.known, "unreadable": result.unreadable})
    else:
        console.print(f"{result.kept} mails kept as closed cases of {shown(role)}, {result.known} were known already")
        for one in result.unreadable:
            errors.print(f"[yellow]not readable:[/yellow] {safe(one)}", markup=True)


@app.command()
def train(context: typer.Context) -> None:
    """Learn anew from every case that a person has put somewhere, and from the imported ones."""
    with told(), opened(context) as world:
        model = learning.train_anew(world)
    console.print(f"trained on {model.examples} examples of {len(model.roles)} roles; {standing(model)}")


@app.command()
def status(context: typer.Context, *, json: Annotated[bool, JSON] = False) -> None:
    """Say what the classifier has learned from, and from which confidence on it routes by itself."""
    with told(), opened(context) as world, world.database.reading() as connection:
        stored = store.load(connection)
        since = store.latest_correction(connection)
        settings = world.settings.classifier
    report: dict[str, Any] = {
        "enabled": settings.enabled,
        "mode": settings.mode.value,
        "max_misrouted": settings.max_misrouted,
    }
    if stored is not None:
        try:
            model = loads(stored.content)
            report |= {
                "roles": list(model.roles),
                "examples": model.examples,
                "routes_from": model.threshold.confidence,
            }
        except CorruptModelError as error:
            report |= {"error": f"{error}: it is built anew when the daemon runs, or by `classifier train`"}
        report |= {
            "version": stored.version,
            "trained_at": stored.trained_at,
            "corrections_since": since - stored.through,
        }
    if json:
        print_json(report)
        return
    for name, value in report.items():
        console.print(
            f"[dim]{name.replace('_', ' ')}:[/dim] {shown(', '.join(value) if isinstance(value, list) else value)}"
        )
    if stored is None:
        console.print("no model yet: it is made when the daemon first runs, or by `inflow classifier train`")


@app.command()
def export(
    context: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the JSON lines go.")]
) -> None:
    """Write what the classifier learns from as rows that `evaluate` reads: {"text", "role", "subject", "from"}."""
    with told(), opened(context) as world:
        with world.database.reading() as connection:
            examples = store.examples(connection, now=world.now())
        with file.open("w", encoding="utf-8") as out:
            for one in examples:
                row = {
                    "text": one.sample.text,
                    "role": one.role,
                    "subject": one.sample.subject,
                    "from": one.sample.sender,
                }
                out.write(json_.dumps(row, ensure_ascii=False) + "\n")
    console.print(f"{len(examples)} rows")


@app.command()
def report(
    context: typer.Context,
    *,
    limit: Annotated[int, typer.Option(min=1, help="How many of the latest settled cases.")] = 2000,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Compare what the classifier did, or in shadow mode would have done, with what people did."""
    with told(), opened(context) as world, world.database.reading() as connection:
        settled = store.settled(connection, now=world.now(), limit=limit)
        stored = store.load(connection)
        if stored is None:
            fail("there is no model yet: `inflow classifier train` makes one")
        found = compare(settled, loads(stored.content).threshold)
    if json:
        print_json(asdict(found))
        return
    console.print(f"routed by itself: {_share(found.routed)}")
    console.print(f"of these wrong:   {_share(found.wrong)}")
    for role, share in found.wrong_by_role.items():
        console.print(f"  {shown(role)}: {_share(share)}")
    for promise, routed in found.routed_at.items():
        console.print(f"max_misrouted = {promise:g} would route {routed:.0%}")


def _share(share: Share) -> str:
    if not share.whole:
        return "none yet"
    return f"{share.part / share.whole:.1%} ({share.part} of {share.whole}; 90% interval {share.low:.1%} to {share.high:.1%})"
