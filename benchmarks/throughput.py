"""How fast a full mailbox is taken in, decided and handed on, beside the floor of the shortest honest script.

    make bench                              2,000 mails, three rounds
    make bench ARGS="--mails 20000"         as many as you like
    make bench ARGS="--flat"                memory: ten times the mails may take no more than 1.3 times of it

Both work against the same private Dovecot and SMTP sink, in turns, each time with a fresh account and database.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mails import mails
from tests.servers.config import config_text
from tests.servers.dovecot import PASSWORD, Dovecot

SAMPLE = 0.1
TARGET = 0.5
FLAT = 1.3


@dataclass(frozen=True, kw_only=True)
class Run:
    """One pass over a mailbox: wall clock and CPU seconds, and the highest memory of all its processes, in MB."""

    number: int
    seconds: float
    cpu: float
    memory: float

    @property
    def rate(self) -> float:
        """Messages a second."""
        return self.number / self.seconds


def measure(command: list[str], number: int) -> Run:
    """Run a command to its end; it and its children count."""
    began = time.perf_counter()
    environment = dict(os.environ) | {"INFLOW_IMAP_PASSWORD": PASSWORD}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, start_new_session=True)
    peak = Peak(process.pid)
    assert process.stderr is not None
    log = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}:\n{log.decode(errors='replace')[-3000:]}")
    seconds = time.perf_counter() - began
    return Run(number=number, seconds=seconds, cpu=usage.ru_utime + usage.ru_stime, memory=peak.megabytes)


class Peak:
    """The highest sum of proportional memory (PSS) of all processes of a session, looked at ten times a second."""

    def __init__(self, session: int) -> None:
        self.megabytes = 0.0
        self._session = session
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while processes := [pid for pid in _processes() if _session_of(pid) == self._session]:
            self.megabytes = max(self.megabytes, sum(map(_memory, processes)))
            time.sleep(SAMPLE)


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _memory(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0)


@contextmanager
def sink(number: int) -> Iterator[int]:
    """The port of an SMTP sink; when the block ends it must have taken so many mails."""
    command = [sys.executable, "-m", "benchmarks.sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()
        taken = int(process.stdout.readline())
    if taken < number:
        raise SystemExit(f"only {taken} of {number} mails arrived")


def floor(dovecot: Dovecot, number: int, folder: Path) -> Run:
    user = filled(dovecot, number)
    with sink(number) as port:
        where = [str(dovecot.port), str(port), user, PASSWORD, str(folder / "floor.db")]
        run = measure([sys.executable, "-m", "benchmarks.floor", *where], number)
    emptied(dovecot, user)
    return run


def inflow(dovecot: Dovecot, number: int, folder: Path) -> Run:
    user = filled(dovecot, number)
    with sink(number) as port:
        config = folder / "inflow.toml"
        database = f"sqlite:///{folder / 'inflow.db'}"
        text = config_text(imap_port=dovecot.port, imap_user=user, smtp_port=port, database_url=database)
        config.write_text(text, encoding="utf-8")
        program = str(Path(sys.executable).with_name("inflow"))
        run = measure([program, "--config", str(config), "run", "--once"], number)
    emptied(dovecot, user)
    return run


def filled(dovecot: Dovecot, number: int) -> str:
    user = dovecot.new_user()
    dovecot.deliver(user, *mails(number))
    return user


def emptied(dovecot: Dovecot, user: str) -> None:
    if left := dovecot.count(user):
        raise SystemExit(f"{left} mails still lie in the INBOX")


def alternate(dovecot: Dovecot, number: int, rounds: int) -> tuple[list[Run], list[Run]]:
    floors: list[Run] = []
    inflows: list[Run] = []
    for _ in range(rounds):
        for runs, way in ((floors, floor), (inflows, inflow)):
            with tempfile.TemporaryDirectory() as folder:
                runs.append(way(dovecot, number, Path(folder)))
    return floors, inflows


def line(name: str, runs: list[Run]) -> float:
    """Print the medians of one side; returns its rate."""
    rate = statistics.median(run.rate for run in runs)
    cpu = statistics.median(run.cpu / run.number for run in runs) * 1000
    memory = statistics.median(run.memory for run in runs)
    rates = " ".join(f"{run.rate:.0f}" for run in runs)
    print(f"{name:8} {rate:7.1f} messages/s   {cpu:6.2f} ms CPU a message   {memory:6.0f} MB peak   (rounds: {rates})")
    return rate


def throughput(dovecot: Dovecot, number: int, rounds: int) -> None:
    floors, inflows = alternate(dovecot, number, rounds)
    ratio = line("inflow", inflows) / line("floor", floors)
    print(f"ratio    {ratio:7.2f} of the floor (target: at least {TARGET})")


def flatness(dovecot: Dovecot, number: int) -> None:
    peaks = []
    for size in (number, 10 * number):
        with tempfile.TemporaryDirectory() as folder:
            run = inflow(dovecot, size, Path(folder))
        peaks.append(run.memory)
        line(f"{size}", [run])
    print(f"memory   {peaks[1] / peaks[0]:7.2f} times for ten times the mails (target: at most {FLAT})")


def main() -> None:
    parser = argparse.ArgumentParser(description="Throughput of `inflow run --once` beside its floor.")
    parser.add_argument("--mails", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--flat", action="store_true", help="compare the memory of N mails and of ten times N")
    asked = parser.parse_args()
    total = sum(map(len, mails(asked.mails)))
    print(f"{asked.mails} mails, {total / asked.mails / 1024:.1f} KB mean, {os.cpu_count()} cores")
    with Dovecot() as dovecot:
        if asked.flat:
            flatness(dovecot, asked.mails)
        else:
            throughput(dovecot, asked.mails, asked.rounds)


if __name__ == "__main__":
    main()
