"""Working time: when does an amount of work end, and how much of it lies between two moments. True to the zone across daylight
saving: what counts are hours that pass, not what the clock on the wall says.

Without a clock (None) every hour counts. Moments are aware; what comes back is in UTC.
"""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

DAY = timedelta(days=1)
_NO_TIME = timedelta(0)
_LONGEST = 366 * 20
"""Days looked through for work before giving up: a clock that hardly ever runs must not hang anyone."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LINE = re.compile(
    r"([a-z]{3})(?:\s*-\s*([a-z]{3}))?\s+(\d{1,2})(?::(\d\d))?\s*-\s*(\d{1,2})(?::(\d\d))?", re.IGNORECASE
)

Span = tuple[int, int]
Week = tuple[tuple[Span, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingTime:
    """When an organisation works: spans of minutes after midnight for each weekday from Monday, but not on a free day."""

    zone: tzinfo
    week: Week
    free: Container[date] = field(default_factory=frozenset)


Clock = WorkingTime | None


def read_week(lines: Iterable[str]) -> Week:
    """The week that lines like `mon-fri 08:00-17:00` say. Raises ValueError: a line is none, ends before it begins, overlaps
    another, or there are no hours at all."""
    week: list[list[Span]] = [[] for _ in _DAYS]
    for line in lines:
        days, span = _read_line(line)
        for day in days:
            week[day].append(span)
    if not any(week):
        raise ValueError("has no hours: time would never pass")
    for name, spans in zip(_DAYS, week, strict=True):
        spans.sort()
        if any(one[1] > other[0] for one, other in pairwise(spans)):
            raise ValueError(f"hours of {name} overlap")
    return tuple(tuple(spans) for spans in week)


def _read_line(line: str) -> tuple[list[int], Span]:
    match = _LINE.fullmatch(line.strip())
    if not match or not {match[1].lower(), (match[2] or match[1]).lower()} <= set(_DAYS):
        raise ValueError(f"{line!r} is not working hours; write for example 'mon-fri 08:00-17:00'")
    first, last = _DAYS.index(match[1].lower()), _DAYS.index((match[2] or match[1]).lower())
    days = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    begin, end = int(match[3]) * 60 + int(match[4] or 0), int(match[5]) * 60 + int(match[6] or 0)
    if not begin < end <= 24 * 60 or int(match[4] or 0) > 59 or int(match[6] or 0) > 59:  # noqa: PLR2004  minutes
        raise ValueError(f"{line!r} has no hours: it must end after it begins, at 24:00 the latest")
    return days, (begin, end)


def due(clock: Clock, start: datetime, work: timedelta) -> datetime:
    """The first moment at which `work` has been done since `start`."""
    start = start.astimezone(UTC)
    if clock is None or work <= _NO_TIME:
        return start + work if clock is None else start
    left = work
    for begin, end in _spans_from(clock, start):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return start + DAY * _LONGEST


def worked(clock: Clock, since: datetime, until: datetime) -> timedelta:
    """How much working time lies between two moments; nothing when they are the wrong way round."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    if clock is None:
        return max(until - since, _NO_TIME)
    total = _NO_TIME
    for begin, end in _spans_from(clock, since):
        if begin >= until:
            break
        total += min(end, until) - begin
    return total


def opens(clock: Clock, moment: datetime) -> datetime:
    """The first moment from `moment` on at which somebody works."""
    moment = moment.astimezone(UTC)
    return moment if clock is None else next((begin for begin, _ in _spans_from(clock, moment)), moment)


def as_work(clock: Clock, duration: timedelta) -> timedelta:
    """A written duration in working time: each whole day of it is a working day (the mean length of those the week has)."""
    if clock is None:
        return duration
    lengths = [sum(end - begin for begin, end in day) for day in clock.week if day]
    working_day = timedelta(minutes=sum(lengths) / len(lengths)) if lengths else DAY
    return duration.days * working_day + (duration - timedelta(days=duration.days))


def week_begins(clock: Clock, after: datetime, zone: tzinfo) -> datetime:
    """When the next week's work begins, later than `after`: Monday's first working moment, 8 o'clock where no hours are set."""
    today = after.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    while True:
        if clock is None:
            begins = datetime.combine(monday, time(8), tzinfo=zone).astimezone(UTC)
        else:
            begins = opens(clock, datetime.combine(monday, time(), tzinfo=zone))
        if begins > after:
            return begins
        monday += timedelta(days=7)


def _spans_from(clock: WorkingTime, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The working spans after a moment, the first cut at it; none overlaps another, whatever daylight saving does to a night."""
    latest = start
    first = start.astimezone(clock.zone).date() - DAY
    for days in range(_LONGEST):
        day = first + timedelta(days=days)
        if day in clock.free:
            continue
        for begin, end in clock.week[day.weekday()]:
            opened, closed = max(_moment(clock, day, begin), latest), _moment(clock, day, end)
            if closed > opened:
                yield opened, closed
                latest = closed


def _moment(clock: WorkingTime, day: date, minutes: int) -> datetime:
    days, minutes = divmod(minutes, 24 * 60)
    return datetime.combine(day + timedelta(days=days), time(*divmod(minutes, 60)), tzinfo=clock.zone).astimezone(UTC)
