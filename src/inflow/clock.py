"""What is due by time: an unclaimed case is asked about, then becomes a question for the management. Each timer fires once."""

from collections.abc import Callable

import structlog
from sqlalchemy import Connection

from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, Status
from inflow.casework.codes import opens_a_door
from inflow.casework.wording import for_the_management, no_answer_yet, whose_is_this
from inflow.desk import letters
from inflow.desk.world import World
from inflow.mail.parse import parse
from inflow.store import cases, messages, timers
from inflow.store.rows import Case
from inflow.store.timers import Timer

BATCH = 100
log = structlog.get_logger()


def step(world: World) -> int:
    """One round: every timer that is due fires, each in a transaction of its own. Returns how many did."""
    with world.database.reading() as connection:
        due = timers.due(connection, now=world.now(), limit=BATCH)
    fired = 0
    for timer in due:
        with world.database.writing() as connection:
            if timers.take(connection, timer.id):
                fire(connection, world, timer)
                fired += 1
    return fired


def fire(connection: Connection, world: World, timer: Timer) -> None:
    """Do what a timer stands for, if there is still a reason to."""
    case = cases.get(connection, timer.case)
    if timer.kind == "remind" and case.status is not Status.CLOSED:
        remind(connection, world, case)
    deed = _DEEDS.get(timer.kind)
    if deed is not None and case.status is Status.UNCLAIMED and not _bears_a_key(connection, case):
        log.info("timer fired", case=case.number, kind=timer.kind)
        deed(connection, world, case)


def _bears_a_key(connection: Connection, case: Case) -> bool:
    """Whether a case began with a sign-in link or a code, which is for *other* alone: nobody is asked whose it is."""
    raw = messages.opening(connection, case.number)
    return raw is not None and opens_a_door(parse(raw))


def ask(connection: Connection, world: World, case: Case) -> None:
    """Whose is this? Every role is asked, briefly and once; of a confidential matter only the subject is shown."""
    language = world.settings.organisation.language
    first = next((one for one in messages.of_case(connection, case.number) if one["direction"] == "in"), None)
    words = (first["reply_text"] or first["text"])[:600] if first else ""
    for role in world.settings.roles:
        if role.name != world.settings.other.role:
            subject, text = whose_is_this(
                language, case=case.number, subject=case.subject, sender=case.party.address, words=words
            )
            back = WayBack(way=Way.ASKED, number=case.number, role=role.name)
            letters.notice(connection, world, to=role.address, subject=subject, text=text, case=case, back=back)
    asked = ", ".join(role.name for role in world.settings.roles if role.name != world.settings.other.role)
    cases.happened(connection, case.number, Kind.ASKED, text=f"whose is this? {asked}", by="clock", now=world.now())


def to_management(connection: Connection, world: World, case: Case) -> None:
    """No hand was raised: it is a question for the management."""
    address = world.settings.other.management
    if address:
        subject, text = for_the_management(
            world.settings.organisation.language, case=case.number, subject=case.subject, sender=case.party.address
        )
        back = WayBack(way=Way.ASKED, number=case.number, role=world.settings.other.role)
        letters.notice(connection, world, to=address, subject=subject, text=text, case=case, back=back)
    told = address or "nobody: other.management is not set"
    cases.happened(connection, case.number, Kind.MANAGEMENT, text=f"a question for {told}", by="clock", now=world.now())


def remind(connection: Connection, world: World, case: Case) -> None:
    """Somebody was asked and has not answered: the owner hears of it."""
    role = world.settings.role(case.role)
    if role is not None:
        subject, text = no_answer_yet(world.settings.organisation.language, case=case.number, subject=case.subject)
        back = WayBack(way=Way.ROLE, number=case.number, role=role.name)
        letters.notice(connection, world, to=role.address, subject=subject, text=text, case=case, back=back)


_DEEDS: dict[str, Callable[[Connection, World, Case], None]] = {"ask": ask, "management": to_management}
