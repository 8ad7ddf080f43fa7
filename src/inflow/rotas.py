"""The shifts of a `[[duty]]` as they are around a moment, and what is wrong with a rota before anything is touched."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from inflow.casework import rota
from inflow.casework.clocks import Clock
from inflow.casework.rota import CalendarError, Shift
from inflow.casework.settings import DutySettings
from inflow.casework.speaking import is_member
from inflow.routing.roles import Role

_TURN = {"day": 1, "week": 7}
_BEFORE, _AFTER = timedelta(days=35), timedelta(days=400)


def shifts(duty: DutySettings, *, around: datetime, zone: ZoneInfo) -> list[Shift]:
    """The shifts of a rota around a moment, in their order. Raises CalendarError and OSError for a calendar that cannot be read."""
    today = around.astimezone(zone).date()
    if duty.calendar:
        return _of_calendar(duty.calendar, duty.calendar.stat().st_mtime_ns, today, zone)
    if duty.rotation:
        return rota.rotation(duty.rotation, starts=duty.starts, days=_TURN[duty.every], around=today, zone=zone)
    return sorted(
        Shift(
            begins=rota.day_begins(one.first, zone),
            ends=rota.day_begins(one.last + timedelta(days=1), zone),
            who=one.who,
        )
        for one in duty.shifts
    )


@lru_cache(maxsize=32)
def _of_calendar(path: Path, _changed: int, day: date, zone: ZoneInfo) -> list[Shift]:
    since = rota.day_begins(day, zone)
    return rota.of_calendar(path.read_bytes(), since=since - _BEFORE, until=since + _AFTER, zone=zone)


def faults(
    key: str, duty: DutySettings, role: Role, *, domains: Sequence[str], clock: Clock, zone: ZoneInfo, now: datetime
) -> Iterator[str]:
    """What is wrong with a rota, each fault with its key: gaps, overlaps, people who may not answer for the role."""
    way = "calendar" if duty.calendar else "shifts" if duty.shifts else "rotation"
    try:
        found = shifts(duty, around=now, zone=zone)
    except OSError as error:
        yield f"{key}.calendar: cannot be read: {error.strerror}"
        return
    except CalendarError as error:
        yield f"{key}.calendar: {error}"
        return
    if not found:
        yield f"{key}.{way}: has no shift from now on"
    yield from (f"{key}.{way}: {fault}" for fault in rota.faults(found, clock, zone))
    for who in dict.fromkeys(one.who for one in found):
        if not is_member(who, role, domains):
            yield f"{key}.{way}: {who} is not a member of {role.name}, and could not answer its mail"
