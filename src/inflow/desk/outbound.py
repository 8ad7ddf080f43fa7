"""A case that begins with us: a member writes first, the outsider gets it from the shared address, and it is a case from its
first word."""

from collections.abc import Sequence

from sqlalchemy import Connection

from inflow.casework import addresses, commands
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.commands import Verb
from inflow.casework.speaking import may_speak
from inflow.desk import actions, people
from inflow.desk.relays import Answer, relay
from inflow.desk.world import World
from inflow.mail.message import Address, Message
from inflow.routing.decision import DecidedBy, Decision
from inflow.routing.roles import Role
from inflow.store import cases, leads, messages, opening
from inflow.store.opening import New


def begin(
    connection: Connection,
    world: World,
    answer: Answer,
    *,
    to: Sequence[Address],
    message: Message,
    by: str,
    source: int | None = None,
) -> int:
    """Open a case with a mail to an outsider, and to others who get the answers too. `source` is the member's own mail, where it
    came as one. Returns the number of the case. Raises NotPossibleError when one of them cannot be added."""
    way_in, now, role = world.settings.mailbox(None).name, world.now(), answer.role
    decided = Decision(
        role=role.name, by=DecidedBy.PERSON, confidence=1.0, reasons=(f"{by} wrote first, for {role.name}",)
    )
    first, *others = to
    case = opening.open_case(
        connection,
        New(
            subject=message.subject,
            sender=first,
            kind=None,
            mailbox=way_in,
            decided=decided,
            level=role.level,
            happenings=[(Kind.OPENED, f"by {by}, to {first.address}", by), (Kind.REPLIED, f"for {role.name}", by)],
        ),
        now=now,
    )
    number = case.number
    if source is None:
        source = messages.write(connection, message.raw, number, message, direction="out", mailbox=way_in, now=now)
    else:
        messages.file(connection, source, number, message)
        messages.turn(connection, source, "out")
    leads.take_part(connection, number, [first])
    for other in others:
        people.add(connection, world, number, other, by=by)
    relay(connection, world, cases.get(connection, number), answer, source=source, message=message)
    return number


def by_mail(connection: Connection, world: World, source: int, *, message: Message) -> int:
    """A member's mail to the +new address: `/to ADDRESS` says whom it goes to, `/add ADDRESS` who gets it too, `/route ROLE` for
    which role. The address is not signed, so a server must vouch for the member. Raises NotPossibleError and NoRoleError, which
    say what is missing."""
    by = message.sender.address
    orders = commands.read(message.reply_text)
    said = {one.verb: one.argument for one in orders.commands}
    to = [commands.person(one.argument) for verb in (Verb.TO, Verb.ADD) for one in orders.commands if one.verb is verb]
    if orders.faults or Verb.TO not in said or not to[0].address or not orders.text:
        raise NotPossibleError("begin the mail with a line /to ADDRESS, and write below it what to say")
    if wrong := said.keys() - {Verb.TO, Verb.ADD, Verb.ROUTE}:
        raise NotPossibleError(f"/{', /'.join(sorted(wrong))} cannot stand in the first mail of a case")
    role = actions.role_named(world, said[Verb.ROUTE]) if Verb.ROUTE in said else _role_of(world, by)
    domains = world.settings.organisation.domains
    verdict = may_speak(by, role, domains=domains, authenticity=message.authenticity, vouching=True)
    if not verdict.may:
        raise NotPossibleError(verdict.reason)
    answer = Answer(text=orders.text, role=role)
    return begin(connection, world, answer, to=to, message=message, by=by, source=source)


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
