"""The life of a delivery: the attempt is booked before it is made, an unknown error means again later, and it ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MAX_ATTEMPTS = 60
GIVE_UP_AFTER = timedelta(days=2)
FEWEST_ATTEMPTS = 20
"""So many, spread over a day by the waits between them, are made whatever the clock says: it may have jumped."""
BOOKED_FOR = timedelta(seconds=50)
"""A booked attempt whose process died falls due again after this; one that lives renews it."""

MOST_AN_HOUR = 50
TOO_MANY = (
    f"{MOST_AN_HOUR} mails of this case went to this address within an hour: two machines may be answering each other"
)
"""Why a delivery is held that would go on without end; nothing else is held for it, and `outbox retry` lets it go."""

_FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=2)


class Outcome(StrEnum):
    """How an attempt ended."""

    SENT = "sent"
    LATER = "later"
    NEVER = "never"


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    HELD = "held"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What an attempt leads to; `due_at` only when it is tried again."""

    status: DeliveryStatus
    due_at: datetime | None = None
    error: str | None = None


def backoff(attempts: int, *, jitter: float) -> timedelta:
    """The wait after so many attempts: doubled each time up to two hours; `jitter` (0 to 1) spreads it by a quarter."""
    wait = min(_FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)
    return wait * (0.875 + jitter / 4)


def may_begin(*, attempts: int, queued_at: datetime, now: datetime) -> bool:
    """Whether one more attempt is made: one that kills its process each time must not be tried for ever."""
    is_old = attempts >= FEWEST_ATTEMPTS and now - queued_at >= GIVE_UP_AFTER + LONGEST_WAIT
    return attempts < MAX_ATTEMPTS and not is_old


def settle(
    outcome: Outcome, error: str | None, *, attempts: int, queued_at: datetime, now: datetime, jitter: float
) -> Settled:
    """What follows from the outcome of the attempt number `attempts`."""
    match outcome:
        case Outcome.SENT:
            return Settled(status=DeliveryStatus.SENT)
        case Outcome.NEVER:
            return Settled(status=DeliveryStatus.FAILED, error=error)
        case Outcome.LATER:
            due_at = now + backoff(attempts, jitter=jitter)
            is_old = attempts >= FEWEST_ATTEMPTS and due_at - queued_at > GIVE_UP_AFTER
            if attempts >= MAX_ATTEMPTS or is_old:
                return Settled(status=DeliveryStatus.FAILED, error=f"gave up after {attempts} attempts: {error}")
            return Settled(status=DeliveryStatus.QUEUED, due_at=due_at, error=error)
