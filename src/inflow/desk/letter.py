"""The weekly letter to the management, on the first working moment of the week: the week before, as it was.

What is confidential is counted and never quoted; what is quoted is without who wrote it.
"""

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Connection

from inflow.casework import clocks
from inflow.casework.anonymous import anonymous, quotation
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.gaps import Gap, grouped
from inflow.casework.rise import FLOOR, tail
from inflow.casework.wording_letter import Told, letter
from inflow.desk import cords, letters, secrecy
from inflow.desk.world import World
from inflow.store import alike, cases, gaps, problems
from inflow.store import cords as pulled
from inflow.store import letter as store
from inflow.store.board import EVERYTHING, Reader
from inflow.store.cords import Cord
from inflow.store.engine import look_up
from inflow.store.letter import Opened
from inflow.store.problems import Problem

WEEK = timedelta(days=7)
MOST, TRIED, WEEKS = 5, 10, 4
_SELDOM = 0.01
_LONG = 18
_WAITING = frozenset({"new", "open", "unclaimed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A week of the organisation, by its name (`2026-W47`)."""

    name: str
    begin: datetime
    end: datetime


def next_at(world: World, after: datetime) -> datetime | None:
    """When the next letter is after a moment; None: there is no management to write to."""
    if not world.settings.other.management:
        return None
    return clocks.week_begins(world.settings.clock(), after, world.settings.organisation.zone)


def send(connection: Connection, world: World) -> None:
    """The letter of the week before, to the management."""
    to = world.settings.other.management
    if to:
        subject, text, html = of_week(connection, world, week(world, world.now() - WEEK))
        letters.notice(connection, world, to=to, subject=subject, text=text, html=html)


def week(world: World, moment: datetime) -> Span:
    """The week of a moment, Monday to Monday at the organisation's midnight."""
    day = moment.astimezone(world.settings.organisation.zone).date()
    return _from_monday(world, day - timedelta(days=day.weekday()))


def named(world: World, name: str) -> Span:
    """The week of that name. Raises NotPossibleError."""
    try:
        monday = date.fromisoformat(f"{name.upper()}-1")
    except ValueError:
        raise NotPossibleError(f"{name!r} is not a week; write for example 2026-W47") from None
    return _from_monday(world, monday)


def _from_monday(world: World, monday: date) -> Span:
    zone = world.settings.organisation.zone
    begin, end = (datetime.combine(day, time(), tzinfo=zone) for day in (monday, monday + WEEK))
    year, number, _ = monday.isocalendar()
    return Span(name=f"{year}-W{number:02}", begin=begin, end=end)


def of_week(connection: Connection, world: World, span: Span) -> tuple[str, str, str]:
    """Subject, plain text and HTML of the letter about a week as it stands now."""
    return letter(told(connection, world, span), world.settings.organisation.language)


def told(connection: Connection, world: World, span: Span, *, reader: Reader = EVERYTHING) -> Told:
    """What the letter tells of a week as it stands now, of the cases that a reader sees."""
    look_up(connection)
    begin, end = span.begin, span.end
    opened = store.opened(connection, begin, end, reader=reader)
    seconds = [one.seconds for one in opened if one.seconds is not None]
    met = _met(connection, span, reader)
    questions = gaps.since(connection, begin, until=end, reader=reader)
    moved = store.corrected(connection, begin, end, reader=reader)
    broken = store.happened(connection, Kind.PROMISE_BROKEN, begin, end, reader=reader)
    return Told(
        organisation=world.settings.organisation.name,
        week=span.name,
        days=f"{begin:%Y-%m-%d} – {end - timedelta(days=1):%Y-%m-%d}",
        came_in=len(opened),
        before=sum(store.count(connection, begin - WEEK, begin, reader=reader).values()),
        roles=_by_role(world, [one.role for one in opened]),
        rising=_rising(connection, world, span, opened=opened, met=met, reader=reader),
        problems=_problems(connection, world, span, met[:MOST], reader=reader),
        waited=(len(seconds), statistics.median(seconds), _p90(seconds)) if seconds else None,
        unanswered=sum(one.seconds is None and one.status in _WAITING for one in opened),
        slowest=_slowest(world, opened),
        gaps=len(questions),
        gap_groups=_gap_groups(connection, world, questions),
        moved=len(moved),
        moves=[
            (source, target, n) for (source, target), n in Counter((one[1], one[2]) for one in moved).most_common(3)
        ],
        broken=len(broken),
        broken_by=_by_role(world, [role for _, role in broken])[:3],
        cords=sum(one.pulls for one in _pulled(connection, span, reader)),
        hanging=_hanging(connection, world, reader),
    )


def numbers(connection: Connection, span: Span, key: str, *, reader: Reader = EVERYTHING) -> list[int]:
    """The cases behind a number of the letter, by its key. Raises NotPossibleError for a key that there is not."""
    what, _, which = key.partition(":")
    begin, end = span.begin, span.end
    opened = store.opened(connection, begin, end, reader=reader)
    found: dict[str, Callable[[], Sequence[int]]] = {
        "in": lambda: [one.case for one in opened if which in ("", one.role)],
        "answered": lambda: [one.case for one in opened if one.seconds is not None and which in ("", one.role)],
        "waiting": lambda: [one.case for one in opened if one.seconds is None and one.status in _WAITING],
        "gaps": lambda: [one.case for one in gaps.since(connection, begin, until=end, reader=reader)],
        "moved": lambda: [
            one[0]
            for one in store.corrected(connection, begin, end, reader=reader)
            if which in ("", f"{one[1]}:{one[2]}")
        ],
        "broken": lambda: [
            one[0]
            for one in store.happened(connection, Kind.PROMISE_BROKEN, begin, end, reader=reader)
            if which in ("", one[1])
        ],
        "problem": lambda: store.reports(connection, [_number(which)], begin, end, reader=reader).get(
            _number(which), []
        ),
        "andon": lambda: [one[0] for one in store.happened(connection, Kind.ANDON, begin, end, reader=reader)],
    }
    if what not in found:
        raise NotPossibleError(f"there is no {key!r} in the letter; there are: {', '.join(found)}")
    return list(dict.fromkeys(found[what]()))


def _number(text: str) -> int:
    """The number of a problem; 0, which none has, for what is no number."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONG else 0


def _pulled(connection: Connection, span: Span, reader: Reader) -> list[Cord]:
    """The cords that were pulled in a week."""
    found = [one for one in pulled.since(connection, span.begin, limit=500) if one.pulled_at < span.end]
    return found if reader == EVERYTHING else cords.seen(connection, reader, found)


def _by_role(world: World, roles: Sequence[str]) -> list[tuple[str, str, int]]:
    return [(name, _title(world, name), count) for name, count in Counter(roles).most_common(8)]


def _title(world: World, name: str) -> str:
    role = world.settings.role(name)
    return (role.title or role.name) if role else name


def _rising(
    connection: Connection,
    world: World,
    span: Span,
    *,
    opened: Sequence[Opened],
    met: Sequence[Problem],
    reader: Reader,
) -> list[tuple[str, str, int, float]]:
    """What came more often than chance explains, by the four weeks before: problems by their senders, roles by their cases."""
    began = alike.began(connection, reader=reader)
    weeks = min((span.begin - began) / WEEK, WEEKS) if began else 0
    start = span.begin - WEEKS * WEEK
    found = []
    earlier = store.senders(connection, [one.number for one in met], start, span.begin, reader=reader)
    for one in met:
        title = anonymous(one.title, sender="")
        found.append((f"problem:{one.number}", title, one.senders, earlier.get(one.number, 0)))
    if weeks >= 1:
        by_role = store.count(connection, start, span.begin, reader=reader)
        latest = Counter(one.role for one in opened)
        found += [(f"in:{name}", _title(world, name), n, by_role.get(name, 0)) for name, n in latest.most_common()]
    return [
        (key, title, count, before / max(weeks, 1))
        for key, title, count, before in found
        if count >= FLOOR and tail(count, (before + 1) / (weeks + 1)) < _SELDOM
    ][:MOST]


def _met(connection: Connection, span: Span, reader: Reader) -> list[Problem]:
    """What most people wrote about in the week, with how many did; what is confidential is not among it."""
    found = problems.since(connection, span.begin, until=span.end, limit=200, reader=reader)
    several = (one for one in found if one.senders > 1 and not one.within)
    return sorted(several, key=lambda one: (-one.senders, one.number))


def _problems(
    connection: Connection, world: World, span: Span, met: Sequence[Problem], *, reader: Reader
) -> list[tuple[int, str, int, str, str]]:
    """Problems, each with what one of those who reported it says, in their own words."""
    found = store.reports(connection, [one.number for one in met], span.begin, span.end, reader=reader)
    latest = {number: reported[-TRIED:] for number, reported in found.items()}
    words = _open_words(connection, world, [case for reported in latest.values() for case in reported])
    told = []
    for one in met:
        said = (words[case] for case in latest.get(one.number, ()) if case in words)
        quotes = (quotation(text, sender=sender, about=one.words) for text, sender in said)
        told.append(
            (one.number, anonymous(one.title, sender=""), one.senders, one.state, next(filter(None, quotes), ""))
        )
    return told


def _open_words(connection: Connection, world: World, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """What the first mail of each of these cases says and who wrote it, of those that are no secret."""
    secret = secrecy.secret(connection, world, cases.several(connection, numbers))
    return store.words(connection, [number for number in numbers if number not in secret])


def _p90(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=10, method="inclusive")[8] if len(seconds) > 1 else seconds[0]


def _slowest(world: World, opened: Sequence[Opened]) -> list[tuple[str, str, float]]:
    waits: dict[str, list[float]] = {}
    for one in opened:
        if one.seconds is not None:
            waits.setdefault(one.role, []).append(one.seconds)
    medians = sorted(((statistics.median(many), name) for name, many in waits.items()), reverse=True)
    return [(name, _title(world, name), median) for median, name in medians[:3]] if len(medians) > 1 else []


def _gap_groups(connection: Connection, world: World, questions: Sequence[Gap]) -> list[tuple[str, int]]:
    """What most people asked that nobody owned: in the words of one of them, and how many."""
    groups = grouped(questions)[:3]
    secret = secrecy.secret(
        connection, world, cases.several(connection, [one.case for group in groups for one in group.gaps])
    )
    words = store.words(connection, [group.gaps[0].case for group in groups])
    found = []
    for group in groups:
        text, sender = words.get(group.gaps[0].case, ("", ""))
        hidden = any(one.case in secret for one in group.gaps)
        about = group.words if len(group.gaps) > 1 else ()
        found.append(("" if hidden else quotation(text, sender=sender, about=about), group.senders))
    return found


def _hanging(connection: Connection, world: World, reader: Reader) -> list[tuple[int, str]]:
    there = pulled.unanswered(connection, limit=50)
    there = (there if reader == EVERYTHING else cords.seen(connection, reader, there))[:3]
    return [
        (one.number, "" if cords.is_secret(connection, world, one) else anonymous(one.reason, sender=""))
        for one in there
    ]
