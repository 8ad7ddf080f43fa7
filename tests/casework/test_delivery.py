"""The life of a delivery: it ends, and never later than it should."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.delivery import (
    FEWEST_ATTEMPTS,
    GIVE_UP_AFTER,
    MAX_ATTEMPTS,
    DeliveryStatus,
    Outcome,
    backoff,
    may_begin,
    settle,
)

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
jitters = st.floats(0, 1)


def test_sent_is_sent_and_never_is_failed_with_its_reason() -> None:
    sent = settle(Outcome.SENT, None, attempts=1, queued_at=START, now=START, jitter=0.5)
    assert sent.status is DeliveryStatus.SENT
    failed = settle(Outcome.NEVER, "550 no", attempts=1, queued_at=START, now=START, jitter=0.5)
    assert (failed.status, failed.error, failed.due_at) == (DeliveryStatus.FAILED, "550 no", None)


@given(st.integers(1, MAX_ATTEMPTS), jitters)
def test_the_wait_grows_and_is_bounded(attempts: int, jitter: float) -> None:
    wait = backoff(attempts, jitter=jitter)
    assert timedelta(seconds=26) <= wait <= timedelta(hours=2, minutes=15)
    assert backoff(attempts + 1, jitter=jitter) >= wait


@given(st.lists(jitters, min_size=MAX_ATTEMPTS, max_size=MAX_ATTEMPTS))
def test_what_always_fails_for_now_ends_after_about_two_days(draws: list[float]) -> None:
    now = START
    for attempts, jitter in enumerate(draws, start=1):
        assert may_begin(attempts=attempts - 1, queued_at=START, now=now)
        settled = settle(Outcome.LATER, "451", attempts=attempts, queued_at=START, now=now, jitter=jitter)
        if settled.status is DeliveryStatus.FAILED:
            break
        assert settled.due_at is not None
        assert settled.due_at > now
        now = settled.due_at
    else:
        raise AssertionError("it never ended")
    assert GIVE_UP_AFTER - timedelta(hours=3) <= now - START <= GIVE_UP_AFTER


def test_one_that_kills_its_process_each_time_is_given_up() -> None:
    assert not may_begin(attempts=MAX_ATTEMPTS, queued_at=START, now=START)
    assert not may_begin(attempts=FEWEST_ATTEMPTS, queued_at=START, now=START + timedelta(days=3))


@given(st.lists(jitters, min_size=MAX_ATTEMPTS, max_size=MAX_ATTEMPTS), st.integers(1, FEWEST_ATTEMPTS - 1))
def test_a_clock_that_jumps_ahead_leaves_a_day_of_attempts(draws: list[float], jumps_at: int) -> None:
    now, waited = START, timedelta()
    for attempts, jitter in enumerate(draws, start=1):
        now += timedelta(days=400 if attempts == jumps_at else 0)
        assert may_begin(attempts=attempts - 1, queued_at=START, now=now)
        settled = settle(Outcome.LATER, "451", attempts=attempts, queued_at=START, now=now, jitter=jitter)
        if settled.status is DeliveryStatus.FAILED:
            break
        assert settled.due_at is not None
        waited += settled.due_at - now
        now = settled.due_at
    assert attempts >= FEWEST_ATTEMPTS
    assert timedelta(hours=18) < waited < GIVE_UP_AFTER
