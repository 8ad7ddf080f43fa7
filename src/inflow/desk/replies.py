"""A message that continues a case: the sender's goes to the role; a member's speaks for the organisation, if it may.

Nobody speaks for the organisation unasked: a reply is relayed only when its address is signed, its sender is a member of the
role, and the receiving server vouches for that sender. What fails is held, told to the role, and never goes out.
"""

from dataclasses import replace

from sqlalchemy import Connection

from inflow.casework import commands
from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.commands import Orders, Verb
from inflow.casework.speaking import is_member, may_speak
from inflow.casework.wording import held_reply, outcome_of_commands
from inflow.desk import actions, letters, threads
from inflow.desk.answers import NoAnswerError, keys, text_of
from inflow.desk.orders import carry_out
from inflow.desk.world import World
from inflow.mail.message import Message, Nature
from inflow.routing.roles import Role
from inflow.store import cases, messages
from inflow.store.rows import Case

QUIET = frozenset({Nature.AUTO_REPLY, Nature.BOUNCE, Nature.LOOP})


def incoming(connection: Connection, world: World, number: int, source: int, *, message: Message, reason: str) -> None:
    """The sender's side goes on: the role gets it, a waiting or closed case is open again. An automatic mail joins quietly."""
    case = cases.get(connection, number)
    by = message.sender.address or "unknown"
    if message.nature in QUIET:
        until = f", away until {message.absent_until}" if message.absent_until else ""
        text = f"{message.nature.value} from {by} joined quietly{until}: {reason}"
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
    actions.forward_to_owner(connection, world, number, source, message=message, reason=reason)


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
    if reason := _reason_to_hold(connection, world, number, message=message, role=role):
        _hold(connection, world, number, source, message=message, role=role, reason=reason)
        return
    _obey(connection, world, number, source, message=message, role=role, back=back)


def _reason_to_hold(connection: Connection, world: World, number: int, *, message: Message, role: Role) -> str:
    """Why a member's reply may not go out, in words; empty when it may."""
    case, domains, sender = cases.get(connection, number), world.settings.organisation.domains, message.sender.address
    vouching = world.settings.mailbox(case.mailbox).authserv_id is not None
    verdict = may_speak(sender, role, domains=domains, authenticity=message.authenticity, vouching=vouching)
    if not verdict.may:
        return verdict.reason
    if (another := threads.answers_another(connection, message, number)) is not None:
        return f"its address is of this case, but it answers a mail of case #{another}"
    owner = world.settings.role(case.role)
    if owner is not None and owner.confidential and not is_member(sender, owner, domains):
        return f"the case lies with {owner.name}, and only its members have to do with it"
    return ""


def _obey(
    connection: Connection, world: World, number: int, source: int, *, message: Message, role: Role, back: WayBack
) -> None:
    orders = commands.read(message.reply_text)
    done: list[str] = []
    faults = [_unknown(fault) for fault in orders.faults]
    if not orders.text and not orders.commands and not faults and not _brings_files(message):
        faults.append("empty")
    if message.protection == "encrypted":
        faults = ["it is encrypted and cannot be read here"]
    try:
        with connection.begin_nested():
            if not faults:
                done = _all_of_it(
                    connection, world, number, source, message=message, orders=orders, role=role, back=back
                )
    except (NotPossibleError, NoAnswerError, actions.NoRoleError, cases.NoCaseError) as error:
        faults.append(str(error))
    if faults:
        refused = "; ".join(faults)
        cases.happened(
            connection, number, Kind.COMMAND_REFUSED, text=refused, by=message.sender.address, now=world.now()
        )
    if faults or done:
        _confirm(connection, world, number, message=message, done=done, faults=faults, back=back)


def _all_of_it(
    connection: Connection,
    world: World,
    number: int,
    source: int,
    *,
    message: Message,
    orders: Orders,
    role: Role,
    back: WayBack,
) -> list[str]:
    """All of a reply or nothing: its text goes out, or stays inside where no sender was answered; then the case goes where
    the orders say. Returns what was done in words; raises what a deed raises."""
    by = message.sender.address
    orders = _with_answers(world, orders)
    last = [one for one in orders.commands if one.verb in _LAST]
    done = [carry_out(connection, world, number, one, role=role, by=by) for one in orders.commands if one not in last]
    said = orders.text or (not orders.commands and _brings_files(message))
    if said and back.way is Way.ROLE:
        _relay(connection, world, number, source, message=message, text=orders.text, role=role)
    elif orders.text:
        actions.note(connection, world, number, orders.text, by=by)
    return done + [carry_out(connection, world, number, one, role=role, by=by) for one in last]


def _brings_files(message: Message) -> bool:
    """Whether a mail has attachments that a person put there."""
    return any(not one.inline and not one.content_type.endswith("signature") for one in message.attachments)


def _relay(
    connection: Connection, world: World, number: int, source: int, *, message: Message, text: str, role: Role
) -> None:
    """The answer goes to the sender; unless the member's own reply-all went there already."""
    case, by = cases.get(connection, number), message.sender.address
    if case.party.address in {one.address.lower() for one in (*message.to, *message.cc)}:
        said = f"for {role.name}, sent to {case.party.address} by the member's own reply to all"
    elif not case.party.address:
        raise NotPossibleError("the case has no sender to write to")
    else:
        letters.relay(connection, world, case, source=source, message=message, text=text)
        said = f"for {role.name}"
    cases.happened(connection, number, Kind.REPLIED, text=said, by=by, now=world.now())


def _with_answers(world: World, orders: Orders) -> Orders:
    """The orders, each ready answer that they name a part of the text. Raises NoAnswerError."""
    folder = world.settings.answers.folder
    ready = [text_of(folder, one.argument) for one in orders.commands if one.verb is Verb.ANSWER]
    rest = tuple(one for one in orders.commands if one.verb is not Verb.ANSWER)
    return replace(orders, commands=rest, text="\n\n".join([*([orders.text] if orders.text else []), *ready]))


def _unknown(line: str) -> str:
    near = commands.nearest(line.split(maxsplit=1)[0].lstrip("/"), [verb.value for verb in Verb])
    return line + (f" (/{', /'.join(near)}?)" if near else "")


_LAST = frozenset({Verb.ROUTE, Verb.ESCALATE, Verb.CLOSE, Verb.REOPEN, Verb.MERGE})
"""What decides where a case stands: done after the text has gone out."""


def doubt(connection: Connection, world: World, number: int, source: int, *, message: Message) -> None:
    """A member's reply to a signed address that cannot be read is held; from anyone else it is the sender's side."""
    case = cases.get(connection, number)
    role = world.settings.role(case.role)
    by_member = role and is_member(message.sender.address, role, world.settings.organisation.domains)
    if role is None or not by_member or message.nature in QUIET:
        incoming(connection, world, number, source, message=message, reason=f"it answers a message of case #{number}")
        return
    messages.turn(connection, source, "out")
    reason = "its signed address cannot be read: it was cut off on its way, or is not ours"
    _hold(connection, world, number, source, message=message, role=role, reason=reason)


def _hold(
    connection: Connection, world: World, number: int, source: int, *, message: Message, role: Role, reason: str
) -> None:
    case = cases.get(connection, number)
    text = commands.read(message.reply_text).text
    if text:
        letters.relay(connection, world, case, source=source, message=message, text=text, held=True)
    cases.happened(connection, number, Kind.HELD, text=reason, by=message.sender.address, now=world.now())
    owner = world.settings.role(case.role)
    role = owner if owner is not None and owner.confidential else role
    subject, words = held_reply(
        world.settings.organisation.language, number=number, sender=message.sender.address, reason=reason
    )
    back = WayBack(way=Way.ROLE, number=number, role=role.name)
    letters.notice(connection, world, to=role.address, subject=subject, text=words, case=case, back=back)


def refuse(connection: Connection, world: World, number: int, *, message: Message, fault: str) -> None:
    """Tell a member why what was ordered was not done, and what is possible."""
    back = WayBack(way=Way.SENDER, number=number)
    _confirm(connection, world, number, message=message, done=[], faults=[fault], back=back)


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
        answers=keys(world.settings.answers.folder),
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
