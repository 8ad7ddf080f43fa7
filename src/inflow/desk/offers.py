"""The ready answer that goes out with an acknowledgement: only one that a plain question asks for beyond doubt, and never of a matter
that may be confidential or that opens a door."""

from sqlalchemy import Connection

from inflow.casework import alike
from inflow.casework.bank import Entry, sure
from inflow.casework.case import Kind
from inflow.casework.codes import opens_a_door
from inflow.desk import answers, asking
from inflow.desk.world import World
from inflow.mail.message import Message
from inflow.store import answers as used
from inflow.store import events
from inflow.store.rows import Case


def entry(connection: Connection, world: World, case: Case, message: Message) -> Entry | None:
    """The answer to a mail that has just opened a case, if there is one beyond doubt."""
    if message.attachments or asking.seems_secret(world, case) or opens_a_door(message):
        return None
    text = message.reply_text or message.text
    found = answers.suggested(
        connection, world, subject=message.subject, text=text, role=case.role, language=message.language
    )
    sender = f"{message.sender.name} {message.sender.address}"
    best = sure(found, alike.said(message.subject, text, sender=sender))
    return best.entry if best else None


def remember(connection: Connection, world: World, case: Case, offered: Entry) -> None:
    """The sender of a case has been sent an answer."""
    used.use(connection, case.number, offered.key, now=world.now(), offered=True)
    text = f"the ready answer {offered.key}"
    events.append(connection, case.number, Kind.OFFERED, text=text, by="inflow", at=world.now())
