"""What goes outside: a member's answer to the sender and to whom has been added, each in a mail of their own.

Each mail is from the shared address and threads under what its receiver has seen; nothing of the member but the words, the files
and, where it is configured, the first name is in it.
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from inflow.casework import letterhead
from inflow.casework.addresses import Way, WayBack
from inflow.casework.conversation import tagged
from inflow.desk import people
from inflow.desk.letters import new_message_id, signed
from inflow.desk.world import World
from inflow.mail import compose
from inflow.mail.answer import exchanged, signature
from inflow.mail.compose import Outgoing
from inflow.mail.message import Address, Message
from inflow.routing.roles import Role
from inflow.store import deliveries, messages
from inflow.store.rows import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a member says: the words of the mail, ready answers that stand below them, and for which role."""

    text: str
    role: Role
    ready: tuple[str, ...] = ()


def relay(
    connection: Connection,
    world: World,
    case: Case,
    answer: Answer,
    *,
    source: int,
    message: Message,
    held: bool = False,
    seen: AbstractSet[str] = frozenset(),
) -> list[str]:
    """A member's answer to everybody who gets the answers of a case, but those who have `seen` it. Returns whom it goes to."""
    there = people.receivers(connection, case)
    receiving = [one for one in there if one.address.lower() not in seen]
    written = _written(connection, world, case, answer, message=message)
    for receiver in receiving:
        others = [one for one in there if one != receiver]
        outgoing = _addressed(connection, world, case, written, to=receiver, others=others)
        deliveries.queue(
            connection,
            outgoing,
            kind="relay",
            case=case.number,
            sender=written.from_.address,
            now=world.now(),
            source=source,
            held=held,
        )
    return [one.address for one in receiving]


def confirm(connection: Connection, world: World, case: Case, *, message: Message, subject: str, text: str) -> None:
    """Tell the sender of a case that an order of that mail was carried out: a machine's word, which nothing answers."""
    mailbox, organisation = world.settings.mailbox(case.mailbox), world.settings.organisation
    answered = message.message_id or ""
    outgoing = Outgoing(
        from_=Address(name=organisation.name, address=mailbox.address),
        to=(message.sender,),
        reply_to=Address(address=signed(world, mailbox, WayBack(way=Way.SENDER, number=case.number))),
        subject=tagged(subject, case.number),
        date=compose.at(world.now().astimezone(organisation.zone)),
        message_id=new_message_id(mailbox),
        in_reply_to=answered,
        references=(answered,) if answered else (),
        headers=(("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"), ("X-Loop", mailbox.address)),
        text=text,
    )
    deliveries.queue(connection, outgoing, kind="notice", case=case.number, sender=mailbox.address, now=world.now())


def _written(connection: Connection, world: World, case: Case, answer: Answer, *, message: Message) -> Outgoing:
    """The answer as everybody gets it, not yet addressed to anyone."""
    mailbox, organisation = world.settings.mailbox(case.mailbox), world.settings.organisation
    own, closing = _signed(world, answer, message)
    name = letterhead.from_name(
        answer.role.reply_name or organisation.reply_name, **_values(world, answer.role, message)
    )
    back = WayBack(way=Way.SENDER, number=case.number)
    return Outgoing(
        from_=Address(name=name, address=mailbox.address),
        to=(),
        reply_to=Address(name=name, address=signed(world, mailbox, back)),
        subject=tagged(_answering(case.subject), case.number),
        date=compose.at(world.now().astimezone(organisation.zone)),
        message_id="",
        headers=(("X-Loop", mailbox.address),),
        text=exchanged(own, message.sender.address, mailbox.address),
        closing=exchanged(closing, message.sender.address, mailbox.address),
        encloses="reply",
        hides=message.sender.address,
        leaves_out=tuple(messages.inline_images(connection, case.number)) if message.attachments else (),
    )


def _signed(world: World, answer: Answer, message: Message) -> tuple[str, str]:
    """The member's own words, and what stands below them: ready answers and the signature, the role's or the member's own."""
    template = answer.role.signature
    template = world.settings.organisation.signature if template is None else template
    if template is None:
        beneath = signature(message.raw, message.reply_text)
        if not answer.ready:
            return "\n\n".join(part for part in (answer.text, beneath) if part), ""
    else:
        beneath = letterhead.signature(template, **_values(world, answer.role, message))
        beneath = f"-- \n{beneath}" if beneath else ""
    return answer.text, "\n\n".join(part for part in (*answer.ready, beneath) if part)


def _values(world: World, role: Role, message: Message) -> dict[str, str]:
    return {
        "member": message.sender.name,
        "role": role.title or role.name,
        "organisation": world.settings.organisation.name,
    }


def _addressed(
    connection: Connection, world: World, case: Case, written: Outgoing, *, to: Address, others: Sequence[Address]
) -> Outgoing:
    """The answer as one of its receivers gets it: nobody else's address is in it, but that they get it too."""
    ours = written.from_
    organisation = world.settings.organisation.name
    said, trail = _trail(connection, case, to.address)
    return replace(
        written,
        to=(to,),
        cc=tuple(
            Address(name=f"{one.name or one.address.partition('@')[0]} via {organisation}", address=ours.address)
            for one in others
        ),
        message_id=new_message_id(world.settings.mailbox(case.mailbox)),
        in_reply_to=said,
        references=trail,
    )


def _trail(connection: Connection, case: Case, address: str) -> tuple[str, tuple[str, ...]]:
    """What a mail to somebody answers, and what came before it in their own client: their mails and ours to them, never those
    of anybody else (RFC 5322 section 3.6.4)."""
    theirs = [
        (one["received_at"], one["message_id"])
        for one in messages.of_case(connection, case.number)
        if one["message_id"] and one["direction"] == "in" and one["from_address"].lower() == address.lower()
    ]
    ours = [
        (one["created_at"], one["message_id"])
        for one in deliveries.of_case(connection, case.number)
        if one["kind"] == "relay" and one["to"].lower() == address.lower() and one["status"] != "held"
    ]
    known = sorted([*theirs, *ours])
    latest = max(theirs or known, default=("", ""))[1]
    before = [id_ for _, id_ in known if id_ != latest]
    return latest, (*before[-20:], *([latest] if latest else []))


def _answering(subject: str) -> str:
    return subject if re.match(r"(?i)(re|sv|aw|vs|antw|odp)\s*:", subject) else f"Re: {subject}"
