"""Which case a message continues, looked up: the leads from the store, the choice from casework."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from inflow.casework import conversation
from inflow.casework.addresses import WayBack
from inflow.casework.codes import opens_a_door
from inflow.casework.conversation import Joined
from inflow.mail.message import Message
from inflow.store import cases, deliveries, leads
from inflow.store.history import FREE_MAIL

_PHANTOMS = 20


def joined(
    connection: Connection, message: Message, *, back: WayBack | None, own_domains: Sequence[str]
) -> Joined | None:
    """The living case that a message continues, and why; None: it begins a new one."""
    references, tags = conversation.leads(message)
    by_reference = leads.by_reference(connection, references, awaited=message.message_id or "")
    numbers = {*tags, *(lead.case for lead in by_reference.values())}
    known = conversation.Known(
        by_reference=by_reference,
        participants=leads.participants(connection, sorted(numbers)),
        own_domains=[domain.lower() for domain in own_domains],
        shared=FREE_MAIL,
    )
    found = conversation.which_case(message, back=back, known=known)
    survivor = cases.survivor(connection, found.case) if found else None
    if found is None or survivor is None or _is_a_key_from_outside(connection, message, survivor, known.own_domains):
        return None
    return Joined(
        case=survivor,
        reason=found.reason,
        ours=any(by_reference[one].ours for one in references[:1] if one in by_reference),
    )


def _is_a_key_from_outside(connection: Connection, message: Message, number: int, own_domains: Collection[str]) -> bool:
    """Whether a third party's sign-in link or code would come into a case: somebody who knows an address of it may have asked for
    it there. Whoever takes part in it, was asked in it or is one of us may speak of codes."""
    sender = message.sender
    if not opens_a_door(message) or sender.domain in own_domains:
        return False
    taking_part = leads.participants(connection, [number]).get(number, set())
    return sender.address.lower() not in taking_part and not deliveries.was_asked(connection, number, sender.address)


def answers_another(connection: Connection, message: Message, number: int) -> int | None:
    """The case of the nearest mail of ours that a message answers, where that is not `number`."""
    references, _ = conversation.leads(message)
    known = leads.by_reference(connection, references)
    ours = next((known[one].case for one in references if one in known and known[one].ours), number)
    found = cases.survivor(connection, ours)
    return found if found != number else None


def know(connection: Connection, number: int, message: Message) -> None:
    """Later mails that refer to this one belong to its case, and so do those that share a parent we have never seen."""
    if message.message_id:
        leads.know(connection, number, [message.message_id], kind="message")
    references, _ = conversation.leads(message)
    if not references:
        return
    known = leads.by_reference(connection, references)
    leads.know(connection, number, [one for one in references if one not in known][:_PHANTOMS], kind="phantom")
