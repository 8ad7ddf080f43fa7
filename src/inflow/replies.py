"""A message that continues a case: the sender's goes to the role; a member's speaks for the organisation, if it may.

Nobody speaks for the organisation unasked: a reply is relayed only when its address is signed, its sender is a member of the
role, and the receiving server vouches for that sender. What fails is held, told to the role, and never goes out.
"""

from dataclasses import replace

from sqlalchemy import Connection

from inflow import actions, letters
from inflow.casework import commands
from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.commands import Command, Verb
from inflow.casework.speaking import is_member, may_speak
from inflow.casework.wording import held_reply, outcome_of_commands
from inflow.mail.message import Message, Nature
from inflow.routing.roles import Role
from inflow.store import cases, deliveries, messages
from inflow.store.rows import Case
from inflow.world import World

QUIET = frozenset({Nature.AUTO_REPLY, Nature.BOUNCE, Nature.LOOP})


def incoming(connection: Connection, world: World, number: int, source: int, *, message: Message, reason: str) -> None:
    """The sender's side goes on: the role gets it, a waiting or closed case is open again. An automatic mail joins quietly."""
    case = cases.get(connection, number)
    by = message.sender.address or "unknown"
    if message.nature in QUIET:
        text = f"{message.nature.value} from {by} joined quietly: {reason}"
        cases.happened(connection, number, Kind.JOINED, text=text, by="thread", now=world.now())
        return
    with_other = case.role == world.settings.other.role
    cases.happened(
        connection,
        number,
        Kind.RECEIVED,
        text=f"from {by}: {reason}",
        by="thread",
        now=world.now(),
        with_other=with_other,
    )
    role = world.settings.role(case.role) or actions.role_named(world, world.settings.other.role)
    case = replace(cases.get(connection, number), reasons=(reason,))
    letters.forward(connection, world, case, role, source=source, message=message)


def answer(connection: Connection, world: World, number: int, source: int, *, message: Message, back: WayBack) -> None:
    """What came to a role's signed address: a member's answer and orders, or an outsider who got hold of it.

    1. an automatic mail joins quietly, and an outsider is a sender like any other;
    2. a member that may not speak is held, the role is told why;
    3. orders are carried out and confirmed; when one is wrong, nothing goes out;
    4. what is left is relayed to the sender.
    """
    role = world.settings.role(back.role)
    sender = message.sender.address
    domains = world.settings.organisation.domains
    if message.nature in QUIET or role is None or not is_member(sender, role, domains):
        incoming(
            connection,
            world,
            number,
            source,
            message=message,
            reason=f"it was sent to a signed address of case #{number}",
        )
        return
    messages.turn(connection, source, "out")
    mailbox = world.settings.mailbox(cases.get(connection, number).mailbox)
    verdict = may_speak(
        sender, role, domains=domains, authenticity=message.authenticity, vouching=mailbox.authserv_id is not None
    )
    if not verdict.may:
        _hold(connection, world, number, source, message=message, role=role, reason=verdict.reason)
        return
    _obey(connection, world, number, source, message=message, role=role, back=back)


def _obey(
    connection: Connection, world: World, number: int, source: int, *, message: Message, role: Role, back: WayBack
) -> None:
    orders = commands.read(message.reply_text)
    done, faults = [], [_unknown(fault) for fault in orders.faults]
    for command in orders.commands if not faults else ():
        try:
            with connection.begin_nested():
                done.append(_order(connection, world, number, command, role=role, by=message.sender.address))
        except (NotPossibleError, actions.NoRoleError, cases.NoCaseError, ValueError) as error:
            faults.append(f"/{command.verb}: {error}")
            break
    text = orders.text
    if text and not faults and back.way is Way.ROLE:
        letters.relay(connection, world, cases.get(connection, number), source=source, message=message, text=text)
        cases.happened(
            connection, number, Kind.REPLIED, text=f"for {role.name}", by=message.sender.address, now=world.now()
        )
    elif text and not faults:
        actions.note(connection, world, number, text, by=message.sender.address)
    if not text and not orders.commands and not faults:
        faults.append("empty")
    if faults:
        refused = "; ".join(faults)
        cases.happened(
            connection, number, Kind.COMMAND_REFUSED, text=refused, by=message.sender.address, now=world.now()
        )
    if faults or done:
        _confirm(connection, world, number, message=message, done=done, faults=faults, back=back)


def _unknown(line: str) -> str:
    near = commands.nearest(line.split(maxsplit=1)[0].lstrip("/"), [verb.value for verb in Verb])
    return line + (f" (/{', /'.join(near)}?)" if near else "")


def _order(  # noqa: C901  one flat choice among the verbs
    connection: Connection, world: World, number: int, command: Command, *, role: Role, by: str
) -> str:
    """Carry out one order. Returns what was done in words."""
    match command.verb:
        case Verb.ROUTE:
            name, _, why = command.argument.partition(" ")
            actions.route(connection, world, number, _role(world, name), by=by, why=why.strip())
        case Verb.CLAIM:
            actions.claim(connection, world, number, role, by=by, why=command.argument)
        case Verb.ESCALATE:
            actions.escalate(connection, world, number, by=by, why=command.argument)
        case Verb.CLOSE:
            actions.close(connection, world, number, by=by, why=command.argument)
        case Verb.REOPEN:
            actions.reopen(connection, world, number, by=by, why=command.argument)
        case Verb.NOTE:
            actions.note(connection, world, number, command.argument, by=by)
        case Verb.LABEL:
            actions.label(connection, world, number, command.argument, by=by)
        case Verb.MERGE:
            actions.merge(connection, world, number, int(command.argument.lstrip("#")), by=by)
        case Verb.RELEASE:
            release(connection, world, number, by=by)
        case Verb.PASS:
            cases.happened(connection, number, Kind.PASSED, text=f"{role.name}: not ours", by=by, now=world.now())
        case Verb.HELP:
            return ""
    return f"/{command.verb} {command.argument}".strip()


def _role(world: World, name: str) -> Role:
    try:
        return actions.role_named(world, name)
    except actions.NoRoleError as error:
        near = commands.nearest(name, [role.name for role in world.settings.roles])
        raise actions.NoRoleError(f"{error}" + (f" ({', '.join(near)}?)" if near else "")) from error


def release(connection: Connection, world: World, number: int, *, by: str) -> int:
    """Let the held replies of a case go out: by a member other than the one who wrote them, or operations. Returns how many.
    Raises NotPossibleError when there is none that `by` may release."""
    freed = deliveries.release_held(connection, number, not_by=by, now=world.now())
    if not freed:
        raise NotPossibleError("there is no held reply that you may release (nobody releases their own)")
    cases.happened(connection, number, Kind.RELEASED, text=f"{freed} held", by=by, now=world.now())
    cases.happened(connection, number, Kind.REPLIED, text="a held reply was released", by=by, now=world.now())
    return freed


def _hold(
    connection: Connection, world: World, number: int, source: int, *, message: Message, role: Role, reason: str
) -> None:
    case = cases.get(connection, number)
    text = commands.read(message.reply_text).text
    if text:
        letters.relay(connection, world, case, source=source, message=message, text=text, held=True)
    cases.happened(connection, number, Kind.HELD, text=reason, by=message.sender.address, now=world.now())
    subject, words = held_reply(
        world.settings.organisation.language, number=number, sender=message.sender.address, reason=reason
    )
    back = WayBack(way=Way.ROLE, number=number, role=role.name)
    letters.notice(connection, world, to=role.address, subject=subject, text=words, case=case, back=back)


def _confirm(
    connection: Connection,
    world: World,
    number: int,
    *,
    message: Message,
    done: list[str],
    faults: list[str],
    back: WayBack,
) -> None:
    case: Case = cases.get(connection, number)
    subject, text = outcome_of_commands(
        world.settings.organisation.language,
        number=number,
        done=[one for one in done if one],
        faults=faults,
        verbs=[verb.value for verb in Verb],
        roles=[f"{role.name} ({role.title or role.address})" for role in world.settings.roles],
    )
    letters.notice(
        connection,
        world,
        to=message.sender.address,
        subject=subject,
        text=text,
        case=case,
        back=back,
        in_reply_to=message.message_id or "",
    )
