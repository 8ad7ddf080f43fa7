"""Whose is this? Every role is asked once, briefly; the first hand wins and the others hear of it; without a hand the management is
asked. Of what may be confidential nobody sees more than subject and kind.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from inflow.casework import wording_other
from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind
from inflow.casework.clocks import as_work, due
from inflow.casework.links import Link
from inflow.desk import letters
from inflow.desk.world import World
from inflow.mail.message import Message
from inflow.mail.parse import parse
from inflow.routing.roles import Role
from inflow.store import asked, cases, gaps, messages, timers
from inflow.store.rows import Case

LIKELY = 0.2
"""From this confidence on, a confidential role among the candidates means that the content may be confidential."""
CLOCKS = ("ask", "management")


def set_clocks(connection: Connection, world: World, number: int) -> None:
    """An unclaimed case is asked about after a while, and then becomes a question for the management."""
    other = world.settings.other
    clock = world.settings.clock(other.role)
    ask_at = due(clock, world.now(), as_work(clock, other.ask_after))
    management_at = due(clock, ask_at, as_work(clock, other.management_after))
    timers.set_all(connection, number, {"ask": ask_at, "management": management_at})


def ask(connection: Connection, world: World, case: Case, *, by: str, why: str = "") -> list[str]:
    """Ask every role but *other* whose a case is; nobody who was asked since it lies there is asked again. Returns who was asked."""
    already = {one.role for one in asked.lately(connection, case.number)}
    roles = [role for role in world.settings.roles if role.name not in {world.settings.other.role, *already}]
    if not roles:
        return []
    asked.ask(connection, case.number, [role.name for role in roles], now=world.now())
    for role in roles:
        _question(connection, world, case, role)
    names = [role.name for role in roles]
    text = f"whose is this? {', '.join(names)}" + (f": {why}" if why else "")
    cases.happened(connection, case.number, Kind.ASKED, text=text, by=by, now=world.now())
    clock = world.settings.clock(world.settings.other.role)
    timers.clear(connection, case.number, ("ask",))
    if by != "clock":
        due_at = due(clock, world.now(), as_work(clock, world.settings.other.management_after))
        timers.set_(connection, case.number, "management", due_at=due_at)
    return names


def _question(connection: Connection, world: World, case: Case, role: Role) -> None:
    subject, text = wording_other.whose_is_this(
        world.settings.organisation.language,
        case=case.number,
        subject=case.subject,
        about=about(connection, world, case),
    )
    letters.notice(
        connection,
        world,
        to=role.address,
        subject=subject,
        text=text,
        case=case,
        back=WayBack(way=Way.ASKED, number=case.number, role=role.name),
        links=(Link(order="/claim", label="/claim"), Link(order="/pass", label="/pass")),
    )


def about(connection: Connection, world: World, case: Case) -> str:
    """What may be told of a case to those who do not have it."""
    first = next((one for one in messages.of_case(connection, case.number) if one["direction"] == "in"), None)
    return wording_other.about(
        world.settings.organisation.language,
        subject=case.subject,
        sender=case.party.address,
        kind=case.party.kind,
        words=(first["reply_text"] or first["text"])[:600] if first else "",
        secret=is_secret(connection, world, case),
    )


def is_secret(connection: Connection, world: World, case: Case) -> bool:
    """Whether what a case says may be confidential: such a role has or had it, or is a likely one."""
    had = {one["role"] for one in cases.decisions(connection, case.number)}
    return seems_secret(world, case) or bool(had & {role.name for role in world.settings.roles if role.confidential})


def seems_secret(world: World, case: Case) -> bool:
    """The same of a case that nobody has moved."""
    confidential = {role.name for role in world.settings.roles if role.confidential}
    likely = {one["role"] for one in case.candidates[:3] if one["confidence"] >= LIKELY}
    return bool(confidential & {case.role, *likely})


def taken(connection: Connection, world: World, number: int, role: Role) -> None:
    """A case has a role now: those who were asked and have not answered need not."""
    case = cases.get(connection, number)
    asked.answer(connection, number, role.name, "claimed", by=case.role)
    for name in asked.take(connection, number):
        if (told := world.settings.role(name)) is not None:
            subject, text = wording_other.taken(
                world.settings.organisation.language,
                case=number,
                subject=case.subject,
                role=role.title or role.name,
            )
            letters.notice(connection, world, to=told.address, subject=subject, text=text, case=case)


def to_management(connection: Connection, world: World, case: Case) -> None:
    """No hand was raised: it is a question for the management, and a gap."""
    answers = asked.lately(connection, case.number)
    passed = sum(one.answer == "passed" for one in answers)
    gaps.remember(connection, case.number, asked=len(answers), passed=passed, now=world.now())
    timers.clear(connection, case.number, CLOCKS)
    address = world.settings.other.management
    if address:
        subject, text = wording_other.for_the_management(
            world.settings.organisation.language,
            case=case.number,
            subject=case.subject,
            about=about(connection, world, case),
            answers=[(one.role, one.answer, one.why) for one in answers],
            roles=[role.name for role in world.settings.roles],
        )
        back = WayBack(way=Way.MANAGEMENT, number=case.number)
        links = _routes(world, case)
        letters.notice(connection, world, to=address, subject=subject, text=text, case=case, back=back, links=links)
    told = address or "nobody: other.management is not set"
    text = f"a question for {told}: {len(answers)} were asked, {passed} passed"
    cases.happened(connection, case.number, Kind.MANAGEMENT, text=text, by="clock", now=world.now())


def _routes(world: World, case: Case) -> Sequence[Link]:
    """An order for each role, the likely ones first."""
    likely = [one["role"] for one in case.candidates]
    roles = [role for role in world.settings.roles if role.name != world.settings.other.role]
    roles.sort(key=lambda role: likely.index(role.name) if role.name in likely else len(likely))
    return [Link(order=f"/route {role.name}", label=f"/route {role.name}", beside=role.title) for role in roles[:10]]


def first_message(connection: Connection, number: int) -> Message | None:
    """The mail that opened a case, read anew; None: it has none."""
    raw = messages.opening(connection, number)
    return parse(raw) if raw is not None else None
