"""The world fails: servers go, lines are cut, disks fill. Nothing is lost or stuck, and no human is needed to go on."""

import json
import resource
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.conftest import Inflow, StartInflow, WriteConfig
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postgres import Postgres
from tests.servers.process import wait_until
from tests.servers.proxy import Proxy
from tests.servers.sink import Sink, Stage
from tests.system.promises import arrived, extra_copies, filed, mail, prepare, subjects

OTHER = "ovrigt@exempel.test"


@pytest.fixture
def imap_proxy(dovecot: Dovecot) -> Iterator[Proxy]:
    with Proxy(dovecot.port) as proxy:
        yield proxy


@pytest.fixture
def smtp_proxy(sink: Sink) -> Iterator[Proxy]:
    with Proxy(sink.port) as proxy:
        yield proxy


@pytest.fixture
def log(tmp_path: Path) -> Callable[[], str]:
    """What the daemon has logged so far."""
    return (tmp_path / "inflow.log").read_text


def settle(sink: Sink, names: list[str], *, url: str = "") -> None:
    """Every mail of these names arrives, and once only; each is a message of one case."""
    wait_until(lambda: arrived(sink.received).keys() >= subjects(names), seconds=45, what=f"{names} in the sink")
    assert extra_copies(arrived(sink.received)) == 0
    if url:
        wait_until(lambda: filed(url).keys() == subjects(names), what="all filed")
        assert all(len(cases) == 1 for cases in filed(url).values())


def test_a_line_cut_in_the_middle_of_a_mail(
    imap_proxy: Proxy,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    sqlite_url: str,
    write_config: WriteConfig,
    start_inflow: StartInflow,
) -> None:
    write_config(imap_port=imap_proxy.port)
    imap_proxy.cut_after = 100_000
    dovecot.deliver(imap_user, mail("big", text="lång rad\r\n" * 40_000))
    start_inflow("run")
    wait_until(lambda: imap_proxy.connections >= 2, seconds=20, what="a second try")
    assert dovecot.count(imap_user) == 1
    imap_proxy.heal()
    settle(sink, ["big"], url=sqlite_url)
    wait_until(lambda: dovecot.count(imap_user) == 0, what="an empty INBOX")


def test_an_imap_server_that_goes_and_comes_back(
    sink: Sink, sqlite_url: str, write_config: WriteConfig, start_inflow: StartInflow, log: Callable[[], str]
) -> None:
    with Dovecot() as own:
        user = own.new_user()
        write_config(imap_port=own.port, imap_user=user)
        start_inflow("run")
        own.deliver(user, mail("one"))
        settle(sink, ["one"])
        own.stop()
        wait_until(lambda: "mailbox cannot be read" in log(), seconds=20, what="the trouble in the log")
        own.start()
        own.deliver(user, mail("two"))
        settle(sink, ["one", "two"], url=sqlite_url)
        assert "mailbox can be read again" in log()


def test_a_connection_that_is_kicked_out(
    dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, start_inflow: StartInflow
) -> None:
    write_config()
    start_inflow("run")
    dovecot.deliver(imap_user, mail("one"))
    settle(sink, ["one"])
    dovecot.kick(imap_user)
    dovecot.deliver(imap_user, mail("two"))
    settle(sink, ["one", "two"])


def test_folders_deleted_under_our_feet(
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    config_path: Path,
    start_inflow: StartInflow,
    log: Callable[[], str],
) -> None:
    write_config(poll="1s")
    config_path.write_text(config_path.read_text().replace('folder = "INBOX"', 'folder = "Way"'))
    dovecot.append(imap_user, mail("one"), "Way")
    start_inflow("run")
    settle(sink, ["one"])
    with dovecot.login(imap_user) as connection:
        connection.delete('"Inflow/Done"')
    dovecot.append(imap_user, mail("two"), "Way")
    settle(sink, ["one", "two"])
    with dovecot.login(imap_user) as connection:
        connection.delete('"Way"')
    wait_until(lambda: log().count("mailbox cannot be read") >= 1, seconds=30, what="the trouble in the log")
    dovecot.append(imap_user, mail("three"), "Way")
    settle(sink, ["one", "two", "three"])


def test_a_login_that_is_refused_until_the_password_is_right_again(
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    config_path: Path,
    start_inflow: StartInflow,
    log: Callable[[], str],
) -> None:
    write_config()
    secret = config_path.with_name("secret")
    secret.write_text("wrong")
    config_path.write_text(config_path.read_text().replace('env = "INFLOW_IMAP_PASSWORD"', 'file = "secret"'))
    dovecot.deliver(imap_user, mail("one"))
    start_inflow("run")
    wait_until(lambda: "login failed" in log(), seconds=30, what="the refusal in the log")
    secret.write_text(PASSWORD)
    settle(sink, ["one"])


def test_mail_is_found_by_the_poll_when_the_server_never_tells(
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    config_path: Path,
    start_inflow: StartInflow,
) -> None:
    write_config(poll="1s")
    config_path.write_text(config_path.read_text().replace("idle = true", "idle = false"))
    start_inflow("run")
    for name in ("one", "two"):
        dovecot.deliver(imap_user, mail(name))
        settle(sink, [name])


@pytest.mark.parametrize(
    ("reply", "at"),
    [
        ("421 4.3.2 closing", Stage.RCPT),
        ("451 4.3.0 later", Stage.DATA),
        ("452 4.2.2 full", Stage.RCPT),
        ("cut", Stage.DATA),
    ],
)
def test_a_relay_that_says_not_now_gets_the_mail_later_and_once(
    reply: str,
    at: Stage,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    sqlite_url: str,
    write_config: WriteConfig,
    inflow: Inflow,
) -> None:
    write_config()
    if reply == "cut":
        sink.cuts = 1
    else:
        sink.answer(OTHER, reply, at=at, times=1)
    dovecot.deliver(imap_user, mail("one"))

    assert inflow("run", "--once").returncode == 1

    (waiting,) = json.loads(inflow("outbox", "list", "--json").stdout)
    assert (waiting["status"], waiting["attempts"]) == ("queued", 1)
    assert sink.received == []
    assert inflow("outbox", "retry").returncode == 0
    assert inflow("run", "--once").returncode == 0
    settle(sink, ["one"], url=sqlite_url)


def test_a_recipient_that_does_not_exist_is_heard_of_and_stops_no_neighbour(
    dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, inflow: Inflow
) -> None:
    rule = '[[rule]]\nname = "f"\nwhen = { subject = "bad" }\nroute = "ekonomi"\n'
    write_config(more=rule + '[operations]\naddress = "drift@exempel.test"\n')
    sink.answer("ekonomi@exempel.test", "550 5.1.1 no such user")
    dovecot.deliver(imap_user, mail("before"), mail("bad"), mail("after"))

    assert inflow("run", "--once").returncode == 1

    assert arrived(sink.received).keys() >= subjects(["before", "after"])
    (failed,) = json.loads(inflow("outbox", "list", "--json").stdout)
    assert (failed["status"], failed["to"]) == ("failed", "ekonomi@exempel.test")
    case = json.loads(inflow("cases", "list", "--search", "bad", "--json").stdout)[0]["number"]
    shown = json.loads(inflow("cases", "show", str(case), "--json").stdout)
    assert "delivery-failed" in [event["kind"] for event in shown["events"]]
    assert len(sink.to("drift@exempel.test")) == 1
    assert len(sink.to(OTHER)) == 3


def test_a_relay_that_is_down_slow_and_up_again(
    dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, inflow: Inflow, start_inflow: StartInflow
) -> None:
    write_config()
    sink.stop()
    dovecot.deliver(imap_user, mail("one"))
    assert inflow("run", "--once").returncode == 1
    sink.delay = 1.5
    sink.start()
    assert inflow("outbox", "retry").returncode == 0
    start_inflow("run")
    dovecot.deliver(imap_user, mail("two"), mail("three"))
    settle(sink, ["one", "two", "three"])


def test_postgresql_restarted_under_a_running_daemon(
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    start_inflow: StartInflow,
    log: Callable[[], str],
) -> None:
    with Postgres() as own:
        url = own.url(own.create())
        prepare(url)
        write_config(database_url=url)
        daemon = start_inflow("run")
        dovecot.deliver(imap_user, *[mail(f"a{n}") for n in range(20)])
        wait_until(lambda: len(sink.received) >= 3, seconds=20, what="the first forwards")
        own.stop()
        dovecot.deliver(imap_user, mail("late"))
        wait_until(lambda: "error" in log(), seconds=20, what="trouble in the log")
        own.start()
        names = ["late", *[f"a{n}" for n in range(20)]]
        wait_until(lambda: arrived(sink.received).keys() >= subjects(names), seconds=90, what="every mail")
        wait_until(lambda: filed(url).keys() == subjects(names), what="all filed")
        assert extra_copies(arrived(sink.received)) <= 4
        assert daemon.poll() is None
        daemon.terminate()
        assert daemon.wait(timeout=20) == 0


def test_postgresql_without_a_connection_left(
    postgres: Postgres,
    postgres_url: str,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    start_inflow: StartInflow,
    log: Callable[[], str],
) -> None:
    prepare(postgres_url)
    write_config(database_url=postgres_url)
    start_inflow("run")
    dovecot.deliver(imap_user, mail("one"))
    settle(sink, ["one"])
    with ExitStack() as held, psycopg.connect(postgres.url(), autocommit=True) as reserved:
        fill(postgres, held)
        reserved.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'inflow'")
        fill(postgres, held)
        dovecot.deliver(imap_user, mail("two"))
        wait_until(lambda: "too many" in log() or "cannot be read" in log(), seconds=30, what="trouble in the log")
    settle(sink, ["one", "two"], url=postgres_url)


def fill(postgres: Postgres, held: ExitStack) -> None:
    try:
        while True:
            held.enter_context(psycopg.connect(postgres.url(), connect_timeout=5))
    except psycopg.OperationalError:
        return


def test_sqlite_locked_by_another_writer_for_seconds(
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    sqlite_url: str,
    tmp_path: Path,
    write_config: WriteConfig,
    start_inflow: StartInflow,
) -> None:
    write_config()
    start_inflow("run")
    dovecot.deliver(imap_user, mail("one"))
    settle(sink, ["one"])
    other = sqlite3.connect(tmp_path / "inflow.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    dovecot.deliver(imap_user, mail("two"))
    deadline = time.monotonic() + 3
    wait_until(lambda: time.monotonic() > deadline, what="three seconds of lock")
    assert dovecot.count(imap_user) == 1
    other.execute("ROLLBACK")
    other.close()
    settle(sink, ["one", "two"], url=sqlite_url)


def test_a_full_disk(
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    sqlite_url: str,
    write_config: WriteConfig,
    start_inflow: StartInflow,
    log: Callable[[], str],
) -> None:
    write_config(poll="1s")
    daemon = start_inflow("run")
    dovecot.deliver(imap_user, mail("one"))
    settle(sink, ["one"])
    unlimited = resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, (64 << 10, resource.RLIM_INFINITY))
    names = [f"m{n}" for n in range(5)]
    dovecot.deliver(imap_user, *[mail(name, text=f"{name}\r\n" * 10_000) for name in names])
    wait_until(lambda: "full" in log() or "disk I/O" in log(), seconds=30, what="trouble in the log")
    assert dovecot.count(imap_user) == 5
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, unlimited)
    settle(sink, ["one", *names], url=sqlite_url)
    assert daemon.poll() is None


@pytest.mark.parametrize("trouble", ["idle", "frozen imap", "frozen smtp"])
def test_a_stop_is_bounded(
    trouble: str,
    imap_proxy: Proxy,
    smtp_proxy: Proxy,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    inflow: Inflow,
    start_inflow: StartInflow,
) -> None:
    write_config(imap_port=imap_proxy.port, smtp_port=smtp_proxy.port, poll="1s")
    daemon = start_inflow("run")
    dovecot.deliver(imap_user, mail("one"))
    settle(sink, ["one"])
    imap_proxy.black_hole = trouble == "frozen imap"
    smtp_proxy.black_hole = trouble == "frozen smtp"
    dovecot.deliver(imap_user, mail("two"))
    if trouble == "frozen smtp":
        wait_until(lambda: dovecot.count(imap_user) == 0, what="the mail to be taken in")
    begun = time.monotonic()
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(timeout=20) == 0
    assert time.monotonic() - begun < (5 if trouble == "idle" else 16)
    imap_proxy.heal()
    smtp_proxy.heal()
    assert inflow("run", "--once").returncode == 0
    settle(sink, ["one", "two"])


def test_a_bad_reload_changes_nothing_and_a_good_one_takes_effect(
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    config_path: Path,
    start_inflow: StartInflow,
    log: Callable[[], str],
) -> None:
    write_config()
    daemon = start_inflow("run")
    dovecot.deliver(imap_user, mail("one"))
    settle(sink, ["one"])
    good = config_path.read_text()
    config_path.write_text(good + '[[rule]]\nname = "r"\nroute = "nobody"\nwhen = { subject = "Mail" }\n')
    reload(daemon, lambda: "config not reloaded" in log())
    dovecot.deliver(imap_user, mail("two"))
    settle(sink, ["one", "two"])
    config_path.write_text(good + '[[rule]]\nname = "r"\nroute = "hr"\nwhen = { subject = "Mail" }\n')
    reload(daemon, lambda: log().count("inflow started") == 2)
    dovecot.deliver(imap_user, mail("three"))
    settle(sink, ["one", "two", "three"])
    assert arrived(sink.to("hr@exempel.test")).keys() == subjects(["three"])
    daemon.terminate()
    assert daemon.wait(timeout=15) == 0


def reload(daemon: subprocess.Popen[bytes], seen: Callable[[], bool]) -> None:
    daemon.send_signal(signal.SIGHUP)
    wait_until(seen, seconds=15, what="the reload")
