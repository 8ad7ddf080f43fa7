"""`inflow rules test`: which rule catches what, and what it would have changed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from inflow.cli.common import JSON, console, opened, print_json_line, settings, shown, told
from inflow.cli.parse import mails
from inflow.mail.message import Message
from inflow.mail.parse import parse
from inflow.routing.facts import Facts, PartyKind
from inflow.routing.rules import Rule, apply_rules
from inflow.store import cases, messages
from inflow.store.cases import Filters
from inflow.store.rows import Case

app = typer.Typer(help="The rules of the config.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """The rules of the config."""


@app.command("test")
def try_rules(
    context: typer.Context,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE...]", help="Raw mails, or folders of them.")
    ] = None,
    *,
    history: Annotated[bool, typer.Option("--history", help="Try them on the cases that are stored.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="With --history: on how many of the latest.")] = 500,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Show which rule catches which mail; with --history also what it would have changed. Changes nothing."""
    if bool(files) == history:
        raise typer.BadParameter("give either FILE... or --history")
    with told():
        rules = settings(context).rules
        rows = _of_history(context, rules, limit) if history else _of_files(files or [], rules)
        for row in rows:
            if json:
                print_json_line(row)
            else:
                _show(row)


def _of_files(files: list[Path], rules: tuple[Rule, ...]) -> Iterator[dict[str, Any]]:
    for name, raw in mails(files):
        yield {"file": name, **_caught(rules, parse(raw), Facts())}


def _of_history(context: typer.Context, rules: tuple[Rule, ...], limit: int) -> Iterator[dict[str, Any]]:
    with opened(context) as world, world.database.reading() as connection:
        for case in cases.find(connection, Filters(limit=limit)):
            opening = messages.opening(connection, case.number)
            if opening is not None:
                found = _caught(rules, parse(opening), Facts(mailbox=case.mailbox, party=_kind(case)))
                changes = found["route"] is not None and found["route"] != case.role
                yield {"case": case.number, "subject": case.subject, "role": case.role, **found, "changes": changes}


def _kind(case: Case) -> PartyKind | None:
    return PartyKind(case.party.kind) if case.party.kind in set(PartyKind) else None


def _caught(rules: tuple[Rule, ...], message: Message, facts: Facts) -> dict[str, Any]:
    outcome = apply_rules(rules, message, facts)
    return {
        "rule": outcome.rule.name if outcome.rule else None,
        "route": outcome.rule.route if outcome.rule else None,
        "labels": list(outcome.labels),
        "remarks": list(outcome.remarks),
    }


def _show(row: dict[str, Any]) -> None:
    what = row.get("file") or f"#{row['case']} {row['subject']}"
    rule = f"[cyan]{shown(row['rule'])}[/cyan] → {shown(row['route'])}" if row["rule"] else "[dim]no rule[/dim]"
    changed = f" [yellow](went to {shown(row['role'])})[/yellow]" if row.get("changes") else ""
    console.print(f"{shown(what)}: {rule}{changed}")
