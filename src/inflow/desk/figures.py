"""The figures that people look at: one report for the command line, the board and the API."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from inflow.casework import figures
from inflow.casework.gaps import grouped
from inflow.desk.world import World
from inflow.store import board, gaps, promises, stats
from inflow.store.board import EVERYTHING, Reader
from inflow.store.engine import look_up

WEEKS = 12
AGES = (timedelta(days=1), timedelta(days=3), timedelta(days=7), timedelta(days=30))
AGE_NAMES = ("1 d", "3 d", "7 d", "30 d", "more")


def report(
    connection: Connection, world: World, *, since: datetime | None = None, reader: Reader = EVERYTHING
) -> dict[str, Any]:
    """What came in since (twelve weeks when not said) to roles that a reader sees, and how it went."""
    look_up(connection)
    now = world.now()
    since = since or now - timedelta(weeks=WEEKS)
    seen, zone = board.visible(reader), world.settings.organisation.zone
    found = figures.report(stats.lives(connection, seen, since=since), since=since, now=now, zone=zone)
    lying = stats.backlog(connection, seen, steps=tuple(now - age for age in AGES))
    kept = promises.tally(connection, since=since)
    asked = gaps.since(connection, since, reader=reader)
    return found | {
        "backlog": {role: dict(zip(AGE_NAMES, counts, strict=True)) for role, counts in lying.items()},
        "promises": {role: what for role, what in kept.items() if role not in reader.hidden},
        "gaps": {"cases": len(asked), "questions": len(grouped(asked))},
    }
