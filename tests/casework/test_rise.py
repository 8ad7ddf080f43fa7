"""A problem rises when so many senders are no chance; it is calm again long before it rises anew."""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.rise import FLOOR, Rate, rate, tail

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=365)


@given(count=st.integers(0, 60), expected=st.floats(0.01, 30))
def test_the_tail_is_that_of_the_poisson_distribution(count: int, expected: float) -> None:
    below = sum(math.exp(k * math.log(expected) - expected - math.lgamma(k + 1)) for k in range(count))
    assert tail(count, expected) == pytest.approx(1 - below, abs=1e-9)


@given(recent=st.integers(0, 200), usual=st.floats(0.01, 50))
def test_what_rises_is_not_calm_and_never_below_the_floor(recent: int, usual: float) -> None:
    one = Rate(recent=recent, usual=usual)
    assert not (one.rises and one.calm)
    assert not one.rises or recent >= FLOOR


@pytest.mark.parametrize(("usual", "enough"), [(0.03, 5), (1.0, 7), (5.0, 16), (40.0, 67)])
def test_how_many_in_a_day_are_an_alarm(usual: float, enough: int) -> None:
    assert not Rate(recent=enough - 1, usual=usual).rises
    assert Rate(recent=enough, usual=usual).rises


def test_a_sender_counts_once_a_day_and_the_last_day_is_no_part_of_what_is_usual() -> None:
    reports = [(NOW - timedelta(hours=hour), hour % 3) for hour in range(20)]
    reports += [(NOW - timedelta(days=day, hours=1), 7) for day in range(2, 30) for _ in range(5)]
    found = rate(reports, now=NOW, since=LONG_AGO)
    assert found.recent == 3
    assert found.usual == pytest.approx(28 / 29, abs=0.05)


def test_a_house_of_yesterday_knows_little_of_what_is_usual() -> None:
    reports = [(NOW, sender) for sender in range(6)]
    assert rate(reports, now=NOW, since=LONG_AGO).rises
    assert not rate(reports, now=NOW, since=NOW - timedelta(hours=5)).rises


@given(st.floats(0.1, 20), st.integers(0, 2**32))
def test_at_its_usual_rate_a_problem_hardly_ever_rises(usual: float, seed: int) -> None:
    import random

    chance = random.Random(seed)
    days = [sum(chance.random() < usual / 200 for _ in range(200)) for _ in range(30)]
    found = [Rate(recent=count, usual=(sum(days[:28]) + 1) / 29).rises for count in days[28:]]
    assert not all(found)
