"""Silence is an alarm: from what is known of mailboxes and outbox to what operations must hear of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

ERROR_PATIENCE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxHealth:
    """When a mailbox was last read to its end, since when it cannot be, and the host that watches it."""

    name: str
    checked_at: datetime | None
    error: str | None = None
    error_since: datetime | None = None
    host: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeHealth:
    """When the last probe of a mailbox left, and whether it came back."""

    mailbox: str
    sent_at: datetime
    back_at: datetime | None
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookHealth:
    """How many calls of a webhook were given up, and why."""

    name: str
    calls: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What is known at one moment. Ages are of the oldest row; None: there is none."""

    mailboxes: Sequence[MailboxHealth]
    probes: Sequence[ProbeHealth] = ()
    outbox: int = 0
    outbox_oldest: datetime | None = None
    received: int = 0
    received_oldest: datetime | None = None
    quarantined: int = 0
    failed: int = 0
    noise: int = 0
    webhooks: Sequence[HookHealth] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long each may be silent."""

    mailbox: timedelta
    outbox: timedelta
    probe: timedelta
    started_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something operations must know: `name` stays the same while it lasts."""

    name: str
    text: str


def judge(health: Health, patience: Patience, *, now: datetime) -> list[Alarm]:
    """What is wrong now; empty when all is well."""
    found = [alarm for one in health.mailboxes if (alarm := _mailbox(one, patience, now))]
    found += [alarm for one in health.probes if (alarm := _probe(one, patience, now))]
    if health.outbox_oldest is not None and _over(health.outbox_oldest, patience.outbox, now):
        waited = _span(now - health.outbox_oldest)
        found.append(Alarm(name="outbox", text=f"{health.outbox} deliveries wait, the oldest for {waited}"))
    if health.received_oldest is not None and _over(health.received_oldest, patience.mailbox, now):
        waited = _span(now - health.received_oldest)
        found.append(Alarm(name="triage", text=f"{health.received} received mails wait, the oldest for {waited}"))
    if health.quarantined:
        found.append(
            Alarm(name="quarantine", text=f"{health.quarantined} open cases hold a mail that could not be processed")
        )
    if health.noise:
        text = (
            f"{health.noise} deliveries are held: too many of one case went to one address, two machines may be talking"
        )
        found.append(Alarm(name="noise", text=text))
    for one in health.webhooks:
        text = f"webhook {one.name}: {one.calls} calls were given up, {one.error}: inflow webhooks --retry or --forget"
        found.append(Alarm(name=f"webhook {one.name}", text=text))
    return found


def _mailbox(one: MailboxHealth, patience: Patience, now: datetime) -> Alarm | None:
    name = f"mailbox {one.name}"
    if one.error is not None and one.error_since is not None and _over(one.error_since, ERROR_PATIENCE, now):
        return Alarm(name=name, text=f"{name} has not been readable for {_span(now - one.error_since)}: {one.error}")
    seen = max(filter(None, (one.checked_at, patience.started_at)), default=None)
    if seen is None:
        return Alarm(name=name, text=f"{name} has never been read")
    if _over(seen, patience.mailbox, now):
        return Alarm(name=name, text=f"{name} has not been read for {_span(now - seen)}")
    return None


def _probe(one: ProbeHealth, patience: Patience, now: datetime) -> Alarm | None:
    if one.back_at is None and _over(one.sent_at, patience.probe, now):
        waited = _span(now - one.sent_at)
        return Alarm(
            name=f"probe {one.mailbox}", text=f"a probe mailed to {one.mailbox} {waited} ago has not come back"
        )
    return None


def _over(since: datetime, patience: timedelta, now: datetime) -> bool:
    """Whether something has lasted too long; a moment that lies as far ahead was noted before the clock was set back."""
    return abs(now - since) > patience


def _span(span: timedelta) -> str:
    seconds = abs(span.total_seconds())
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
