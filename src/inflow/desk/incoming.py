"""The outsiders' side of a case goes on: its role gets the mail, a waiting or closed case is open again.

An automatic mail joins quietly. A sender whom the server vouches for may say who else gets the answers, and orders nothing else.
"""

from sqlalchemy import Connection

from inflow.casework import commands, conversation
from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.commands import Verb
from inflow.casework.conversation import Joined
from inflow.casework.letterhead import people_changed
from inflow.desk import actions, people, questions, relays
from inflow.desk.world import World
from inflow.mail.message import Message, Nature
from inflow.store import cases, deliveries
from inflow.store.rows import Case

QUIET = frozenset({Nature.AUTO_REPLY, Nature.BOUNCE, Nature.LOOP})
_ORDERS = {Verb.ADD: people.add, Verb.REMOVE: people.remove}


def incoming(
    connection: Connection,
    world: World,
    case: Case,
    source: int,
    *,
    message: Message,
    joined: Joined,
    back: WayBack | None = None,
) -> None:
    """A message that is not a member's, and how it joined the case; `back`: where the address leads that it was sent to."""
    reason = joined.reason
    number, by, now = case.number, message.sender.address or "unknown", world.now()
    if message.nature in QUIET:
        _quietly(connection, world, case, source, message=message, reason=reason)
        return
    answered = conversation.leads(message)[0][:1] if joined.ours and back is None else ()
    if answered and deliveries.is_question(connection, number, answered, sender=case.party.address):
        questions.answered(connection, world, number, source, message=message)
        return
    with_other = case.role == world.settings.other.role
    text = f"from {by}: {reason}"
    cases.happened(connection, number, Kind.RECEIVED, text=text, by="thread", now=now, with_other=with_other)
    if back is not None and back.way is Way.SENDER and by.lower() == case.party.address:
        _order(connection, world, case, message=message)
    standing = people.standing(connection, world, case, by)
    actions.forward_to_owner(connection, world, case, source, message=message, reasons=(reason, standing))


def _quietly(connection: Connection, world: World, case: Case, source: int, *, message: Message, reason: str) -> None:
    """An automatic mail is noted; the role gets it where the config says so."""
    until = f", away until {message.absent_until}" if message.absent_until else ""
    text = f"{message.nature.value} from {message.sender.address or 'unknown'} joined quietly{until}: {reason}"
    cases.happened(connection, case.number, Kind.JOINED, text=text, by="thread", now=world.now())
    if message.nature is Nature.AUTO_REPLY and world.settings.cases.forward_absences:
        actions.forward_to_owner(connection, world, case, source, message=message, reasons=(reason,))


def _order(connection: Connection, world: World, case: Case, *, message: Message) -> None:
    """Whom a sender adds or removes at the top of a mail, when the server vouches for the sender; who is told once."""
    orders = [one for one in commands.read(message.reply_text).commands if one.verb in _ORDERS]
    if not orders or message.authenticity.verdict != "pass":
        return
    done, faults, by = [], [], message.sender.address
    for one in orders:
        try:
            with connection.begin_nested():
                address = _ORDERS[one.verb](connection, world, case.number, commands.person(one.argument), by=by)
            done.append(f"/{one.verb} {address}")
        except NotPossibleError:
            faults.append(f"/{one.verb} {one.argument}")
    language = message.language or world.settings.organisation.language
    subject, text = people_changed(language, number=case.number, done=done, faults=faults)
    relays.confirm(connection, world, case, message=message, subject=subject, text=text)
