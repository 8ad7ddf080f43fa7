"""What follows when a promise is about to break, or has: the role is warned, the case goes up a level, or the management hears of it."""

from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection

from inflow.casework import wording_time
from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, Status
from inflow.casework.promises import Promise, State, What
from inflow.desk import actions, letters, promises
from inflow.desk.asking import is_secret
from inflow.desk.world import World
from inflow.store import cases
from inflow.store import promises as store
from inflow.store.rows import Case


def warn(connection: Connection, world: World, case: Case, *, what: What) -> None:
    """Warn the role, if the promise still runs and there is still time."""
    one = _running(connection, case.number, what)
    role = world.settings.role(one.role) if one else None
    if one is None or role is None or one.due_at is None or one.due_at <= world.now():
        return
    due = _due(world, one)
    subject, text = wording_time.warned(
        world.settings.organisation.language, case=case.number, subject=case.subject, what=what, due=due
    )
    back = WayBack(way=Way.ROLE, number=case.number, role=role.name)
    letters.notice(connection, world, to=role.address, subject=subject, text=text, case=case, back=back)
    cases.happened(connection, case.number, Kind.WARNED, text=f"{what} is due {due}", by="clock", now=world.now())


def break_(connection: Connection, world: World, case: Case, *, what: What) -> None:
    """Time is up: the case goes up to the role's next, where there is none the management is told. The role hears of it."""
    one = _running(connection, case.number, what)
    if one is None or not store.break_(connection, case.number, what, now=world.now()):
        return
    due, now = _due(world, one), world.now()
    text = f"{what} was due {due}, by {one.role}"
    cases.happened(connection, case.number, Kind.PROMISE_BROKEN, text=text, by="clock", now=now)
    role = world.settings.role(one.role)
    language = world.settings.organisation.language
    next_ = role.next if role and case.status is not Status.CLOSED else None
    management = world.settings.other.management
    if role is not None:
        said = wording_time.broken(
            language,
            case=case.number,
            subject=case.subject,
            what=what,
            due=due,
            next_=next_ or "",
            management=bool(management),
        )
        back = WayBack(way=Way.ROLE, number=case.number, role=role.name)
        letters.notice(connection, world, to=role.address, subject=said[0], text=said[1], case=case, back=back)
    if next_:
        actions.escalate(connection, world, case.number, by="clock", why=f"{what} was promised by {due}")
    elif management:
        subject = f"#{case.number}" if is_secret(connection, world, case) else case.subject
        said = wording_time.broken_for_management(
            language, case=case.number, subject=subject, role=one.role, what=what, due=due
        )
        back = WayBack(way=Way.MANAGEMENT, number=case.number)
        letters.notice(connection, world, to=management, subject=said[0], text=said[1], case=case, back=back)


def _running(connection: Connection, number: int, what: What) -> Promise | None:
    unsettled = store.unsettled(connection, number)
    return next((one for one in unsettled if one.what is what and one.state is State.RUNNING), None)


def _due(world: World, one: Promise) -> str:
    zone = world.settings.organisation.zone
    return f"{one.due_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.due_at else ""


DEEDS: dict[str, Callable[[Connection, World, Case], None]] = {
    kind: partial(deed, what=what)
    for what in What
    for kind, deed in zip(promises.kinds(what), (warn, break_), strict=True)
}
"""What to do when a timer of a promise is due, by its kind."""
