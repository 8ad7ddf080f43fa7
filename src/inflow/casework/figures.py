"""Figures of many cases: how many, how fast, by role, kind of sender, week and hour; how often routing was right."""

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
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


def report(lives: Sequence[Life], *, since: datetime, now: datetime, zone: tzinfo) -> dict[str, Any]:
    """All figures of these cases; weeks and hours are those of a zone."""
    return {
        "since": since,
        "cases": len(lives),
        "by": {
            "role": _count(lives, lambda one: one.role),
            "status": _count(lives, lambda one: one.status),
            "party": _count(lives, lambda one: one.party),
            "decided_by": _count(lives, lambda one: one.decided_by),
        },
        "weeks": by_week(lives, since=since, now=now, zone=zone),
        "hours": _count(lives, lambda one: f"{one.opened_at.astimezone(zone):%H}", HOURS),
        "first_answer_seconds": waits(lives, lambda one: one.answered_at, lambda one: one.role),
        "closing_seconds": waits(lives, lambda one: one.closed_at, lambda one: one.role),
        "first_answer_seconds_by_party": waits(lives, lambda one: one.answered_at, lambda one: one.party),
        "closing_seconds_by_party": waits(lives, lambda one: one.closed_at, lambda one: one.party),
        "first_answer_seconds_by_week": waits(
            lives, lambda one: one.answered_at, lambda one: week(one.opened_at, zone)
        ),
        "closing_seconds_by_week": waits(lives, lambda one: one.closed_at, lambda one: week(one.opened_at, zone)),
        "first_answer_seconds_by_hour": waits(
            lives, lambda one: one.answered_at, lambda one: f"{one.opened_at.astimezone(zone):%H}"
        ),
        "routing": routing(lives),
        "rising": rising([(one.role, one.party, one.opened_at) for one in lives], now=now),
    }


def week(moment: datetime, zone: tzinfo) -> str:
    """The week of a moment (ISO 8601), as 2026-W47."""
    year, number, _ = moment.astimezone(zone).isocalendar()
    return f"{year}-W{number:02}"


def by_week(lives: Sequence[Life], *, since: datetime, now: datetime, zone: tzinfo) -> dict[str, dict[str, int]]:
    """How many cases of each role came in each week, those without any too."""
    days = range((now - since).days + 1)
    counted: dict[str, Counter[str]] = {week(since + timedelta(days=day), zone): Counter() for day in days}
    for one in lives:
        counted.setdefault(week(one.opened_at, zone), Counter())[one.role] += 1
    return {name: dict(counted[name]) for name in sorted(counted)}


def waits(
    lives: Sequence[Life], until: Callable[[Life], datetime | None], group: Callable[[Life], str]
) -> dict[str, dict[str, float]]:
    """Of each group how many have come so far, and the median and the 90th percentile of the seconds it took."""
    taken: dict[str, list[float]] = {}
    for one in lives:
        if (moment := until(one)) is not None:
            taken.setdefault(group(one), []).append((moment - one.opened_at).total_seconds())
    return {name: {"cases": len(many), **_spread(many)} for name, many in sorted(taken.items())}


def _spread(many: Sequence[float]) -> dict[str, float]:
    ninth = statistics.quantiles(many, n=10, method="inclusive")[8] if len(many) > 1 else many[0]
    return {"median": round(statistics.median(many), 1), "p90": round(ninth, 1)}


def routing(lives: Sequence[Life]) -> dict[str, Any]:
    """How many cases went to a role without a person, and how many of these somebody moved afterwards; all in all and by who decided."""
    itself = [one for one in lives if one.decided_by in _BY_ITSELF]
    moved = [one for one in itself if one.moved]
    return {
        "by_itself": len(itself),
        "share_by_itself": _share(len(itself), len(lives)),
        "moved": len(moved),
        "share_moved": _share(len(moved), len(itself)),
        "moved_by": _count(moved, lambda one: one.decided_by),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _count(lives: Sequence[Life], key: Callable[[Life], str], names: Sequence[str] = ()) -> dict[str, int]:
    counted = Counter(dict.fromkeys(names, 0))
    counted.update(key(one) for one in lives)
    return dict(sorted(counted.items()) if names else counted.most_common())


def rising(opened_at: Sequence[tuple[str, str, datetime]], *, now: datetime) -> list[dict[str, Any]]:
    """Roles whose last seven days brought clearly more than an average week of the four before; nothing is known to rise
    while there is hardly a before."""
    seven = timedelta(days=7)
    if not any(moment < now - 2 * seven for _, _, moment in opened_at):
        return []
    latest = Counter(role for role, _, moment in opened_at if moment > now - seven)
    before = Counter(role for role, _, moment in opened_at if now - 5 * seven < moment <= now - seven)
    found = []
    for role, count in latest.most_common():
        usual = before[role] / 4
        if count >= _FLOOR and count >= _RISE * usual + 2:
            found.append({"role": role, "last_week": count, "usual_week": usual})
    return found
