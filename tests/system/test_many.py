"""Several `inflow run` on one PostgreSQL: one watches a mailbox, all drain one outbox, and a paused one cannot write."""

import json
import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from inflow.store import mailboxes
from inflow.store.engine import Database, open_database
from inflow.store.schema import event, timer
from tests.conftest import Inflow, StartInflow, WriteConfig
from tests.servers.dovecot import Dovecot
from tests.servers.process import wait_until
from tests.servers.sink import Sink
from tests.system.promises import arrived, extra_copies, filed, mail, prepare, subjects


@pytest.fixture
def database(postgres_url: str, write_config: WriteConfig) -> Iterator[Database]:
    prepare(postgres_url)
    write_config(database_url=postgres_url, poll="1s")
    database = open_database(postgres_url)
    yield database
    database.engine.dispose()


def watcher(database: Database) -> int:
    """The process that holds the lease of the mailbox; 0: nobody."""
    with database.reading() as connection:
        owner = mailboxes.owner(connection, "info")
    return int(owner.split(":")[2]) if owner else 0


def everything(sink: Sink, names: list[str], url: str) -> None:
    wait_until(lambda: arrived(sink.received).keys() >= subjects(names), seconds=60, what="every mail")
    assert extra_copies(arrived(sink.received)) == 0
    wait_until(lambda: filed(url).keys() == subjects(names), what="all filed")
    assert all(len(cases) == 1 for cases in filed(url).values())


def test_another_takes_over_from_one_that_was_killed(
    database: Database,
    postgres_url: str,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    start_inflow: StartInflow,
) -> None:
    daemons = {daemon.pid: daemon for daemon in (start_inflow("run"), start_inflow("run"))}
    wait_until(lambda: watcher(database) in daemons, seconds=20, what="a watcher")
    first = watcher(database)
    names = [f"m{n}" for n in range(30)]
    dovecot.deliver(imap_user, *[mail(name) for name in names])
    sink.wait_for(3)

    daemons[first].kill()

    begun = time.monotonic()
    wait_until(lambda: watcher(database) in daemons.keys() - {first}, seconds=30, what="another watcher")
    dovecot.deliver(imap_user, mail("late"))
    wait_until(lambda: "Mail late." in arrived(sink.received), seconds=60, what="the late mail")
    assert time.monotonic() - begun < 60
    wait_until(lambda: arrived(sink.received).keys() >= subjects([*names, "late"]), seconds=75, what="every mail")
    assert extra_copies(arrived(sink.received)) <= 4
    wait_until(lambda: filed(postgres_url).keys() == subjects([*names, "late"]), seconds=75, what="all filed")
    assert all(len(cases) == 1 for cases in filed(postgres_url).values())


def test_one_that_sleeps_past_its_lease_and_wakes_writes_nothing(
    database: Database,
    postgres_url: str,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    start_inflow: StartInflow,
) -> None:
    daemons = {daemon.pid: daemon for daemon in (start_inflow("run"), start_inflow("run"))}
    wait_until(lambda: watcher(database) in daemons, seconds=20, what="a watcher")
    sleeper = watcher(database)
    dovecot.deliver(imap_user, mail("one"))
    sink.wait_for(1)

    os.kill(sleeper, signal.SIGSTOP)

    dovecot.deliver(imap_user, *[mail(f"m{n}") for n in range(10)])
    wait_until(lambda: watcher(database) != sleeper, seconds=30, what="a takeover")
    os.kill(sleeper, signal.SIGCONT)
    dovecot.deliver(imap_user, mail("last"))
    everything(sink, ["one", "last", *[f"m{n}" for n in range(10)]], postgres_url)
    assert watcher(database) not in (0, sleeper)
    assert all(daemon.poll() is None for daemon in daemons.values())


def test_the_outbox_is_drained_by_all_and_nothing_goes_twice(
    database: Database,
    postgres_url: str,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    start_inflow: StartInflow,
) -> None:
    sink.delay = 0.5  # more than one process can do before the others look
    names = [f"m{n}" for n in range(120)]
    dovecot.deliver(imap_user, *[mail(name) for name in names])
    for _ in range(3):
        start_inflow("run")
    everything(sink, names, postgres_url)
    by_connection = Counter(one.connection for one in sink.received)
    assert len(by_connection) > 4  # one process opens four


def test_a_timer_that_all_see_fires_once(
    database: Database,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    inflow: Inflow,
    start_inflow: StartInflow,
) -> None:
    dovecot.deliver(imap_user, *[mail(f"m{n}") for n in range(5)])
    assert inflow("run", "--once").returncode == 0
    with database.writing() as connection:
        connection.execute(timer.update().where(timer.c.kind == "ask").values(due_at=datetime.now(UTC)))
    for _ in range(3):
        start_inflow("run")

    def asked() -> Counter[int]:
        with database.reading() as connection:
            rows = connection.execute(
                select(event.c.case_id, func.count()).where(event.c.kind == "asked").group_by(event.c.case_id)
            )
            return Counter({row[0]: row[1] for row in rows})

    wait_until(lambda: len(asked()) == 5, seconds=45, what="five questions")
    assert set(asked().values()) == {1}
    roles = 4
    wait_until(lambda: len(sink.received) >= 5 + 5 * roles, seconds=30, what="the notices")
    assert len(sink.received) == 5 + 5 * roles


def test_a_ceiling_holds_over_two_processes_and_a_restart(
    postgres_url: str,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    start_inflow: StartInflow,
) -> None:
    prepare(postgres_url)
    write_config(database_url=postgres_url, poll="1s", smtp='rate = "2/s"')
    seen: list[float] = []

    class Timed(list[object]):
        def append(self, one: object) -> None:
            seen.append(time.monotonic())
            super().append(one)

    sink.received = Timed()  # type: ignore[assignment]
    names = [f"m{n}" for n in range(16)]
    dovecot.deliver(imap_user, *[mail(name) for name in names])
    daemons = [start_inflow("run"), start_inflow("run")]
    wait_until(lambda: len(seen) >= 6, seconds=30, what="six mails")
    for daemon in daemons:
        daemon.terminate()
        assert daemon.wait(timeout=20) == 0
    start_inflow("run")
    wait_until(lambda: len(seen) >= 16, seconds=30, what="every mail")
    assert arrived(sink.received).keys() == subjects(names)
    for first, later in zip(seen, seen[4:], strict=False):
        assert later - first > timedelta(seconds=1.5).total_seconds()


def test_status_tells_of_a_mailbox_that_nobody_reads(
    database: Database, dovecot: Dovecot, imap_user: str, inflow: Inflow
) -> None:
    assert inflow("run", "--once").returncode == 0
    well = inflow("status", "--json")
    assert (well.returncode, json.loads(well.stdout)["ok"]) == (0, True)
    with database.writing() as connection:
        long_ago = datetime.now(UTC) - timedelta(hours=3)
        mailboxes.checked(connection, "info", uidvalidity=1, now=long_ago)
    silent = inflow("status", "--json")
    assert silent.returncode == 1
    assert [alarm["name"] for alarm in json.loads(silent.stdout)["alarms"]] == ["mailbox info"]
