"""Two hosts on one PostgreSQL: when one dies without a word, the other cannot know, and takes over all the same."""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest

from tests.conftest import Inflow, WriteConfig, inflow_program
from tests.servers.dovecot import Dovecot
from tests.servers.process import find_program, wait_until
from tests.servers.sink import Sink
from tests.system.promises import arrived, extra_copies, filed, mail, prepare, subjects

StartOn = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def start_on(environment: dict[str, str]) -> Iterator[StartOn]:
    """Start `inflow run` on a host of that name (a UTS namespace of its own)."""
    started = []

    def start(host: str) -> subprocess.Popen[bytes]:
        apart = [find_program("unshare", server="unshare"), "--uts", *([] if os.getuid() == 0 else ["--map-root-user"])]
        rename = ["sh", "-c", 'hostname "$0" && exec "$@"', host]
        started.append(subprocess.Popen([*apart, *rename, inflow_program(), "run"], env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def test_another_host_takes_over_within_thirty_seconds_and_status_names_it(
    postgres_url: str,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    inflow: Inflow,
    start_on: StartOn,
) -> None:
    prepare(postgres_url)
    write_config(database_url=postgres_url, poll="1s")

    def watched_by() -> str:
        with psycopg.connect(postgres_url) as connection:
            row = connection.execute("SELECT owner FROM mailbox").fetchone()
        return str(row[0]).partition(":")[0] if row else ""

    first = start_on("alfa")
    wait_until(lambda: watched_by() == "alfa", seconds=30, what="the first host")
    start_on("beta")
    dovecot.deliver(imap_user, mail("one"))
    sink.wait_for(1, seconds=40)

    first.kill()

    died = time.monotonic()
    dovecot.deliver(imap_user, mail("two"))
    wait_until(lambda: watched_by() == "beta", seconds=40, what="the second host")
    assert time.monotonic() - died < 30
    assert "watched by beta" in inflow("status").stdout
    assert json.loads(inflow("status", "--json").stdout)["mailboxes"][0]["host"] == "beta"
    wait_until(lambda: arrived(sink.received).keys() == subjects(["one", "two"]), seconds=20, what="both mails")
    assert extra_copies(arrived(sink.received)) == 0
    wait_until(lambda: filed(postgres_url).keys() == subjects(["one", "two"]), what="both filed")
