"""One bad mail stops nobody: each becomes a case in bounded time and memory, and the neighbours never notice."""

import json
import signal
import time
from pathlib import Path

import pytest

from inflow.mail.message import Message
from inflow.reader import Reader, Unreadable
from tests.conftest import Inflow, StartInflow, WriteConfig
from tests.servers.dovecot import Dovecot
from tests.servers.process import wait_until
from tests.servers.sink import Sink
from tests.system.hostile import NAMELESS, hostile
from tests.system.promises import arrived, mail, prepare

SECONDS_A_MAIL = 5.0
MEMORY_A_MAIL = 600 << 20

BROKEN_PARSER = '''
"""A parser that some mails break, in every process started with this folder on its path."""
import ctypes, os, re, signal, sys
from inflow.mail import parse as module

real = module.parse


def parse(raw, **keywords):
    if b"HANG" in raw:
        with open(os.path.join(os.path.dirname(__file__), "hangs"), "w") as told:
            print(os.getpid(), file=told)
        re.match("(a+)+$", "a" * 60 + "b")  # runs in C, holding the interpreter, for longer than anybody waits
    if b"DIE" in raw:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"CRASH" in raw:
        ctypes.string_at(0)
    if b"SWELL" in raw:
        hoard = [bytearray(256 << 20) for _ in range(64)]
    return real(raw, **keywords)


module.parse = parse
if "inflow.reader" not in sys.orig_argv:
    from inflow import reader

    reader.Reader.__init__.__kwdefaults__["seconds"] = 2.0
'''


@pytest.fixture
def broken_parser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(BROKEN_PARSER)
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=":")


@pytest.mark.parametrize("word", ["HANG", "DIE", "CRASH", "SWELL"])
@pytest.mark.usefixtures("broken_parser")
def test_mails_are_asked_for_together_and_one_that_breaks_the_child_costs_the_others_nothing(word: str) -> None:
    reader = Reader(seconds=2.0)
    mails = [(f"Subject: {one}\r\n\r\n{one}\r\n".encode(), "info") for one in ("first", word, "last")]
    try:
        first, broken, last = reader.read_all(mails)
    finally:
        reader.close()
    assert isinstance(broken, Unreadable)
    assert broken.raw == mails[1][0]
    assert [one.subject for one in (first, last) if isinstance(one, Message)] == ["first", "last"]


def test_a_hostile_mail_is_read_in_bounded_time_and_memory() -> None:
    reader = Reader()
    for name, raw in hostile().items():
        begun = time.monotonic()
        assert isinstance(reader.read(raw), Message), name
        assert time.monotonic() - begun < SECONDS_A_MAIL, name
        assert reader._child is not None
        assert high_water(reader._child.pid) < MEMORY_A_MAIL, name
    reader.close()


def high_water(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM"))


def test_the_hostile_suite_goes_through_and_the_neighbours_never_notice(
    database_url: str, dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, inflow: Inflow
) -> None:
    write_config(database_url=database_url)
    prepare(database_url)
    suite = [*hostile().values(), *NAMELESS]
    dovecot.deliver(imap_user, mail("before"), *suite, mail("after"))

    ran = inflow("run", "--once", seconds=120)

    assert "Traceback" not in ran.stderr, ran.stderr[-3000:]
    assert dovecot.count(imap_user) == 0
    cases = json.loads(inflow("cases", "list", "--limit", "0", "--json").stdout)
    assert len(cases) == len(suite) + 2
    plain = {name for name in hostile() if name.replace(" ", "").isalnum()}
    assert {one["subject"] for one in cases} >= {"Mail before.", "Mail after."} | plain
    heard_of = [one for one in json.loads(inflow("outbox", "list", "--json").stdout) if one["status"] == "failed"]
    assert len(sink.received) + len(heard_of) >= len(suite) + 2
    assert arrived(sink.received).keys() >= {"Mail before.", "Mail after."}
    assert not any(b"\nX-Evil" in one.raw or b"\nBcc:" in one.raw.partition(b"\n\n")[0] for one in sink.received)
    assert inflow("verify").returncode == 0


def test_what_breaks_the_reader_costs_one_mail_each_and_no_neighbour(
    database_url: str,
    broken_parser: None,
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    inflow: Inflow,
) -> None:
    write_config(database_url=database_url, more='[operations]\naddress = "drift@exempel.test"\n')
    prepare(database_url)
    breaking = ["HANG", "DIE", "CRASH", "SWELL"]
    dovecot.deliver(imap_user, mail("bad-headers", headers="X-Y: DIE\r\n"))
    for n, word in enumerate(breaking):
        dovecot.deliver(imap_user, mail(f"before-{n}"), mail(f"bad-{n}", text=word), mail(f"after-{n}"))

    ran = inflow("run", "--once", seconds=60)

    assert ran.returncode == 0, ran.stderr[-3000:]
    cases = {one["subject"]: one for one in json.loads(inflow("cases", "list", "--json").stdout)}
    assert len(cases) == 13
    assert cases[""]["role"] == "ovrigt"
    for n in range(len(breaking)):
        assert cases[f"Mail bad-{n}."]["role"] == "ovrigt"
        assert "could not be processed" in cases[f"Mail bad-{n}."]["decision"]["reasons"][0]
    carried = [one.raw for one in sink.to("ovrigt@exempel.test") if b".eml" in one.raw]
    assert len(carried) == len(breaking) + 1
    assert len(sink.to("drift@exempel.test")) == len(breaking) + 1
    assert len(sink.to("ovrigt@exempel.test")) == 13
    status = json.loads(inflow("status", "--json").stdout)
    assert "quarantine" in [alarm["name"] for alarm in status["alarms"]]


def test_a_reader_whose_daemon_was_killed_ends_by_itself(
    broken_parser: None,
    tmp_path: Path,
    dovecot: Dovecot,
    imap_user: str,
    write_config: WriteConfig,
    start_inflow: StartInflow,
) -> None:
    write_config()
    dovecot.deliver(imap_user, mail("bad", text="HANG"))
    daemon = start_inflow("run")
    hangs = tmp_path / "broken" / "hangs"
    wait_until(lambda: hangs.exists() and hangs.read_text().endswith("\n"), seconds=30, what="the reader to hang")
    reader = int(hangs.read_text())

    daemon.send_signal(signal.SIGKILL)

    daemon.wait()
    wait_until(lambda: not Path(f"/proc/{reader}").exists(), seconds=20, what="the end of the reader")
