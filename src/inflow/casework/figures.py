"""Figures of many cases: how many, how fast, by role, kind of sender, week and hour; how often routing was right."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple

_RISE, _FLOOR = 1.5, 3
_BY_ITSELF = frozenset({"thread", "rule", "history", "model"})
HOURS = tuple(f"{hour:02}" for hour in range(24))


class Life(NamedTuple):
    """What became of a case: the role that has it, who wrote, how it stands, who routed it first; when it was first answered and
    closed; whether it was moved."""

    role: str
    party: str
    status: str
    opened_at: datetime
    decided_by: str
    answered_at: datetime | None
    closed_at: datetime | None
    moved: bool


class _Columns(NamedTuple):
    """The same of many cases, each thing a list: thousands of small objects at once cost more to watch over than to count."""

    roles: list[str]
    parties: list[str]
    statuses: list[str]
    opened: list[datetime]
    weeks: list[str]
    hours: list[str]
    deciders: list[str]
    first: list[float | None]
    closing: list[float | None]
    moved: list[bool]


def report(lives: Iterable[Life], *, since: datetime, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """All figures of these cases; weeks and hours are those of a zone."""
    of = _columns(lives, zone)
    return {
        "since": since,
        "cases": len(of.roles),
        "by": {
            "role": _count(of.roles),
            "status": _count(of.statuses),
            "party": _count(of.parties),
            "decided_by": _count(of.deciders),
        },
        "weeks": _by_week(of, _weeks(since, now, zone)),
        "hours": dict.fromkeys(HOURS, 0) | dict(sorted(Counter(of.hours).items())),
        "first_answer_seconds": _waits(of.roles, of.first),
        "closing_seconds": _waits(of.roles, of.closing),
        "first_answer_seconds_by_party": _waits(of.parties, of.first),
        "closing_seconds_by_party": _waits(of.parties, of.closing),
        "first_answer_seconds_by_week": _waits(of.weeks, of.first),
        "closing_seconds_by_week": _waits(of.weeks, of.closing),
        "first_answer_seconds_by_hour": _waits(of.hours, of.first),
        "routing": _routing(of),
        "rising": _rising(of, now),
    }


def _columns(lives: Iterable[Life], zone: tzinfo) -> _Columns:
    of = _Columns([], [], [], [], [], [], [], [], [], [])
    for role, party, status, opened, decided_by, answered, closed, moved in lives:
        there = opened.astimezone(zone)
        of.roles.append(role)
        of.parties.append(party)
        of.statuses.append(status)
        of.opened.append(opened)
        of.weeks.append(_week(there.date()))
        of.hours.append(HOURS[there.hour])
        of.deciders.append(decided_by)
        of.first.append((answered - opened).total_seconds() if answered else None)
        of.closing.append((closed - opened).total_seconds() if closed else None)
        of.moved.append(moved)
    return of


def week(moment: datetime, zone: tzinfo) -> str:
    """The week of a moment (ISO 8601), as 2026-W47."""
    return _week(moment.astimezone(zone).date())


@lru_cache(maxsize=1000)
def _week(day: date) -> str:
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"


def _weeks(since: datetime, now: datetime, zone: tzinfo) -> list[str]:
    return list(dict.fromkeys(week(since + timedelta(days=day), zone) for day in range((now - since).days + 1)))


def _by_week(of: _Columns, weeks: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many cases of each role came in each week, those without any too."""
    counted: dict[str, dict[str, int]] = {name: {} for name in weeks}
    for (name, role), count in Counter(zip(of.weeks, of.roles, strict=True)).items():
        counted.setdefault(name, {})[role] = count
    return dict(sorted(counted.items()))


def _waits(groups: Sequence[str], seconds: Sequence[float | None]) -> dict[str, dict[str, float]]:
    """Of each group how many have come so far, and the median and the 90th percentile of the seconds it took."""
    taken: dict[str, list[float]] = defaultdict(list)
    for group, took in zip(groups, seconds, strict=True):
        if took is not None:
            taken[group].append(took)
    return {name: {"cases": len(many), **_spread(sorted(many))} for name, many in sorted(taken.items())}


def _spread(many: Sequence[float]) -> dict[str, float]:
    ninth = statistics.quantiles(many, n=10, method="inclusive")[8] if len(many) > 1 else many[0]
    return {"median": round(statistics.median(many), 1), "p90": round(ninth, 1)}


def _routing(of: _Columns) -> dict[str, Any]:
    """How many cases went to a role without a person, and how many of these somebody moved afterwards; all in all and by who decided."""
    itself = sum(by in _BY_ITSELF for by in of.deciders)
    moved = [by for by, moved in zip(of.deciders, of.moved, strict=True) if moved and by in _BY_ITSELF]
    return {
        "by_itself": itself,
        "share_by_itself": _share(itself, len(of.roles)),
        "moved": len(moved),
        "share_moved": _share(len(moved), itself),
        "moved_by": _count(moved),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _count(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())


def _rising(of: _Columns, now: datetime) -> list[dict[str, Any]]:
    """Roles whose last seven days brought clearly more than an average week of the four before; nothing is known to rise
    while there is hardly a before."""
    seven = timedelta(days=7)
    last, first = now - seven, now - 5 * seven
    if not any(moment < last - seven for moment in of.opened):
        return []
    latest = Counter(role for role, moment in zip(of.roles, of.opened, strict=True) if moment > last)
    before = Counter(role for role, moment in zip(of.roles, of.opened, strict=True) if first < moment <= last)
    found = []
    for role, count in latest.most_common():
        usual = before[role] / 4
        if count >= _FLOOR and count >= _RISE * usual + 2:
            found.append({"role": role, "last_week": count, "usual_week": usual})
    return found
