"""Whether a problem rises beyond its usual rate: a statistic on counts of senders, with a floor and with hysteresis. Pure.

The usual rate is that of the four weeks before the last day, one sender and one day added so that 'never' is not 'impossible'. If
at that rate so many in a day were rarer than one in ten thousand days (the upper tail of a Poisson distribution), it rises.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)
BEFORE = timedelta(days=28)
FLOOR = 5
"""Fewer senders than these in a day are never an alarm."""
_RARE, _CALM = 1e-4, 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many wrote in the last day, and how many a day is usual."""

    recent: int
    usual: float

    @property
    def rises(self) -> bool:
        """So many are no chance."""
        return self.recent >= FLOOR and tail(self.recent, self.usual) < _RARE

    @property
    def calm(self) -> bool:
        """It is as usual again: the next rise is an alarm of its own."""
        return self.recent <= FLOOR // 2 or tail(self.recent, self.usual) > _CALM


def rate(reports: Iterable[tuple[datetime, int]], *, now: datetime, since: datetime) -> Rate:
    """The rate of a problem, of when it was reported and by whom (a number). `since`: from when on anything could be reported.
    A sender counts once a day."""
    recent, before = set(), set()
    for at, sender in reports:
        if at > now - DAY:
            recent.add(sender)
        elif at > now - DAY - BEFORE:
            before.add((at.date(), sender))
    days = min(max((now - DAY - since) / DAY, 0.0), BEFORE / DAY)
    return Rate(recent=len(recent), usual=(len(before) + 1) / (days + 1))


def tail(count: int, expected: float) -> float:
    """The chance of `count` or more when `expected` are usual (Poisson)."""
    term = below = math.exp(-expected) if count > 0 else 0.0
    for k in range(1, count):
        term *= expected / k
        below += term
    return max(1.0 - below, 0.0)
