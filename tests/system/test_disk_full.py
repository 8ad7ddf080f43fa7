"""No room left under the database: nothing is marked done, nobody is blamed, and it goes on by itself when there is room."""

import os
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.conftest import StartInflow, WriteConfig
from tests.servers.disk import SmallDisk
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres
from tests.servers.process import wait_until
from tests.servers.sink import Sink
from tests.system.promises import arrived, extra_copies, filed, mail, prepare, subjects


@pytest.fixture
def disk() -> Iterator[SmallDisk]:
    with SmallDisk() as disk:
        yield disk


@pytest.fixture
def sqlite_there(disk: SmallDisk) -> str:
    return f"sqlite:///{disk.root / 'inflow.db'}"


@pytest.fixture
def postgresql_there(disk: SmallDisk, postgres: Postgres) -> Iterator[str]:
    """A database whose tables lie on the small disk."""
    name = disk.root.name.replace("-", "_")
    tables = disk.root / "tables"
    tables.mkdir()
    postgres.own(tables)
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE {name} LOCATION '{tables}'".encode())
        connection.execute(f"CREATE DATABASE {name} TABLESPACE {name}".encode())
    yield postgres.url(name)
    postgres.drop(name)
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(f"DROP TABLESPACE {name}".encode())


@pytest.mark.parametrize("engine", ["sqlite_there", "postgresql_there"])
def test_a_disk_that_is_full_and_has_room_again(
    engine: str,
    request: pytest.FixtureRequest,
    disk: SmallDisk,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    start_inflow: StartInflow,
    log: Callable[[], str],
) -> None:
    url = request.getfixturevalue(engine)
    prepare(url)
    write_config(database_url=url, poll="1s")
    daemon = start_inflow("run")
    small = [f"small{n}" for n in range(20)]
    dovecot.deliver(imap_user, mail("one"), *[mail(name) for name in small])
    sink.wait_for(3, seconds=40)

    disk.fill()

    big = [f"big{n}" for n in range(5)]
    words = b64encode(os.urandom(60_000)).decode()
    dovecot.deliver(imap_user, *[mail(name, text=f"{name}\r\n{words}") for name in big])
    wait_until(lambda: "full" in log() or "No space left" in log(), seconds=30, what="trouble in the log")
    wait_until(lambda: "mailbox cannot be read" in log(), seconds=60, what="a mailbox that waits")
    assert dovecot.count(imap_user) >= len(big)
    disk.make_room()
    names = ["one", *small, *big]
    wait_until(lambda: arrived(sink.received).keys() == subjects(names), seconds=90, what="every mail")
    wait_until(lambda: dovecot.count(imap_user) == 0, what="an empty INBOX")
    wait_until(lambda: filed(url).keys() == subjects(names), what="all filed")
    assert all(len(cases) == 1 for cases in filed(url).values())
    assert extra_copies(arrived(sink.received)) == 0
    assert daemon.poll() is None


@pytest.fixture
def log(tmp_path: Path) -> Callable[[], str]:
    """What the daemon has logged so far."""
    return (tmp_path / "inflow.log").read_text
