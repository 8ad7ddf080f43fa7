"""Who is on duty: shifts in a row, from a rotation, from dates, or from an iCalendar file (RFC 5545).

A shift begins when its first day does in the organisation's zone, and ends when the next begins.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar

from inflow.casework.clocks import Clock, worked

_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+\.[^\s<>()\[\],;:\".]+")
_MOST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Shift:
    """Somebody's duty from a moment until another."""

    begins: datetime
    ends: datetime
    who: str


class CalendarError(ValueError):
    """A file that is no calendar of shifts; the message says what is wrong with it."""


def day_begins(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def rotation(who: Sequence[str], *, starts: date, days: int, around: date, zone: tzinfo) -> list[Shift]:
    """The shifts of people who take turns of so many days for ever: those around a day, one turn of all of them before it and two after."""
    turn = (around - starts).days // days
    turns = range(turn - len(who), turn + 2 * len(who) + 1)
    first = [(starts + timedelta(days=one * days), who[one % len(who)]) for one in turns]
    return [
        Shift(begins=day_begins(day, zone), ends=day_begins(day + timedelta(days=days), zone), who=name)
        for day, name in first
    ]


def of_calendar(text: bytes, *, since: datetime, until: datetime, zone: tzinfo) -> list[Shift]:
    """The shifts of a calendar between two moments, in their order: each event with a mail address among its attendees, else in its
    summary. Raises CalendarError."""
    try:
        calendar: Any = Calendar.from_ical(text)
        events = [one for one in calendar.walk("VEVENT") if str(one.get("STATUS", "")) != "CANCELLED"]
        moved = {
            (str(one.get("UID")), _start(one["RECURRENCE-ID"].dt, zone)) for one in events if "RECURRENCE-ID" in one
        }
        found = [shift for one in events for shift in _shifts(one, moved, zone=zone, within=(since, until))]
    except CalendarError:
        raise
    except Exception as error:  # whatever a file holds, the operator gets a sentence
        raise CalendarError(f"is not an iCalendar file: {error}") from error
    return sorted(found)


def _shifts(
    event: Any, moved: set[tuple[str, datetime]], *, zone: tzinfo, within: tuple[datetime, datetime]
) -> Iterator[Shift]:
    since, until = within
    who = _who(event)
    begins = _start(event["DTSTART"].dt, zone)
    ends = _start(event["DTEND"].dt, zone) if "DTEND" in event else begins + _length(event)
    length = ends.astimezone(zone).replace(tzinfo=None) - begins.astimezone(zone).replace(tzinfo=None)
    for start in _starts(event, zone=zone, until=until):
        begins_at, ends_at = start.astimezone(UTC), _after(start, length, zone)
        replaced = "RECURRENCE-ID" not in event and (str(event.get("UID")), begins_at) in moved
        if ends_at > since and begins_at < until and not replaced:
            yield Shift(begins=begins_at, ends=ends_at, who=who)


def _starts(event: Any, *, zone: tzinfo, until: datetime) -> Iterator[datetime]:
    """When an event begins, each time: its rule counts wall-clock time, so that eight o'clock stays eight o'clock."""
    begins = _start(event["DTSTART"].dt, zone).astimezone(zone)
    if "RRULE" not in event:
        yield begins
        return
    skipped = event.get("EXDATE", [])
    off = {
        _start(one.dt, zone)
        for many in (skipped if isinstance(skipped, list) else [skipped])
        for one in getattr(many, "dts", [])
    }
    words = re.sub(r"UNTIL=(\d{8})(T\d{6})?Z?", r"UNTIL=\1T235959", event["RRULE"].to_ical().decode())
    rule = rrulestr(words, dtstart=begins.replace(tzinfo=None))
    for number, wall in enumerate(rule):
        start = wall.replace(tzinfo=zone)
        if start > until or number > _MOST:
            return
        if start.astimezone(UTC) not in off:
            yield start


def _after(start: datetime, length: timedelta, zone: tzinfo) -> datetime:
    """The end of a shift by the wall clock, so that a week is a week when the clocks change."""
    wall = start.astimezone(zone).replace(tzinfo=None) + length
    return wall.replace(tzinfo=zone).astimezone(UTC)


def _start(value: date | datetime, zone: tzinfo) -> datetime:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)
    return day_begins(value, zone)


def _length(event: Any) -> timedelta:
    if "DURATION" in event:
        return timedelta(seconds=event["DURATION"].dt.total_seconds())
    return timedelta(0) if isinstance(event["DTSTART"].dt, datetime) else timedelta(days=1)


def _who(event: Any) -> str:
    attending = event.get("ATTENDEE", [])
    named = [str(one) for one in (attending if isinstance(attending, list) else [attending])]
    for text in (*named, str(event.get("SUMMARY", ""))):
        if match := _ADDRESS.search(re.sub(r"(?i)^mailto:", "", text)):
            return match[0].lower()
    raise CalendarError(
        f"the event {str(event.get('SUMMARY', '?'))!r} names nobody: give it an attendee with a mail address"
    )


def on_duty(shifts: Sequence[Shift], moment: datetime) -> Shift | None:
    """The shift that a moment lies in; the one that began last, should there be two."""
    return max((one for one in shifts if one.begins <= moment < one.ends), default=None)


def faults(shifts: Sequence[Shift], clock: Clock, zone: tzinfo) -> Iterator[str]:
    """Where two shifts of a rota overlap, and where working time lies between two of them."""
    for one, following in pairwise(sorted(shifts)):
        if following.begins < one.ends:
            yield f"overlap: {one.who} until {_day(one.ends, zone)}, {following.who} from {_day(following.begins, zone)}"
        elif worked(clock, one.ends, following.begins):
            yield f"gap: nobody from {_day(one.ends, zone)} until {_day(following.begins, zone)}"


def _day(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%Y-%m-%d}" if local.time() == time() else f"{local:%Y-%m-%d %H:%M}"


def with_swaps(shifts: Sequence[Shift], swaps: Sequence[Shift]) -> list[Shift]:
    """A rota as it is manned: a swap takes its stretch from whoever had it, a later swap from an earlier."""
    manned = list(shifts)
    for taken in swaps:
        left = [part for one in manned for part in _without(one, taken)]
        manned = sorted([*left, taken])
    return manned


def _without(shift: Shift, taken: Shift) -> Iterator[Shift]:
    if shift.begins < min(shift.ends, taken.begins):
        yield Shift(begins=shift.begins, ends=min(shift.ends, taken.begins), who=shift.who)
    if max(shift.begins, taken.ends) < shift.ends:
        yield Shift(begins=max(shift.begins, taken.ends), ends=shift.ends, who=shift.who)


def next_of(shifts: Sequence[Shift], who: str, moment: datetime) -> Shift | None:
    """The first shift of somebody that has not ended yet."""
    return min((one for one in shifts if one.who.lower() == who.lower() and one.ends > moment), default=None)


def last_day(shift: Shift, zone: tzinfo) -> date:
    """The last day of a shift of whole days."""
    return (shift.ends.astimezone(zone) - timedelta(seconds=1)).date()
