"""Old mail becomes the organisation's memory: closed cases that can be found, and examples the classifier learns from.

Nothing is sent and nothing is opened: what is imported was settled long ago.
"""

import mailbox
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from inflow.casework import conversation
from inflow.casework.case import Kind
from inflow.desk.world import World
from inflow.imap import ImapSettings, Mailbox
from inflow.intake import batches
from inflow.mail.identity import identity
from inflow.mail.message import Message
from inflow.reader import Reader, Unreadable
from inflow.routing.decision import DecidedBy, Decision
from inflow.routing.roles import Role
from inflow.store import cases, leads, messages, opening
from inflow.store.opening import New

BATCH = 100
_NUMBERS = re.compile(r"([0-9]+)")


@dataclass(slots=True, kw_only=True)
class Imported:
    """What became of the mails: kept as messages, known before, or not readable (with their names)."""

    kept: int = 0
    known: int = 0
    unreadable: list[str]


class NoArchiveError(Exception):
    """There is no mail where the import was told to look."""


def mails_of_path(path: Path) -> Iterator[tuple[str, bytes]]:
    """Names and raw bytes of the mails in an mbox file, a Maildir, an .eml file, or a folder of any of these.
    Raises NoArchiveError."""
    if path.is_dir() and all((path / one).is_dir() for one in ("cur", "new")):
        yield from _maildir(path)
    elif path.is_dir():
        for entry in sorted(one for one in path.iterdir() if not one.name.startswith(".")):
            yield from mails_of_path(entry)
    elif path.suffix.lower() == ".eml":
        yield str(path), path.read_bytes()
    elif path.is_file():
        yield from _mbox(path)
    else:
        raise NoArchiveError(f"there is nothing at {path}")


def _maildir(path: Path) -> Iterator[tuple[str, bytes]]:
    for folder in ("cur", "new"):
        for file in sorted((path / folder).iterdir(), key=lambda one: _as_delivered(one.name)):
            yield str(file), file.read_bytes()


def _as_delivered(name: str) -> list[tuple[int, str]]:
    """Sorts the unique names of a Maildir: their times and counters are numbers without leading zeros."""
    return [(int(one), "") if one.isdecimal() else (-1, one) for one in _NUMBERS.split(name)]


def _mbox(path: Path) -> Iterator[tuple[str, bytes]]:
    with path.open("rb") as file:
        if not file.read(5) == b"From ":
            raise NoArchiveError(f"{path} is neither an mbox file, a Maildir nor an .eml file")
    box = mailbox.mbox(path, create=False)
    try:
        for key in box.keys():  # noqa: SIM118  a mailbox is no dict: iterating it parses each mail
            yield f"{path}#{key}", box.get_bytes(key)
    finally:
        box.close()


def mails_of_folder(settings: ImapSettings, folder: str) -> Iterator[tuple[str, bytes]]:
    """Names and raw bytes of the mails in an IMAP folder; nothing in it is changed. Raises MailboxError."""
    connection = Mailbox(settings.model_copy(update={"folder": folder, "done": "flag"}))
    try:
        connection.connect()
        sizes = connection.sizes(connection.waiting(after=0))
        for batch in batches({uid: size for uid, size in sizes.items() if size <= settings.max_size}):
            for uid, raw in sorted(connection.fetch(batch).items()):
                yield f"{folder}/{uid}", raw
    finally:
        connection.close()


def keep(world: World, reader: Reader, mails: list[tuple[str, bytes]], *, role: Role, result: Imported) -> None:
    """Keep some mails as closed cases of a role, in one transaction."""
    read = [(name, raw, reader.read(raw)) for name, raw in mails]
    with world.database.writing() as connection:
        for name, raw, message in read:
            if isinstance(message, Unreadable):
                result.unreadable.append(f"{name}: {message.reason}")
            elif messages.is_known(connection, identity(raw)):
                result.known += 1
            else:
                _keep(connection, world, raw, message=message, role=role)
                result.kept += 1


def _keep(connection: Connection, world: World, raw: bytes, *, message: Message, role: Role) -> None:
    now = _when(message, world.now())
    own = [message.message_id] if message.message_id else []
    references, _ = conversation.leads(message)
    known = leads.by_reference(connection, [*references, *own])
    number = next((known[one].case for one in (*references, *own) if one in known), None)
    if number is None:
        number = _open(connection, world, message=message, role=role, now=now)
    name = world.settings.mailboxes[0].name
    messages.write(connection, raw, number, message, direction="in", mailbox=name, now=now)
    leads.know(connection, number, own, kind="message")
    leads.know(connection, number, [one for one in references if one not in known], kind="phantom")


def _open(connection: Connection, world: World, *, message: Message, role: Role, now: datetime) -> int:
    decided = Decision(role=role.name, by=DecidedBy.PERSON, confidence=1.0, reasons=(f"imported as {role.name}",))
    case = opening.open_case(
        connection,
        New(
            subject=message.subject,
            sender=message.sender,
            kind="public",
            mailbox=world.settings.mailboxes[0].name,
            decided=decided,
            level=role.level,
            happenings=[
                (Kind.OPENED, "imported from an archive", "import"),
                (Kind.CLOSED, "settled before it was imported", "import"),
            ],
        ),
        now=now,
    )
    number = case.number
    leads.take_part(connection, number, [message.sender])
    cases.correct(connection, number, from_role="", to_role=role.name, by="import", now=now)
    return number


def _when(message: Message, now: datetime) -> datetime:
    return min(message.date, now) if message.date is not None else now
