"""Asking somebody without giving the case away: a question to another role or an outside supplier, as a branch of the case.

The one who is asked sees the question and nothing else; the answer comes to the owner, never to the sender.
"""

from datetime import timedelta

from sqlalchemy import Connection

from inflow.casework import commands
from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.conversation import tagged
from inflow.desk import actions, letters
from inflow.desk.world import World
from inflow.mail import compose
from inflow.mail.compose import Outgoing
from inflow.mail.message import Address, Message
from inflow.store import cases, deliveries, timers

LABEL = "with-supplier"
REMIND_AFTER = timedelta(days=3)


def ask(connection: Connection, world: World, number: int, *, whom: str, text: str, by: str) -> str:
    """Ask a role or an address something about a case, which stays with its owner. Returns who was asked.
    Raises NotPossibleError without a question, NoRoleError for a name that is neither."""
    if not text.strip():
        raise NotPossibleError("there is no question: write it after the name, or on the lines below")
    case = cases.get(connection, number)
    address = commands.address(whom) if "@" in whom else actions.role_named(world, whom).address
    if not address:
        raise NotPossibleError(f"{whom} is not one mail address")
    if address.lower() == case.party.address:
        raise NotPossibleError(f"{address} is the sender: a plain reply goes there")
    mailbox, now = world.settings.mailbox(case.mailbox), world.now()
    outgoing = Outgoing(
        from_=Address(name=world.settings.organisation.name, address=mailbox.address),
        to=(Address(address=address),),
        reply_to=Address(address=letters.signed(world, mailbox, WayBack(way=Way.ANSWER, number=number))),
        subject=tagged(case.subject, number),
        date=compose.at(now.astimezone(world.settings.organisation.zone)),
        message_id=letters.new_message_id(mailbox),
        headers=(("X-Loop", mailbox.address),),
        text=text.strip() + "\n",
    )
    deliveries.queue(connection, outgoing, kind="relay", case=number, sender=mailbox.address, now=now)
    cases.add_label(connection, number, LABEL)
    timers.set_(connection, number, "remind", due_at=now + REMIND_AFTER)
    asked = " ".join(text.split())[:200]
    cases.happened(connection, number, Kind.QUESTIONED, text=f"{address} was asked: {asked}", by=by, now=now)
    return address


def answered(connection: Connection, world: World, number: int, source: int, *, message: Message) -> None:
    """An answer has come: it is part of the case, and the owner gets it."""
    by = message.sender.address or "unknown"
    cases.remove_label(connection, number, LABEL)
    timers.clear(connection, number, ("remind",))
    cases.happened(connection, number, Kind.ANSWERED, text="answered what we asked", by=by, now=world.now())
    reasons = (f"{by} answers what was asked",)
    actions.forward_to_owner(connection, world, number, source, message=message, reasons=reasons)
