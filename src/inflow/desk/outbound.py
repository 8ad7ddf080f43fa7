"""A case that begins with us: a member writes first, the outsider gets it from the shared address, and it is a case from its
first word."""

from dataclasses import replace

from sqlalchemy import Connection

from inflow.casework import addresses, commands
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.commands import Verb
from inflow.casework.speaking import may_speak
from inflow.desk import actions
from inflow.desk.relays import Answer, relay
from inflow.desk.world import World
from inflow.mail.message import Address, Message
from inflow.routing.decision import DecidedBy, Decision
from inflow.routing.roles import Role
from inflow.store import cases, leads, messages


def begin(
    connection: Connection,
    world: World,
    *,
    role: Role,
    to: Address,
    message: Message,
    by: str,
    source: int | None = None,
) -> int:
    """Open a case of a role with a mail to an outsider, whose words are the message's new text. `source` is the member's own
    mail, where it came as one. Returns the number of the case."""
    way_in, now = world.settings.mailbox(None).name, world.now()
    decided = Decision(
        role=role.name, by=DecidedBy.PERSON, confidence=1.0, reasons=(f"{by} wrote first, for {role.name}",)
    )
    case = cases.open_case(
        connection,
        subject=message.subject,
        sender=to,
        kind=cases.party_kind(connection, to.address) or "public",
        mailbox=way_in,
        decided=decided,
        level=role.level,
        happenings=[(Kind.OPENED, f"by {by}, to {to.address}", by), (Kind.REPLIED, f"for {role.name}", by)],
        now=now,
    )
    number = case.number
    if source is None:
        source = messages.write(connection, message.raw, number, message, direction="out", mailbox=way_in, now=now)
    else:
        messages.file(connection, source, number, message)
        messages.turn(connection, source, "out")
    leads.take_part(connection, number, [to])
    answer = Answer(text=message.reply_text, role=role)
    relay(connection, world, cases.get(connection, number), answer, source=source, message=message)
    return number


def by_mail(connection: Connection, world: World, source: int, *, message: Message) -> int:
    """A member's mail to the +new address: `/to ADDRESS` says whom it goes to, `/route ROLE` for which role. The address is not
    signed, so a server must vouch for the member. Raises NotPossibleError and NoRoleError, which say what is missing."""
    by = message.sender.address
    orders = commands.read(message.reply_text)
    said = {one.verb: one.argument for one in orders.commands}
    to = commands.address(said.get(Verb.TO, ""))
    if orders.faults or not to or not orders.text:
        raise NotPossibleError("begin the mail with a line /to ADDRESS, and write below it what to say")
    role = actions.role_named(world, said[Verb.ROUTE]) if Verb.ROUTE in said else _role_of(world, by)
    domains = world.settings.organisation.domains
    verdict = may_speak(by, role, domains=domains, authenticity=message.authenticity, vouching=True)
    if not verdict.may:
        raise NotPossibleError(verdict.reason)
    said_so = replace(message, reply_text=orders.text)
    return begin(connection, world, role=role, to=Address(address=to), message=said_so, by=by, source=source)


def _role_of(world: World, address: str) -> Role:
    """The role that somebody is a member of by name, where there is just one."""
    named = [
        role
        for role in world.settings.roles
        if address.lower() in {role.address.lower(), *map(str.lower, role.members)}
    ]
    if len(named) != 1:
        names = ", ".join(role.name for role in world.settings.roles)
        raise NotPossibleError(f"say for which role you write, with a line /route ROLE ({names})")
    return named[0]


def is_new(message: Message, world: World) -> bool:
    """Whether a mail is to the +new address of a mailbox of ours."""
    ours = {mailbox.address.lower() for mailbox in world.settings.mailboxes}
    found = [one.address.lower() for one in (*message.to, *message.cc)]
    return any(one.partition("@")[0].endswith("+new") and addresses.bare(one) in ours for one in found)
