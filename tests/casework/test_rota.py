"""Rotas: turns, dates and calendars; gaps and overlaps; swaps that leave no gap."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inflow.casework import rota
from inflow.casework.clocks import WorkingTime, read_week
from inflow.casework.rota import CalendarError, Shift, of_calendar, on_duty, rotation, with_swaps

STOCKHOLM = ZoneInfo("Europe/Stockholm")
OFFICE = WorkingTime(zone=STOCKHOLM, week=read_week(["mon-fri 08:00-17:00"]))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(UTC)


def shift(begins: str, ends: str, who: str = "a@exempel.test") -> Shift:
    return Shift(begins=at(begins), ends=at(ends), who=who)


def calendar(*events: str) -> bytes:
    between = "".join(f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{between}END:VCALENDAR\n".replace("\n", "\r\n").encode()


def read(*events: str, since: str = "2026-03-01", until: str = "2026-12-01") -> list[Shift]:
    return of_calendar(calendar(*events), since=at(since), until=at(until), zone=STOCKHOLM)


people = some.lists(some.sampled_from("abcde"), min_size=1, max_size=5, unique=True)


@given(
    people,
    some.dates(date(2020, 1, 1), date(2030, 1, 1)),
    some.dates(date(2020, 1, 1), date(2030, 1, 1)),
    some.sampled_from([1, 7]),
)
def test_a_rotation_has_somebody_always(who: list[str], starts: date, around: date, days: int) -> None:
    found = rotation(who, starts=starts, days=days, around=around, zone=STOCKHOLM)
    assert list(rota.faults(found, None, STOCKHOLM)) == []
    assert on_duty(found, rota.day_begins(around, STOCKHOLM)) is not None
    turns = (around - starts).days // days
    shift_ = on_duty(found, rota.day_begins(around, STOCKHOLM))
    assert shift_ is not None
    assert shift_.who == who[turns % len(who)]


moments = some.integers(0, 400).map(lambda hour: datetime(2026, 3, 20, tzinfo=UTC) + timedelta(hours=hour))


@given(some.lists(some.tuples(moments, moments, some.sampled_from("xyz")), max_size=5), moments)
def test_a_swap_leaves_no_gap_and_no_overlap_and_the_last_word_counts(
    said: list[tuple[datetime, datetime, str]], moment: datetime
) -> None:
    planned = rotation(["a", "b"], starts=date(2026, 3, 2), days=7, around=date(2026, 3, 25), zone=STOCKHOLM)
    swaps = [Shift(begins=min(one, two), ends=max(one, two) + timedelta(hours=1), who=who) for one, two, who in said]
    manned = with_swaps(planned, swaps)
    inside = [one for one in manned if planned[0].begins <= one.begins < planned[-1].ends]
    assert list(rota.faults(inside, None, STOCKHOLM)) == []
    latest = next((one.who for one in reversed(swaps) if one.begins <= moment < one.ends), None)
    now, before = on_duty(manned, moment), on_duty(planned, moment)
    assert now is not None
    assert before is not None
    assert now.who == (latest or before.who)


def test_a_week_of_a_calendar_is_a_week_when_the_clocks_change() -> None:
    found = read(
        "DTSTART;VALUE=DATE:20260323\nDTEND;VALUE=DATE:20260330\nRRULE:FREQ=WEEKLY;COUNT=3\nATTENDEE:mailto:A@exempel.test"
    )
    assert found == [
        shift("2026-03-23", "2026-03-30"),
        shift("2026-03-30", "2026-04-06"),
        shift("2026-04-06", "2026-04-13"),
    ]


def test_eight_oclock_stays_eight_oclock() -> None:
    found = read(
        "DTSTART;TZID=Europe/Stockholm:20260327T080000\nDURATION:PT9H\nRRULE:FREQ=DAILY;COUNT=4\nSUMMARY:Jour a@exempel.test"
    )
    assert found[-1] == shift("2026-03-30 08:00", "2026-03-30 17:00")


def test_a_shift_that_was_moved_or_left_out_is_not_where_it_was() -> None:
    found = read(
        "UID:1\nDTSTART;VALUE=DATE:20261005\nDTEND;VALUE=DATE:20261012\nRRULE:FREQ=WEEKLY;COUNT=4\n"
        "EXDATE;VALUE=DATE:20261019\nATTENDEE:mailto:a@exempel.test",
        "UID:1\nRECURRENCE-ID;VALUE=DATE:20261012\nDTSTART;VALUE=DATE:20261012\nDTEND;VALUE=DATE:20261019\n"
        "ATTENDEE:mailto:b@exempel.test",
        "UID:2\nSTATUS:CANCELLED\nDTSTART;VALUE=DATE:20261019\nATTENDEE:mailto:c@exempel.test",
    )
    assert [(one.who[0], one.begins) for one in found] == [
        ("a", at("2026-10-05")),
        ("b", at("2026-10-12")),
        ("a", at("2026-10-26")),
    ]


def test_a_rule_without_an_end_ends_with_the_question() -> None:
    found = read(
        "DTSTART;VALUE=DATE:20200106\nDTEND;VALUE=DATE:20200113\nRRULE:FREQ=WEEKLY;INTERVAL=2\nATTENDEE:mailto:a@exempel.test",
        since="2026-11-01",
        until="2026-12-01",
    )
    assert len(found) == 3


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (b"\xff\xfe", "is not an iCalendar file"),
        (b"hello", "is not an iCalendar file"),
        (calendar("SUMMARY:Jour a@exempel.test"), "is not an iCalendar file"),
        (calendar("DTSTART;VALUE=DATE:20261005\nSUMMARY:Jour"), "'Jour' names nobody"),
        (calendar("DTSTART;VALUE=DATE:20261005\nRRULE:FREQ=NEVER\nSUMMARY:a@b.test"), "is not an iCalendar file"),
    ],
)
def test_what_is_no_calendar_of_shifts_says_so(text: bytes, fault: str) -> None:
    with pytest.raises(CalendarError, match=fault):
        of_calendar(text, since=at("2026-10-01"), until=at("2026-12-01"), zone=STOCKHOLM)


@given(some.binary(max_size=300))
def test_no_file_does_worse_than_that(text: bytes) -> None:
    with suppress(CalendarError):
        of_calendar(text, since=at("2026-10-01"), until=at("2026-12-01"), zone=STOCKHOLM)


def test_gaps_and_overlaps_are_told_with_their_days() -> None:
    shifts = [
        shift("2026-11-02", "2026-11-09"),
        shift("2026-11-08", "2026-11-16", "b@exempel.test"),
        shift("2026-11-18", "2026-11-23"),
    ]
    assert list(rota.faults(shifts, None, STOCKHOLM)) == [
        "overlap: a@exempel.test until 2026-11-09, b@exempel.test from 2026-11-08",
        "gap: nobody from 2026-11-16 until 2026-11-18",
    ]


def test_a_night_in_which_nobody_works_is_no_gap() -> None:
    shifts = [shift("2026-11-20 08:00", "2026-11-20 17:00"), shift("2026-11-23 08:00", "2026-11-23 17:00")]
    assert list(rota.faults(shifts, OFFICE, STOCKHOLM)) == []
    assert len(list(rota.faults(shifts, None, STOCKHOLM))) == 1
