"""Which case a message continues, looked up: the leads from the store, the choice from casework."""

from collections.abc import Sequence

from sqlalchemy import Connection

from inflow.casework import conversation
from inflow.casework.addresses import WayBack
from inflow.casework.conversation import Joined
from inflow.mail.message import Message
from inflow.store import cases, leads
from inflow.store.history import FREE_MAIL

_PHANTOMS = 20


def joined(
    connection: Connection, message: Message, *, back: WayBack | None, own_domains: Sequence[str]
) -> Joined | None:
    """The living case that a message continues, and why; None: it begins a new one."""
    references, tags = conversation.leads(message)
    by_reference = leads.by_reference(connection, references)
    numbers = {*tags, *(lead.case for lead in by_reference.values())}
    known = conversation.Known(
        by_reference=by_reference,
        participants=leads.participants(connection, sorted(numbers)),
        own_domains=[domain.lower() for domain in own_domains],
        shared=FREE_MAIL,
    )
    found = conversation.which_case(message, back=back, known=known)
    survivor = cases.survivor(connection, found.case) if found else None
    return Joined(case=survivor, reason=found.reason) if found and survivor else None


def know(connection: Connection, number: int, message: Message) -> None:
    """Later mails that refer to this one belong to its case, and so do those that share a parent we have never seen."""
    if message.message_id:
        leads.know(connection, number, [message.message_id], kind="message")
    references, _ = conversation.leads(message)
    if not references:
        return
    known = leads.by_reference(connection, references)
    leads.know(connection, number, [one for one in references if one not in known][:_PHANTOMS], kind="phantom")
