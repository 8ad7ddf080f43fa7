"""`inflow classify`: which role would get a mail and why. Changes nothing."""

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from inflow.cli.classify import classified
from inflow.cli.common import JSON, console, print_json_line, settings, shown, told
from inflow.cli.parse import FILES, mails
from inflow.config import Settings
from inflow.desk import threads
from inflow.desk.world import policy_of, utc_now
from inflow.mail.message import Message
from inflow.mail.parse import parse
from inflow.routing.archive import CorruptModelError, loads
from inflow.routing.decide import Policy
from inflow.routing.facts import Facts, PartyKind
from inflow.routing.model import Model
from inflow.store import cases, history, learning
from inflow.store.engine import Database, open_database
from inflow.store.migrate import current, head


def classify(
    context: typer.Context,
    files: Annotated[list[Path], FILES],
    *,
    mailbox: Annotated[
        str | None, typer.Option(help="The mailbox it would come in by; the first when not given.")
    ] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Say which role would get a mail and why, by the rules, what is known and what was learned. Changes nothing."""
    with told():
        read = settings(context)
        policy = policy_of(read)
        database = _database(read)
        for name, raw in mails(files):
            row = _row(name, parse(raw), read, policy=policy, database=database, mailbox=read.mailbox(mailbox).name)
            if json:
                print_json_line(row)
            else:
                _show(row)


def _database(read: Settings) -> Database | None:
    """The database for looking only; None when there is none yet."""
    url = read.database.url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return None
    database = open_database(url, password=read.database.password.read() if read.database.password else None)
    return database if current(database) == head() else None


def _row(
    name: str, message: Message, read: Settings, *, policy: Policy, database: Database | None, mailbox: str
) -> dict[str, Any]:
    domain, own = message.sender.domain, [one.lower() for one in read.organisation.domains]
    internal = any(domain == one or domain.endswith("." + one) for one in own)
    party = PartyKind.INTERNAL if internal else None
    if database is None:
        return classified(name, message, policy, facts=Facts(mailbox=mailbox, party=party))
    with database.reading() as connection:
        if thread := _thread(connection, name, message, own):
            return thread
        now, sender = utc_now(), message.sender
        facts = Facts(
            mailbox=mailbox,
            party=party,
            sender_roles=history.of_sender(connection, sender.address, now=now),
            domain_roles=history.of_domain(connection, sender.domain, now=now),
        )
        model = _model(connection)
    return classified(name, message, policy, facts=facts, model=model)


def _model(connection: Connection) -> Model | None:
    """The stored model, where there is a usable one."""
    stored = learning.load(connection)
    try:
        return loads(stored.content) if stored else None
    except CorruptModelError:
        return None


def _thread(connection: Connection, name: str, message: Message, own: list[str]) -> dict[str, Any] | None:
    """The row of a mail that continues a case; a signed address is not looked at, for a file says nothing of its envelope."""
    joined = threads.joined(connection, message, back=None, own_domains=own)
    if joined is None:
        return None
    role = cases.get(connection, joined.case).role
    candidates = [{"role": role, "confidence": 1.0}]
    return {
        "file": name,
        "role": role,
        "by": "thread",
        "confidence": 1.0,
        "reasons": [joined.reason],
        "candidates": candidates,
    }


def _show(row: dict[str, Any]) -> None:
    console.print(
        f"[bold]{shown(row['role'])}[/bold] [dim]({row['by']}, {row['confidence']:.0%})[/dim]  {shown(row['file'])}"
    )
    for reason in row["reasons"]:
        console.print(f"  {shown(reason)}")
    others = [one for one in row["candidates"] if one["role"] != row["role"]][:3]
    if others:
        console.print(
            "  [dim]else: " + ", ".join(f"{shown(one['role'])} {one['confidence']:.0%}" for one in others) + "[/dim]"
        )
