"""Killed at any instant: nothing is lost, no case is opened twice, and a forward comes twice in one window alone."""

import asyncio
import random
import signal

import pytest

from inflow.config import load
from inflow.service import run_once
from tests.conftest import WriteConfig
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.sink import Sink
from tests.system.crashing import POINTS, SENT_AND_NOT_RECORDED, run_once_and_die
from tests.system.killing import kill_at_random
from tests.system.promises import arrived, extra_copies, filed, mail, prepare, subjects


@pytest.mark.parametrize(
    ("database_url", "done"), [("sqlite", "move"), ("postgresql", "flag")], indirect=["database_url"]
)
def test_whatever_the_window_a_killed_process_is_taken_over_without_loss(
    database_url: str,
    done: str,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INFLOW_IMAP_PASSWORD", PASSWORD)
    config = write_config(database_url=database_url, done=done)
    prepare(database_url)
    for number, point in enumerate(POINTS):
        dovecot.deliver(imap_user, mail(f"m{number}"))

        assert run_once_and_die(point, config) == -signal.SIGKILL, point
        assert asyncio.run(run_once(load(config))), point

        expected = subjects(f"m{n}" for n in range(number + 1))
        cases = filed(database_url)
        assert cases.keys() == expected, point
        assert {len(found) for found in cases.values()} == {1}, point
        assert len({case for found in cases.values() for case in found}) == number + 1, point
        copies = arrived(sink.received)
        assert copies.keys() == expected, point
        assert len(copies[f"Mail m{number}."]) == 1 + (point in SENT_AND_NOT_RECORDED), point
        assert dovecot.count(imap_user) == (0 if done == "move" else number + 1), point
    assert extra_copies(arrived(sink.received)) == len(SENT_AND_NOT_RECORDED)
    if done == "flag":
        assert all("$InflowDone" in flags for flags in dovecot.flags(imap_user))


def test_killed_at_random_while_mail_keeps_arriving(
    database_url: str,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("INFLOW_IMAP_PASSWORD", PASSWORD)
    config = write_config(database_url=database_url)
    prepare(database_url)

    tally = kill_at_random(config, dovecot, imap_user, sink, kills=10, draw=random.Random())

    assert (tally.lost, tally.doubled_cases) == (0, 0), tally
    assert tally.doubled_forwards <= tally.kills, tally
    assert dovecot.count(imap_user) == 0
