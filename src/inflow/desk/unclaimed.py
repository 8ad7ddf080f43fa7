"""What people order about a case that nobody owns: ask everybody, say no for a role, decide that nobody handles it."""

import re
from pathlib import Path

from sqlalchemy import Connection

from inflow.casework import wording_other
from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, NotPossibleError, Status
from inflow.casework.codes import opens_a_door
from inflow.casework.conversation import tagged
from inflow.casework.quiet import may_answer
from inflow.desk import actions, asking, letters
from inflow.desk.world import World
from inflow.mail import compose
from inflow.mail.compose import Outgoing
from inflow.mail.message import Address, Message
from inflow.routing.roles import Role
from inflow.store import asked, cases, deliveries, messages
from inflow.store.rows import Case


def whose(connection: Connection, world: World, number: int, *, by: str, why: str = "") -> str:
    """Ask every role whose a case is; it lies with *other* from then on. Returns who was asked. Raises NotPossibleError when
    all have been asked, or nobody may be: it bears a key."""
    opening = asking.first_message(connection, number)
    if opening is not None and opens_a_door(opening):
        raise NotPossibleError("it bears a sign-in link or a one-time code: nobody but other gets it")
    asked.alone_with(connection, number)
    case = cases.get(connection, number)
    other = world.settings.other.role
    if case.status is Status.CLOSED:
        raise NotPossibleError(f"case #{number} is closed")
    if case.role != other:
        actions.route(connection, world, number, actions.role_named(world, other), by=by, why=why)
        case = cases.get(connection, number)
    if len(asked.lately(connection, number)) >= len(world.settings.roles) - 1:
        raise NotPossibleError(f"every role has been asked about case #{number}")
    return ", ".join(asking.ask(connection, world, case, by=by, why=why))


def pass_(connection: Connection, world: World, number: int, *, role: Role, by: str, why: str = "") -> None:
    """A role says that a case is not its own. *other* hears why, where it says so, and that all have passed, when they have: then the
    management is asked at once. Raises NotPossibleError when the role has answered, or somebody was faster."""
    asked.alone_with(connection, number)
    before = next((one.answer for one in asked.lately(connection, number) if one.role == role.name), None)
    if before is not None:
        raise NotPossibleError(f"{role.name} has answered for case #{number} already: {before}")
    waited_for = asked.answer(connection, number, role.name, "passed", by=by, why=why)
    text = f"{role.name}: not ours" + (f": {why}" if why else "")
    cases.happened(connection, number, Kind.PASSED, text=text, by=by, now=world.now())
    if waited_for:
        _count(connection, world, cases.get(connection, number), role, why=why)


def _count(connection: Connection, world: World, case: Case, role: Role, *, why: str) -> None:
    answers = asked.lately(connection, case.number)
    passed = [one for one in answers if one.answer == "passed"]
    if len(passed) == len(answers):
        _all_passed(connection, world, case, answers)
    elif why:
        counts = (len(passed), len(answers))
        language = world.settings.organisation.language
        said = wording_other.passed(
            language, case=case.number, subject=case.subject, role=role.name, why=why, counts=counts
        )
        _tell_other(connection, world, case, said)


def _all_passed(connection: Connection, world: World, case: Case, answers: list[asked.Asked]) -> None:
    management = world.settings.other.management
    said = wording_other.all_passed(
        world.settings.organisation.language,
        case=case.number,
        subject=case.subject,
        answers=[(one.role, one.answer, one.why) for one in answers],
        management=bool(management),
    )
    _tell_other(connection, world, case, said)
    asking.to_management(connection, world, case)


def _tell_other(connection: Connection, world: World, case: Case, said: tuple[str, str]) -> None:
    other = actions.role_named(world, world.settings.other.role)
    back = WayBack(way=Way.ROLE, number=case.number, role=other.name)
    letters.notice(connection, world, to=other.address, subject=said[0], text=said[1], case=case, back=back)


def decline(connection: Connection, world: World, number: int, reason: str, *, by: str) -> str:
    """Nobody handles such matters: the sender reads why, if it may be written to at all, and the case is closed. Returns who was
    told. Raises NotPossibleError when a role has the case, or it is closed."""
    asked.alone_with(connection, number)
    case = cases.get(connection, number)
    if case.status is not Status.UNCLAIMED:
        raise NotPossibleError(f"case #{number} is not without an owner: it is {case.status} with {case.role}")
    if not reason.strip():
        raise NotPossibleError("say why: the reason goes to the sender")
    opening = asking.first_message(connection, number)
    silent = may_answer(opening, own=world.settings.own_addresses) if opening else "there is no mail to answer"
    if opening is not None and silent is None:
        _answer(connection, world, case, opening, reason=reason, by=by)
        cases.happened(connection, number, Kind.REPLIED, text="declined", by=by, now=world.now())
    asked.take(connection, number, said="over")
    told = f"{case.party.address} was told" if silent is None else f"nobody was told: {silent}"
    shortened = " ".join(reason.split())[:500]
    cases.happened(connection, number, Kind.DECLINED, text=f"{shortened} ({told})", by=by, now=world.now())
    return told


def _answer(connection: Connection, world: World, case: Case, opening: Message, *, reason: str, by: str) -> None:
    organisation, mailbox, now = world.settings.organisation, world.settings.mailbox(case.mailbox), world.now()
    language = wording_other.declining(opening.language or organisation.language)
    template = _template(world.settings.answers.folder, language)
    text = wording_other.declined(language, template, reason=reason, organisation=organisation.name)
    sender = Address(name=organisation.name, address=mailbox.address)
    back = letters.signed(world, mailbox, WayBack(way=Way.SENDER, number=case.number))
    answering = case.subject if re.match(r"(?i)(re|sv)\s*:", case.subject) else f"Re: {case.subject}"
    outgoing = Outgoing(
        from_=sender,
        to=(Address(name=case.party.name, address=case.party.address),),
        reply_to=Address(name=organisation.name, address=back),
        subject=tagged(answering, case.number),
        date=compose.at(now.astimezone(organisation.zone)),
        message_id=letters.new_message_id(mailbox),
        in_reply_to=opening.message_id or "",
        references=(opening.message_id,) if opening.message_id else (),
        headers=(("X-Loop", mailbox.address),),
        text=text + "\n",
    )
    raw = f"From: {by}\nDate: {now.isoformat()}\nSubject: #{case.number}\n\n{text}".encode("utf-8", "replace")
    said = Message(raw=raw, headers={}, subject=outgoing.subject, from_=(sender,), date=now, text=text, reply_text=text)
    messages.write(connection, raw, case.number, said, direction="out", mailbox=case.mailbox, now=now)
    deliveries.queue(connection, outgoing, kind="relay", case=case.number, sender=mailbox.address, now=now)


def _template(folder: Path, language: str) -> str | None:
    """The organisation's own words, `decline.LANGUAGE.txt` beside the ready answers, with {reason} where the reason goes."""
    path = folder / f"decline.{language}.txt"
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        return None
    return text.strip() if "{reason}" in text else text.strip() + "\n\n{reason}"
