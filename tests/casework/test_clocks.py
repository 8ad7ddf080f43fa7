"""Working time: laws that hold for every week, zone and moment, and the days that people remember."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inflow.casework.clocks import (
    Clock,
    WorkingTime,
    as_work,
    due,
    opens,
    read_week,
    week_begins,
    worked,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OFFICE = WorkingTime(zone=STOCKHOLM, week=read_week(["mon-fri 08:00-17:00"]), free={date(2026, 12, 25)})
NIGHT = WorkingTime(zone=STOCKHOLM, week=read_week(["mon-sun 00:00-24:00"]))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


@some.composite
def clocks(draw: some.DrawFn) -> Clock:
    """A week of any hours, at least two (what takes more than twenty years is never due), in a zone whose nights and days change
    length, with days off."""
    week = []
    for _ in range(7):
        edges = sorted(draw(some.sets(some.integers(0, 1440), max_size=6)))
        week.append(tuple(zip(edges[::2], edges[1::2], strict=False)))
    if sum(end - begin for day in week for begin, end in day) < 120:
        week[0] = ((480, 1020),)
    zone = ZoneInfo(draw(some.sampled_from(["Europe/Stockholm", "America/New_York", "Australia/Lord_Howe", "UTC"])))
    free = draw(some.frozensets(some.dates(date(2026, 3, 20), date(2026, 4, 10)), max_size=3))
    return draw(some.sampled_from([None, WorkingTime(zone=zone, week=tuple(week), free=free)]))


moments = some.datetimes(datetime(2026, 3, 1), datetime(2026, 11, 30), timezones=some.just(UTC))  # noqa: DTZ001
amounts = some.timedeltas(timedelta(0), timedelta(days=20))


@given(clocks(), moments, amounts, amounts)
def test_more_work_is_never_due_earlier(clock: Clock, start: datetime, one: timedelta, two: timedelta) -> None:
    assert due(clock, start, min(one, two)) <= due(clock, start, max(one, two))


@given(clocks(), moments, moments, amounts)
def test_what_starts_later_is_never_due_earlier(clock: Clock, one: datetime, two: datetime, work: timedelta) -> None:
    assert due(clock, min(one, two), work) <= due(clock, max(one, two), work)


@given(clocks(), moments, amounts, amounts)
def test_work_in_two_parts_is_due_with_the_whole(clock: Clock, start: datetime, one: timedelta, two: timedelta) -> None:
    assert due(clock, due(clock, start, one), two) == due(clock, start, one + two)


@given(clocks(), moments, amounts)
def test_when_it_is_due_just_that_much_was_worked(clock: Clock, start: datetime, work: timedelta) -> None:
    assert worked(clock, start, due(clock, start, work)) == work


@given(clocks(), moments, moments, moments)
def test_time_worked_adds_up(clock: Clock, one: datetime, two: datetime, three: datetime) -> None:
    first, middle, last = sorted((one, two, three))
    assert worked(clock, first, middle) + worked(clock, middle, last) == worked(clock, first, last)


@given(clocks(), moments, moments)
def test_nobody_works_more_than_time_passes(clock: Clock, one: datetime, two: datetime) -> None:
    first, last = min(one, two), max(one, two)
    assert timedelta(0) <= worked(clock, first, last) <= last - first
    assert worked(clock, last, first) == timedelta(0)


@given(clocks(), moments)
def test_nothing_is_worked_before_it_opens(clock: Clock, moment: datetime) -> None:
    assert worked(clock, moment, opens(clock, moment)) == timedelta(0)


@pytest.mark.parametrize(
    ("start", "work", "end"),
    [
        ("2026-11-20 16:00", 2, "2026-11-23 09:00"),  # a weekend
        ("2026-11-22 12:00", 4, "2026-11-23 12:00"),  # begins on a Sunday
        ("2026-12-24 16:00", 2, "2026-12-28 09:00"),  # a public holiday
        ("2026-11-23 08:00", 9, "2026-11-23 17:00"),  # just the day
        ("2026-11-23 08:00", 0, "2026-11-23 08:00"),
    ],
)
def test_the_days_that_people_remember(start: str, work: float, end: str) -> None:
    assert due(OFFICE, at(start), hours(work)) == at(end)


def test_a_night_in_which_the_clocks_change_is_as_long_as_it_is() -> None:
    assert worked(NIGHT, at("2026-03-28 20:00"), at("2026-03-29 08:00")) == hours(11)
    assert worked(NIGHT, at("2026-10-24 20:00"), at("2026-10-25 08:00")) == hours(13)
    assert due(NIGHT, at("2026-03-28 20:00"), hours(12)) == at("2026-03-29 09:00")


def test_an_hour_that_the_wall_skips_is_no_work() -> None:
    watch = WorkingTime(zone=STOCKHOLM, week=read_week(["sun 02:00-03:00", "sun 03:00-04:00"]))
    assert worked(watch, at("2026-03-29 00:00"), at("2026-03-29 12:00")) == hours(1)


def test_a_day_is_a_working_day() -> None:
    assert as_work(OFFICE, timedelta(days=2, hours=1)) == hours(19)
    assert as_work(None, timedelta(days=2)) == hours(48)
    short = WorkingTime(zone=STOCKHOLM, week=read_week(["mon-thu 8-17", "fri 8-12"]))
    assert as_work(short, timedelta(days=1)) == hours(8)


def test_the_week_begins_on_mondays_first_working_moment() -> None:
    assert week_begins(OFFICE, at("2026-11-22 12:00"), STOCKHOLM) == at("2026-11-23 08:00")
    assert week_begins(OFFICE, at("2026-11-23 08:00"), STOCKHOLM) == at("2026-11-30 08:00")
    assert week_begins(None, at("2026-11-23 07:59"), STOCKHOLM) == at("2026-11-23 08:00")
    away = WorkingTime(zone=STOCKHOLM, week=OFFICE.week, free={date(2026, 11, 23)})
    assert week_begins(away, at("2026-11-22 12:00"), STOCKHOLM) == at("2026-11-24 08:00")


@given(clocks(), moments)
def test_the_next_week_is_always_later(clock: Clock, moment: datetime) -> None:
    assert week_begins(clock, moment, STOCKHOLM) > moment


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([], "has no hours"),
        (["mon-fri"], "is not working hours"),
        (["mån-fre 8-17"], "is not working hours"),
        (["xyz 8-17"], "is not working hours"),
        (["mon 17-8"], "has no hours"),
        (["mon 8:00-8:00"], "has no hours"),
        (["mon 8:75-17"], "has no hours"),
        (["mon 8-25"], "has no hours"),
        (["mon-fri 8-17", "wed 16-18"], "hours of wed overlap"),
    ],
)
def test_hours_that_are_none_say_so(lines: list[str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        read_week(lines)


def test_a_week_may_run_over_its_end_and_a_day_have_a_break() -> None:
    week = read_week(["fri-mon 10-14", "mon 15:30-16"])
    assert [len(day) for day in week] == [2, 0, 0, 0, 1, 1, 1]
    assert week[0] == ((600, 840), (930, 960))


def test_a_clock_that_hardly_ever_runs_hangs_nobody() -> None:
    class Always:
        def __contains__(self, _day: object) -> bool:
            return True

    never = WorkingTime(zone=STOCKHOLM, week=OFFICE.week, free=Always())
    assert due(never, at("2026-11-23 08:00"), hours(1)) > at("2040-01-01 00:00")
    assert worked(never, at("2026-11-23 08:00"), at("2026-12-23 08:00")) == timedelta(0)
    assert time(8) == opens(never, datetime(2026, 11, 23, 8, tzinfo=UTC)).time()
