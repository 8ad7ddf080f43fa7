"""Timers over real processes: three on one PostgreSQL, one killed in the middle; each timer happens once, and none twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.timers import FAR, do_all, fill, idle, left, make_due, reminders
from inflow.store import timers
from inflow.store.engine import Database, open_database
from tests.conftest import StartInflow, WriteConfig
from tests.servers.process import wait_until
from tests.servers.sink import Sink
from tests.system.promises import prepare


@pytest.fixture
def database(postgres_url: str, write_config: WriteConfig) -> Iterator[Database]:
    prepare(postgres_url)
    write_config(database_url=postgres_url, poll="5s")
    database = open_database(postgres_url)
    yield database
    database.engine.dispose()


def test_what_is_due_at_once_is_done_once_by_three_of_which_one_is_killed(
    database: Database, start_inflow: StartInflow, sink: Sink
) -> None:
    due = 90
    fill(database, 1000, due_at=datetime.now(UTC) + FAR)
    at = datetime.now(UTC) + timedelta(seconds=5)
    make_due(database, due, at=at)
    running = [start_inflow("run") for _ in range(3)]
    assert do_all(database, running, due=due, at=at) < 60
    assert running[0].poll() is not None
    assert reminders(database) == dict.fromkeys(range(1, due + 1), 1)
    wait_until(lambda: len(sink.received) >= due, seconds=60, what="every reminder")
    assert left(database) == 0
    with database.reading() as connection:
        assert timers.next_due(connection) > datetime.now(UTC) + FAR - timedelta(days=1)  # type: ignore[operator]


def test_a_look_costs_no_more_with_many_that_are_not_due(
    database: Database, write_config: WriteConfig, postgres_url: str
) -> None:
    config = write_config(database_url=postgres_url)
    none = min(idle(config, rounds=20) for _ in range(3))
    fill(database, 5000, due_at=datetime.now(UTC) + FAR)
    assert min(idle(config, rounds=20) for _ in range(3)) < 4 * none + 5
