"""A member answers in a case, and speaks for the organisation, if it may.

Nobody speaks for the organisation unasked: a reply is relayed only when its address is signed, its sender is a member of the
role, and the receiving server vouches for that sender. What fails is held, told to the role, and never goes out.
"""

from dataclasses import replace

from sqlalchemy import Connection

from inflow.casework import commands, conversation
from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.commands import Orders, Verb
from inflow.casework.conversation import Joined
from inflow.casework.letterhead import is_internal
from inflow.casework.refusals import refused
from inflow.casework.speaking import is_member, may_speak
from inflow.casework.wording import held_reply, outcome_of_commands
from inflow.desk import actions, letters, people, relays, threads
from inflow.desk.answers import NoAnswerError, keys, text_of
from inflow.desk.incoming import QUIET, incoming
from inflow.desk.orders import carry_out
from inflow.desk.relays import Answer
from inflow.desk.world import World
from inflow.mail.message import Message
from inflow.routing.roles import Role
from inflow.store import answers as used
from inflow.store import cases, deliveries, messages
from inflow.store.rows import Case


def answer(connection: Connection, world: World, number: int, source: int, *, message: Message, back: WayBack) -> None:
    """What came to a role's signed address: a member's answer and orders, or an outsider who got hold of it.

    1. an automatic mail joins quietly; an outsider is a sender like any other, but raises no hand for a role;
    2. a member that may not speak is held, the role is told why;
    3. orders are carried out and confirmed; when one is wrong, nothing goes out;
    4. what is left is relayed to the sender.
    """
    role = world.settings.managing if back.way is Way.MANAGEMENT else world.settings.role(back.role)
    sender = message.sender.address
    domains = world.settings.organisation.domains
    if back.way is not Way.ROLE and message.nature not in QUIET and role and not is_member(sender, role, domains):
        _ignore(
            connection,
            world,
            number,
            source,
            message=message,
            role=role,
            reason=f"{sender} is not a member of {role.name}",
        )
        return
    if message.nature in QUIET or role is None or not is_member(sender, role, domains):
        incoming(
            connection,
            world,
            cases.get(connection, number),
            source,
            message=message,
            joined=Joined(case=number, reason=f"it was sent to a signed address of case #{number}"),
            back=back,
        )
        return
    messages.turn(connection, source, "out")
    if reason := _reason_to_hold(connection, world, number, message=message, role=role):
        hold = _hold if back.way is Way.ROLE else _ignore
        hold(connection, world, number, source, message=message, role=role, reason=reason)
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
    orders = commands.read(message.reply_text, asked=back.way is Way.ASKED)
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
    keys_used = [one.argument for one in orders.commands if one.verb is Verb.ANSWER]
    orders, ready = _with_answers(connection, world, orders)
    last = [one for one in orders.commands if one.verb in _LAST]
    first = [one for one in orders.commands if one not in last]
    done = [carry_out(connection, world, number, one, role=role, message=message) for one in first]
    words = "\n\n".join(part for part in (orders.text, *ready) if part)
    if is_internal(words):
        raise NotPossibleError("it repeats what stands above a case and is for us alone: leave the history away")
    said = words or (not orders.commands and _brings_files(message))
    if said and back.way is Way.ROLE:
        answer = Answer(text=orders.text, role=role, ready=ready)
        _relay(connection, world, number, source, message=message, answer=answer)
        for key in keys_used:
            used.use(connection, number, key, now=world.now())
    elif words:
        actions.note(connection, world, number, words, by=message.sender.address)
    return done + [carry_out(connection, world, number, one, role=role, message=message) for one in last]


def _brings_files(message: Message) -> bool:
    """Whether a mail has attachments that a person put there."""
    return any(not one.inline and not one.content_type.endswith("signature") for one in message.attachments)


def _relay(connection: Connection, world: World, number: int, source: int, *, message: Message, answer: Answer) -> None:
    """The answer goes to who gets the answers; not to those whom the member's own reply to all went to already."""
    case = cases.get(connection, number)
    named = {one.address.lower() for one in (*message.to, *message.cc)}
    seen = [one.address for one in people.receivers(connection, case) if one.address in named]
    went = relays.relay(connection, world, case, answer, source=source, message=message, seen=named)
    if not seen and not went:
        raise NotPossibleError("the case has no sender to write to")
    said = f"for {answer.role.name}"
    if seen:
        said += f", sent to {', '.join(seen)} by the member's own reply to all"
    if more := [one for one in went if one != case.party.address]:
        said += f", to {', '.join(more)} too"
    cases.happened(connection, number, Kind.REPLIED, text=said, by=message.sender.address, now=world.now())


def _with_answers(connection: Connection, world: World, orders: Orders) -> tuple[Orders, tuple[str, ...]]:
    """The other orders, and the ready answers that were named. Raises NoAnswerError."""
    ready = tuple(text_of(connection, world, one.argument) for one in orders.commands if one.verb is Verb.ANSWER)
    rest = tuple(one for one in orders.commands if one.verb is not Verb.ANSWER)
    return replace(orders, commands=rest), ready


def _unknown(line: str) -> str:
    near = commands.nearest(line.split(maxsplit=1)[0].lstrip("/"), [verb.value for verb in Verb])
    return line + (f" (/{', /'.join(near)}?)" if near else "")


_LAST = frozenset({Verb.ROUTE, Verb.ESCALATE, Verb.CLOSE, Verb.REOPEN, Verb.MERGE, Verb.SPLIT})
"""What decides where a case stands: done after the text has gone out."""


def doubt(connection: Connection, world: World, joined: Joined, source: int, *, message: Message, fault: str) -> None:
    """A mail that cannot be told for a member's answer, by its `fault`, is held when it is from a member; from anyone else it is
    the sender's side."""
    case = cases.get(connection, joined.case)
    role = world.settings.role(case.role)
    by_member = role and is_member(message.sender.address, role, world.settings.organisation.domains)
    if role is None or not by_member or message.nature in QUIET:
        incoming(connection, world, case, source, message=message, joined=joined)
        return
    messages.turn(connection, source, "out")
    _hold(connection, world, joined.case, source, message=message, role=role, reason=fault)


def meant(connection: Connection, world: World, message: Message) -> Joined | None:
    """The case that a member names in the subject of an answer whose address cannot be read: there it is held."""
    _, tags = conversation.leads(message)
    for number in tags:
        found = cases.survivor(connection, number)
        role = world.settings.role(cases.get(connection, found).role) if found is not None else None
        if found and role and is_member(message.sender.address, role, world.settings.organisation.domains):
            return Joined(case=found, reason=f"its subject names case #{number}, and a member wrote it")
    return None


def astray(connection: Connection, joined: Joined, message: Message) -> str:
    """Why a mail that answers a forward of ours is no answer yet: it came to another address. Empty when it answers none."""
    answered, _ = conversation.leads(message)
    if not joined.ours or deliveries.source_of(connection, joined.case, answered[:1]) is None:
        return ""
    return "it answers a mail to a role, and did not come to the signed address of that mail"


def _ignore(
    connection: Connection, world: World, number: int, source: int, *, message: Message, role: Role, reason: str
) -> None:
    """A hand that was raised and does not count: it stays inside, and whoever has the case hears of it."""
    messages.turn(connection, source, "note")
    case, by = cases.get(connection, number), message.sender.address
    text = f"for {role.name}, in message {source}: {reason}"
    cases.happened(connection, number, Kind.HELD, text=text, by=by, now=world.now())
    owner = world.settings.role(case.role)
    if owner is not None:
        subject, words = held_reply(world.settings.organisation.language, number=number, sender=by, reason=reason)
        letters.notice(connection, world, to=owner.address, subject=subject, text=words, case=case)


def _hold(
    connection: Connection, world: World, number: int, source: int, *, message: Message, role: Role, reason: str
) -> None:
    case = cases.get(connection, number)
    text = commands.read(message.reply_text).text
    if text and not is_internal(text):
        answer = Answer(text=text, role=role)
        relays.relay(connection, world, case, answer, source=source, message=message, held=True)
    cases.happened(connection, number, Kind.HELD, text=reason, by=message.sender.address, now=world.now())
    owner = world.settings.role(case.role)
    role = owner if owner is not None and owner.confidential else role
    language = world.settings.organisation.language
    subject, words = held_reply(language, number=number, sender=message.sender.address, reason=reason)
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
    language = world.settings.organisation.language
    subject, text = outcome_of_commands(
        language,
        number=number,
        done=[one for one in done if one],
        faults=[refused(one, language) for one in faults],
        verbs=[verb.value for verb in Verb],
        roles=[f"{role.name} ({role.title or role.address})" for role in world.settings.roles],
        answers=keys(connection, world),
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
