"""What is put into the outbox: forwards to roles, acknowledgements, notices to us. Each in the transaction that decides it."""

import secrets
from collections.abc import Sequence

from sqlalchemy import Connection

from inflow.casework.addresses import Way, WayBack, sign
from inflow.casework.bank import Likely
from inflow.casework.conversation import tagged
from inflow.casework.links import Link, page
from inflow.casework.reasons import told
from inflow.casework.wording import Block, acknowledgement, block, history
from inflow.config import MailboxSettings
from inflow.desk import answers, duty, marks, people
from inflow.desk.world import World
from inflow.mail import compose
from inflow.mail.compose import Outgoing
from inflow.mail.message import Address, Message
from inflow.routing.roles import Role
from inflow.store import deliveries, messages
from inflow.store.problems import Loud
from inflow.store.rows import Case

_SUGGESTED = 3


def forward(  # noqa: PLR0913  three of them say how, by name
    connection: Connection,
    world: World,
    case: Case,
    role: Role,
    *,
    source: int,
    message: Message,
    file: bool = False,
    trail: bool = False,
    loud: Sequence[Loud] | None = None,
    offered: str = "",
) -> None:
    """Hand a message to a role's mailbox: the sender's own parts under a short block. `file`: the raw mail as an attachment,
    because it could not be read; `trail`: with what was said in the case before; `loud`: nothing of the case has gone out yet, and
    these are the problems that an alarm is about; `offered`: the ready answer that the sender has been sent."""
    for address in duty.receivers(connection, world, role.address):
        outgoing = _forward(
            connection,
            world,
            case,
            role,
            message=message,
            source=source,
            file=file,
            trail=trail,
            loud=loud,
            offered=offered,
            to=address,
        )
        deliveries.queue(
            connection,
            outgoing,
            kind="forward",
            case=case.number,
            sender=world.settings.mailbox(case.mailbox).address,
            now=world.now(),
            source=source,
            first=loud is not None,
        )


def _forward(  # noqa: PLR0913
    connection: Connection,
    world: World,
    case: Case,
    role: Role,
    *,
    message: Message,
    source: int,
    file: bool,
    trail: bool,
    loud: Sequence[Loud] | None,
    offered: str,
    to: str,
) -> Outgoing:
    """What one of those who get a role's mail is handed."""
    now = world.now()
    mailbox = world.settings.mailbox(case.mailbox)
    language = world.settings.organisation.language
    suggested, first = _suggestions(case, world), loud is not None
    said = Block(
        number=case.number,
        sender=_person(message.sender),
        address=mailbox.address,
        reasons=case.reasons,
        tricks=message.authenticity.tricks,
        suggestions=[f"{one.label}: {one.beside}" if one.beside else one.label for one in suggested],
        ready=_ready(connection, world, role, message) if first else (),
        offered=offered,
        roles=[one.name for one in world.settings.roles if one.name != role.name],
        next=role.next,
        history=_history(connection, case.number, source, language) if trail else "",
        receivers=[] if first else [one.address for one in people.added(connection, case)],
        **marks.above(connection, world, case, message=message, loud=loud),
    )
    earlier = [] if first else deliveries.previous(connection, case.number, to)
    back = signed(world, mailbox, WayBack(way=Way.ROLE, number=case.number, role=role.name))
    subject, text = tagged(message.subject or case.subject, case.number), block(said, language)
    return Outgoing(
        from_=_via(message.sender, mailbox, world),
        to=(Address(name=role.title if to == role.address else "", address=to),),
        reply_to=Address(name=f"#{case.number}", address=back),
        subject=subject,
        date=compose.at(now.astimezone(world.settings.organisation.zone)),
        message_id=new_message_id(mailbox),
        in_reply_to=earlier[-1] if earlier else "",
        references=tuple(earlier),
        headers=(("X-Inflow-Case", str(case.number)), *_loop_marks(mailbox, message)),
        text=text,
        html=page(text, suggested, address=back, subject=subject) if suggested else "",
        encloses="file" if file else "parts",
    )


def acknowledge(connection: Connection, world: World, case: Case, *, message: Message, answer: str = "") -> None:
    """Tell a sender that the mail has come in, and `answer`, where that may be what was asked for. Its envelope sender is empty: no
    bounce comes of it (RFC 3834 section 3.3)."""
    mailbox, now = world.settings.mailbox(case.mailbox), world.now()
    organisation = world.settings.organisation
    subject, text = acknowledgement(
        message.language or organisation.language,
        organisation=organisation.name,
        number=case.number,
        subject=case.subject,
        answer=answer,
    )
    back = WayBack(way=Way.SENDER, number=case.number)
    outgoing = Outgoing(
        from_=Address(name=organisation.name, address=mailbox.address),
        to=(message.sender,),
        reply_to=Address(name=organisation.name, address=signed(world, mailbox, back)),
        subject=tagged(subject, case.number),
        date=compose.at(now.astimezone(organisation.zone)),
        message_id=new_message_id(mailbox),
        in_reply_to=message.message_id or "",
        references=(message.message_id,) if message.message_id else (),
        headers=(("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"), ("X-Loop", mailbox.address)),
        text=text,
    )
    deliveries.queue(connection, outgoing, kind="acknowledgement", case=case.number, sender="", now=now, first=True)


def notice(  # noqa: PLR0913  what it is about, by name
    connection: Connection,
    world: World,
    *,
    to: str,
    subject: str,
    text: str,
    case: Case | None = None,
    back: WayBack | None = None,
    in_reply_to: str = "",
    links: Sequence[Link] = (),
    html: str = "",
) -> None:
    """A short mail of our own to a role (and who mans it), a member, the management or operations; `links` are orders that a
    press away from it do the same as a reply; `html`: the same as `text`, for who likes that."""
    now = world.now()
    mailbox = world.settings.mailbox(case.mailbox if case else None)
    subject = tagged(subject, case.number) if case else subject
    answers_to = signed(world, mailbox, back) if back else ""
    for address in duty.receivers(connection, world, to):
        outgoing = Outgoing(
            from_=Address(name=world.settings.organisation.name, address=mailbox.address),
            to=(Address(address=address),),
            reply_to=Address(address=answers_to) if back else None,
            subject=subject,
            date=compose.at(now.astimezone(world.settings.organisation.zone)),
            message_id=new_message_id(mailbox),
            in_reply_to=in_reply_to,
            references=(in_reply_to,) if in_reply_to else (),
            headers=(
                *((("X-Inflow-Case", str(case.number)),) if case else ()),
                ("Auto-Submitted", "auto-generated"),
                ("X-Loop", mailbox.address),
            ),
            text=text,
            html=page(text, links, address=answers_to, subject=subject) if links and back else html,
        )
        deliveries.queue(
            connection, outgoing, kind="notice", case=case.number if case else None, sender=mailbox.address, now=now
        )


def tell_operations(connection: Connection, world: World, *, subject: str, text: str, case: Case | None = None) -> None:
    """A notice to operations, where the config names an address."""
    if address := world.settings.operations.address:
        notice(connection, world, to=address, subject=subject, text=text, case=case)


def signed(world: World, mailbox: MailboxSettings, back: WayBack) -> str:
    """A signed address of a mailbox; the plain one where the server does not take subaddresses."""
    return sign(mailbox.address, back, world.keys) if mailbox.subaddressing else mailbox.address


def new_message_id(mailbox: MailboxSettings) -> str:
    """A Message-ID that nobody can guess: to know it is to have seen the mail."""
    return f"inflow.{secrets.token_hex(12)}@{mailbox.address.rpartition('@')[2]}"


def _loop_marks(mailbox: MailboxSettings, message: Message) -> list[tuple[str, str]]:
    """Every Inflow that this mail has passed, ourselves last: one that meets its own mark falls silent."""
    passed = [value for value in message.headers.get("x-loop", ()) if value][:20]
    return [("X-Loop", value) for value in dict.fromkeys((*passed, mailbox.address))]


def _person(address: Address) -> str:
    return f"{address.name} <{address.address}>" if address.name else address.address or "?"


def _via(sender: Address, mailbox: MailboxSettings, world: World) -> Address:
    return Address(
        name=f"{sender.name or sender.address or '?'} via {world.settings.organisation.name}", address=mailbox.address
    )


def _suggestions(case: Case, world: World) -> list[Link]:
    """The best roles for a case that lies with other, why, and the order that moves it there."""
    if case.role != world.settings.other.role:
        return []
    language = world.settings.organisation.language
    best = [one for one in case.candidates if one["role"] != case.role][:_SUGGESTED]
    return [
        Link(
            order=f"/route {one['role']}",
            label=f"/route {one['role']} ({one['confidence']:.0%})",
            beside="; ".join(told(reason, language) for reason in one.get("reasons", ())),
        )
        for one in best
    ]


def _ready(connection: Connection, world: World, role: Role, message: Message) -> list[Likely]:
    """The ready answers that a mail asks for."""
    return answers.suggested(
        connection,
        world,
        subject=message.subject,
        text=message.reply_text or message.text,
        role=role.name,
        language=message.language,
    )


def _history(connection: Connection, number: int, source: int, language: str) -> str:
    before = [one for one in messages.of_case(connection, number) if one["id"] < source]
    return history(before, number=number, language=language) if before else ""
