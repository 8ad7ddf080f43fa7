"""What is done to a case, one function a verb: status, event and outbox in the caller's one transaction.

The command line, mail commands and clocks all come here, so that the same deed leaves the same traces.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection

from inflow.casework.case import Kind, NotPossibleError, Status
from inflow.casework.conversation import tagged
from inflow.desk import asking, letters, people, promises
from inflow.desk.world import World
from inflow.mail.message import Address, Message
from inflow.mail.parse import parse
from inflow.routing.decision import Candidate, DecidedBy, Decision
from inflow.routing.roles import Role
from inflow.store import asked, cases, leads, messages, opening, timers
from inflow.store.opening import New
from inflow.store.rows import Case


class NoRoleError(Exception):
    """There is no role with this name; the message says which there are."""


def role_named(world: World, name: str) -> Role:
    """The role of that name, whatever its capitals. Raises NoRoleError, which names those that exist."""
    role = world.settings.role(name.strip().lower())
    if role is None:
        names = ", ".join(one.name for one in world.settings.roles)
        raise NoRoleError(f"there is no role {name!r}; there are: {names}")
    return role


def route(connection: Connection, world: World, number: int, role: Role, *, by: str, why: str = "") -> None:
    """A person moves a case to another role: it is forwarded there with what was said before, and the move teaches.
    Raises NotPossibleError when it lies there already."""
    _hand_over(connection, world, number, role, by=by, kind=Kind.ROUTED, why=why)


def claim(connection: Connection, world: World, number: int, role: Role, *, by: str, why: str = "") -> None:
    """A role says 'this is ours'. Raises NotPossibleError when another role has it or had it first."""
    asked.alone_with(connection, number)
    case = cases.get(connection, number)
    if case.status is not Status.UNCLAIMED:
        raise NotPossibleError(f"case #{number} is not unclaimed: {case.role} has it")
    _hand_over(connection, world, number, role, by=by, kind=Kind.CLAIMED, why=why)


def escalate(connection: Connection, world: World, number: int, *, by: str, why: str = "") -> Role:
    """The case goes up to the role's next. Returns it. Raises NotPossibleError when there is none."""
    case = cases.get(connection, number)
    role = world.settings.role(case.role)
    following = world.settings.role(role.next) if role and role.next else None
    if following is None:
        raise NotPossibleError(f"{case.role} has no next level; `route` moves a case to any role")
    _hand_over(connection, world, number, following, by=by, kind=Kind.ESCALATED, why=why)
    return following


def _hand_over(connection: Connection, world: World, number: int, role: Role, *, by: str, kind: Kind, why: str) -> None:
    case = cases.get(connection, number)
    if case.role == role.name and case.status is not Status.CLOSED:
        raise NotPossibleError(f"case #{number} lies with {role.name} already")
    verb = {Kind.CLAIMED: "claimed by", Kind.ESCALATED: "escalated by"}.get(kind, "moved by")
    reasons = (f"{verb} {by}", *((why,) if why else ()))
    decision = Decision(
        role=role.name,
        by=DecidedBy.PERSON,
        confidence=1.0,
        reasons=reasons,
        candidates=(Candidate(role=role.name, confidence=1.0),),
    )
    cases.decide(connection, number, decision, level=role.level, now=world.now())
    text = f"from {case.role} to {role.name}" + (f": {why}" if why else "")
    with_other = role.name == world.settings.other.role
    cases.happened(connection, number, kind, text=text, by=by, now=world.now(), with_other=with_other)
    asking.taken(connection, world, number, role)
    timers.clear(connection, number, asking.CLOCKS)
    if with_other:
        asking.set_clocks(connection, world, number)
    if kind is not Kind.ESCALATED and case.role != role.name:
        cases.correct(connection, number, from_role=case.role, to_role=role.name, by=by, now=world.now())
    _forward_latest(connection, world, number, role)


def forward_to_owner(
    connection: Connection, world: World, case: Case, source: int, *, message: Message, reasons: Sequence[str]
) -> None:
    """A message of a case to the role that has it, which reads why it comes and what else it ought to know."""
    role = world.settings.role(case.role) or role_named(world, world.settings.other.role)
    told = tuple(reason for reason in reasons if reason)
    letters.forward(connection, world, replace(case, reasons=told), role, source=source, message=message)


def _forward_latest(connection: Connection, world: World, number: int, role: Role) -> None:
    """The latest message of the sender, with what was said before, to a role that has not seen it."""
    incoming = [one for one in messages.of_case(connection, number) if one["direction"] == "in"]
    if not incoming:
        return
    latest = incoming[-1]["id"]
    message = parse(messages.raw(connection, latest), own_domains=world.settings.organisation.domains)
    quarantined = incoming[-1]["state"] == "quarantined"
    case = cases.get(connection, number)
    letters.forward(connection, world, case, role, source=latest, message=message, file=quarantined, trail=True)


def close(connection: Connection, world: World, number: int, *, by: str, why: str = "") -> None:
    """The matter is settled. Raises NotPossibleError when the case is closed already."""
    cases.happened(connection, number, Kind.CLOSED, text=why or "closed", by=by, now=world.now())


def reopen(connection: Connection, world: World, number: int, *, by: str, why: str = "") -> None:
    """The matter is not settled after all. Raises NotPossibleError when the case is open."""
    case = cases.get(connection, number)
    with_other = case.role == world.settings.other.role
    cases.happened(
        connection, number, Kind.REOPENED, text=why or "reopened", by=by, now=world.now(), with_other=with_other
    )
    if with_other:
        asking.set_clocks(connection, world, number)


def note(connection: Connection, world: World, number: int, text: str, *, by: str) -> None:
    """A note that stays inside: part of the conversation, never sent to the sender."""
    case = cases.get(connection, number)
    now = world.now()
    raw = f"From: {by}\nDate: {now.isoformat()}\n\n{text}".encode("utf-8", "replace")
    said = Message(
        raw=raw,
        headers={},
        subject=tagged(case.subject, number),
        from_=(Address(name="" if "@" in by else by, address=by if "@" in by else ""),),
        date=now,
        text=text,
        reply_text=text,
    )
    messages.write(connection, raw, number, said, direction="note", mailbox=case.mailbox, now=now)
    cases.happened(connection, number, Kind.NOTED, text=_shortened(text), by=by, now=now)


def label(connection: Connection, world: World, number: int, name: str, *, by: str) -> None:
    """Mark a case with a label."""
    cases.get(connection, number)
    cases.add_label(connection, number, name)
    cases.happened(connection, number, Kind.LABELLED, text=name, by=by, now=world.now())


def merge(connection: Connection, world: World, number: int, into: int, *, by: str) -> Case:
    """Two cases are one matter: everything of `number` is part of `into` from now on. Returns the survivor.
    Raises NotPossibleError for a case merged into itself, NoCaseError for one that is not there."""
    case = cases.get(connection, number)
    survivor = cases.survivor(connection, into)
    if survivor is None:
        raise cases.NoCaseError(into)
    if survivor == cases.survivor(connection, number):
        raise NotPossibleError(f"case #{number} and case #{into} are one already")
    cases.merge(connection, number, survivor)
    cases.happened(connection, number, Kind.MERGED, text=f"into #{survivor}", by=by, now=world.now())
    told = people.standing(connection, world, cases.get(connection, survivor), case.party.address)
    text = "; ".join(part for part in (f"#{number} is part of this case now", told) if part)
    cases.happened(connection, survivor, Kind.MERGED_IN, text=text, by=by, now=world.now())
    return cases.get(connection, survivor)


def link(connection: Connection, world: World, number: int, other: int, *, by: str) -> None:
    """Two cases have to do with each other: each says so."""
    if number == other:
        raise NotPossibleError("a case cannot be linked to itself")
    for one, another in ((number, other), (other, number)):
        cases.get(connection, one)
        cases.happened(connection, one, Kind.LINKED, text=f"#{another}", by=by, now=world.now())


def split(connection: Connection, world: World, number: int, ids: Sequence[int], *, by: str) -> int:
    """Chosen messages become a case of their own, with the same role and sender. Returns its number.
    Raises NotPossibleError when nothing would be left or nothing would move."""
    case = cases.get(connection, number)
    there = {one["id"]: one for one in messages.of_case(connection, number)}
    chosen = [there[id_] for id_ in ids if id_ in there]
    if not chosen or len(chosen) == len(there):
        raise NotPossibleError(f"choose some of the messages of case #{number}: {', '.join(map(str, there))}")
    role = role_named(world, case.role)
    decided = Decision(
        role=role.name, by=DecidedBy.PERSON, confidence=1.0, reasons=(f"split from case #{number} by {by}",)
    )
    sender = Address(name=case.party.name, address=case.party.address)
    opened = opening.open_case(
        connection,
        New(
            subject=chosen[0]["subject"],
            sender=sender,
            kind=case.party.kind,
            mailbox=case.mailbox,
            decided=decided,
            level=role.level,
            happenings=[(Kind.OPENED, f"split from #{number}", by), (Kind.ROUTED, routed(decided), by)],
            with_other=role.name == world.settings.other.role,
        ),
        now=world.now(),
    )
    created = opened.number
    cases.split(connection, number, created, [one["id"] for one in chosen])
    leads.take_part(connection, created, [sender])
    cases.happened(
        connection, number, Kind.SPLIT, text=f"{len(chosen)} messages are case #{created} now", by=by, now=world.now()
    )
    _forward_latest(connection, world, created, role)
    promises.follow(connection, world, created)
    return created


def _shortened(text: str, longest: int = 200) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def routed(decision: Decision) -> str:
    """The text of the event that tells of a decision."""
    return f"to {decision.role}: {'; '.join(decision.reasons)}"
