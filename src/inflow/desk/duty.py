"""Who mans a role right now, and swaps of duty. The role's mailbox gets its mail in any case; the one on duty gets it as well."""

from datetime import date, timedelta

import structlog
from sqlalchemy import Connection

from inflow import rotas
from inflow.casework import rota
from inflow.casework.case import NotPossibleError
from inflow.casework.rota import CalendarError, Shift
from inflow.casework.speaking import is_member
from inflow.desk.world import World
from inflow.routing.roles import Role
from inflow.store import swaps

NOON = timedelta(hours=12)
log = structlog.get_logger()


def shifts(connection: Connection, world: World, role: str) -> list[Shift]:
    """The shifts of a role around now, as they are manned; empty where it has no rota, or a calendar that cannot be read."""
    duty = next((one for one in world.settings.duties if one.role == role), None)
    if duty is None:
        return []
    now = world.now()
    try:
        planned = rotas.shifts(duty, around=now, zone=world.settings.organisation.zone)
    except (OSError, CalendarError) as error:
        log.warning("rota not usable: nobody but the role's mailbox gets its mail", role=role, error=str(error))
        return []
    if not planned:
        return []
    return rota.with_swaps(planned, swaps.since(connection, role, min(one.begins for one in planned)))


def on_duty(connection: Connection, world: World, role: str) -> str:
    """The address of the one who mans a role now, if it may have the role's mail; empty: nobody."""
    shift = rota.on_duty(shifts(connection, world, role), world.now())
    manned = world.settings.role(role)
    if shift is None or manned is None or not is_member(shift.who, manned, world.settings.organisation.domains):
        return ""
    return shift.who


def receivers(connection: Connection, world: World, address: str) -> list[str]:
    """Who gets a mail to an address: itself, and where it is a role's the one on duty."""
    role = next((one.name for one in world.settings.roles if one.address.lower() == address.lower()), None)
    manned = on_duty(connection, world, role) if role and world.settings.duties else ""
    return [address] + ([manned] if manned and manned.lower() != address.lower() else [])


def swap(connection: Connection, world: World, role: Role, words: str, *, by: str) -> str:
    """Two change places: `words` are who takes over, and the day where it is not the next shift of `by`. Who takes over gives their own
    next shift for it, if they have one. Returns what was agreed. Raises NotPossibleError."""
    who, _, day = words.strip().partition(" ")
    if not is_member(who, role, world.settings.organisation.domains):
        raise NotPossibleError(f"{who or 'nobody'} is not a member of {role.name}, and could not answer its mail")
    now = world.now()
    manned = [one for one in shifts(connection, world, role.name) if one.ends > now]
    if not manned:
        raise NotPossibleError(f"{role.name} has no rota")
    given = _of_day(manned, day.strip(), world) if day.strip() else rota.next_of(manned, by, now)
    if given is None:
        raise NotPossibleError(f"{by} has no shift ahead: name the day, as in /swap {who} {now:%Y-%m-%d}")
    if given.who.lower() == who.lower():
        raise NotPossibleError(f"{who} has that shift already")
    back = rota.next_of(manned, who, given.ends)
    agreed = [Shift(begins=max(given.begins, now), ends=given.ends, who=who)]
    agreed += [Shift(begins=back.begins, ends=back.ends, who=given.who)] if back else []
    for one in agreed:
        swaps.swapped(connection, role.name, one, by=by, now=now)
    return "; ".join(f"{one.who} {told(one, world)}" for one in agreed)


def _of_day(manned: list[Shift], day: str, world: World) -> Shift | None:
    try:
        begins = rota.day_begins(date.fromisoformat(day), world.settings.organisation.zone)
    except ValueError:
        raise NotPossibleError(f"{day!r} is not a day; write for example {world.now():%Y-%m-%d}") from None
    found = rota.on_duty(manned, begins + NOON)
    if found is None:
        raise NotPossibleError(f"the rota says nothing of {day}")
    return found


def told(shift: Shift, world: World) -> str:
    """When a shift is, in days where it is whole days."""
    zone = world.settings.organisation.zone
    begins, ends = shift.begins.astimezone(zone), shift.ends.astimezone(zone)
    if begins.time() == ends.time() and not begins.hour:
        last = rota.last_day(shift, zone)
        return f"{begins:%Y-%m-%d}" if last == begins.date() else f"{begins:%Y-%m-%d} - {last:%Y-%m-%d}"
    return f"{begins:%Y-%m-%d %H:%M} - {ends:%Y-%m-%d %H:%M}"
