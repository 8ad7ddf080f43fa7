"""Silence is an alarm."""

from datetime import UTC, datetime, timedelta

import pytest

from inflow.casework.health import Health, MailboxHealth, Patience, ProbeHealth, judge

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PATIENCE = Patience(mailbox=timedelta(minutes=15), outbox=timedelta(hours=1), probe=timedelta(minutes=10))
WELL = MailboxHealth(name="info", checked_at=NOW - timedelta(minutes=1))


def names(health: Health, patience: Patience = PATIENCE) -> list[str]:
    return [alarm.name for alarm in judge(health, patience, now=NOW)]


def test_when_all_is_well_nothing_is_said() -> None:
    assert names(Health(mailboxes=[WELL], outbox=3, outbox_oldest=NOW - timedelta(minutes=5))) == []


@pytest.mark.parametrize(
    "silent",
    [
        MailboxHealth(name="info", checked_at=NOW - timedelta(minutes=16)),
        MailboxHealth(name="info", checked_at=None),
        MailboxHealth(name="info", checked_at=NOW, error="login failed", error_since=NOW - timedelta(minutes=3)),
        MailboxHealth(name="info", checked_at=NOW + timedelta(days=3)),  # the clock was set back since
    ],
)
def test_a_mailbox_that_is_not_read_is_an_alarm(silent: MailboxHealth) -> None:
    assert names(Health(mailboxes=[WELL, silent])) == ["mailbox info"]


def test_an_error_of_a_moment_is_not_an_alarm() -> None:
    moment = MailboxHealth(name="info", checked_at=NOW, error="reset", error_since=NOW - timedelta(seconds=20))
    assert names(Health(mailboxes=[moment])) == []


def test_a_daemon_that_has_just_begun_is_given_time() -> None:
    just = Patience(mailbox=PATIENCE.mailbox, outbox=PATIENCE.outbox, probe=PATIENCE.probe, started_at=NOW)
    assert names(Health(mailboxes=[MailboxHealth(name="info", checked_at=None)]), just) == []


def test_what_waits_too_long_and_what_was_quarantined_are_alarms() -> None:
    health = Health(
        mailboxes=[WELL],
        outbox=1,
        outbox_oldest=NOW - timedelta(hours=2),
        received=4,
        received_oldest=NOW - timedelta(hours=1),
        quarantined=1,
    )
    assert names(health) == ["outbox", "triage", "quarantine"]


def test_a_probe_that_does_not_come_back_is_an_alarm() -> None:
    lost = ProbeHealth(mailbox="info", sent_at=NOW - timedelta(minutes=11), back_at=None, seconds=None)
    back = ProbeHealth(mailbox="info", sent_at=NOW - timedelta(minutes=11), back_at=NOW, seconds=2.0)
    assert names(Health(mailboxes=[WELL], probes=[lost])) == ["probe info"]
    assert names(Health(mailboxes=[WELL], probes=[back])) == []
