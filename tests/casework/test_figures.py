"""Figures of many cases."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from inflow.casework.figures import Life, report

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SINCE = NOW - timedelta(weeks=12)
ZONE = ZoneInfo("Europe/Stockholm")


def life(
    *, role: str = "support", ago: float = 1, answered: float | None = None, by: str = "rule", moved: bool = False
) -> Life:
    opened = NOW - timedelta(days=ago)
    replied = opened + timedelta(hours=answered) if answered is not None else None
    return Life(role, "customer", "open", opened, by, replied, None, moved)


def test_nothing_has_figures_too() -> None:
    found = report([], since=SINCE, now=NOW, zone=ZONE)
    assert found["cases"] == 0
    assert found["routing"]["share_by_itself"] is None
    assert set(found["hours"].values()) == {0}
    assert len(found["weeks"]) == 13


def test_waits_have_a_median_and_a_ninetieth_percentile_by_role() -> None:
    some = [life(answered=hours) for hours in range(1, 12)] + [life(role="hr", answered=2), life(role="hr")]
    waits = report(some, since=SINCE, now=NOW, zone=ZONE)["first_answer_seconds"]
    assert waits["support"] == {"cases": 11, "median": 6 * 3600.0, "p90": 10 * 3600.0}
    assert waits["hr"] == {"cases": 1, "median": 7200.0, "p90": 7200.0}


def test_what_was_routed_by_itself_and_moved_afterwards_is_told() -> None:
    some = [life(), life(moved=True), life(by="model"), life(by="model", moved=True), life(by="other", moved=True)]
    routing = report(some, since=SINCE, now=NOW, zone=ZONE)["routing"]
    assert (routing["by_itself"], routing["share_by_itself"]) == (4, 0.8)
    assert (routing["moved"], routing["share_moved"]) == (2, 0.5)
    assert routing["moved_by"] == {"rule": 1, "model": 1}


def test_hours_and_weeks_are_those_of_the_organisation() -> None:
    found = report([life(ago=1)], since=SINCE, now=NOW, zone=ZONE)
    assert found["hours"]["11"] == 1
    assert found["weeks"]["2026-W47"] == {"support": 1}
