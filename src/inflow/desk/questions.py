"""Asking somebody without giving the case away: a question to another role or an outside supplier, as a branch of the case.

The one who is asked sees the question and nothing else; the answer comes to the owner, never to the sender.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from inflow.casework import commands, wording_time
from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.clocks import as_work, due
from inflow.casework.conversation import tagged
from inflow.desk import actions, letters
from inflow.desk.world import World
from inflow.mail import compose
from inflow.mail.compose import Outgoing
from inflow.mail.message import Address, Message
from inflow.store import cases, deliveries, events, timers
from inflow.store.rows import Case

LABEL = "with-supplier"
REMIND_AFTER = timedelta(days=3)
TELL_AFTER = timedelta(days=1)


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
    timers.set_(connection, number, "remind", due_at=_in_working_time(world, case, REMIND_AFTER))
    timers.clear(connection, number, ("tell",))
    asked = " ".join(text.split())[:200]
    cases.happened(connection, number, Kind.QUESTIONED, text=f"{address} was asked: {asked}", by=by, now=now)
    return address


def answered(connection: Connection, world: World, number: int, source: int, *, message: Message) -> None:
    """An answer has come: it is part of the case, and the owner gets it."""
    by = message.sender.address or "unknown"
    cases.remove_label(connection, number, LABEL)
    timers.clear(connection, number, ("remind",))
    case = cases.get(connection, number)
    due_at = _in_working_time(world, case, TELL_AFTER)
    timers.set_(connection, number, "tell", due_at=due_at)
    cases.happened(connection, number, Kind.ANSWERED, text="answered what we asked", by=by, now=world.now())
    reasons = (f"{by} answers what was asked",)
    actions.forward_to_owner(connection, world, case, source, message=message, reasons=reasons)


def remind(connection: Connection, world: World, case: Case) -> None:
    """Somebody was asked and has not answered: the owner hears of it."""
    said = wording_time.no_answer_yet(world.settings.organisation.language, case=case.number, subject=case.subject)
    _to_owner(connection, world, case, said)


def tell(connection: Connection, world: World, case: Case) -> None:
    """What was asked has been answered: the owner is reminded to tell the sender, who has heard nothing since."""
    history = events.of_case(connection, case.number)
    answered_at = max((one["at"] for one in history if one["kind"] == Kind.ANSWERED), default=None)
    replied_at = max((one["at"] for one in history if one["kind"] == Kind.REPLIED), default=None)
    if answered_at is not None and (replied_at is None or replied_at < answered_at):
        due = f"{answered_at.astimezone(world.settings.organisation.zone):%Y-%m-%d %H:%M}"
        language = world.settings.organisation.language
        said = wording_time.tell_the_sender(language, case=case.number, subject=case.subject, due=due)
        _to_owner(connection, world, case, said)


def _to_owner(connection: Connection, world: World, case: Case, said: tuple[str, str]) -> None:
    role = world.settings.role(case.role)
    if role is not None:
        back = WayBack(way=Way.ROLE, number=case.number, role=role.name)
        letters.notice(connection, world, to=role.address, subject=said[0], text=said[1], case=case, back=back)


def _in_working_time(world: World, case: Case, after: timedelta) -> datetime:
    clock = world.settings.clock(case.role)
    return due(clock, world.now(), as_work(clock, after))
