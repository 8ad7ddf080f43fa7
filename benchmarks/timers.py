"""Timers at scale: many open cases with due times cost nothing while none is due, and a thousand due at once are done in seconds.

    .venv/bin/python -m benchmarks.timers                      100,000 cases, 1,000 of them due at once, both databases
    .venv/bin/python -m benchmarks.timers --cases 10000 --due 200 --only postgresql

On PostgreSQL three `inflow run` share the work and one of them is killed (SIGKILL) in the middle of it; on SQLite one does it all.
Exit status 1 when a timer is lost or happens twice.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from inflow import clock
from inflow.config import load
from inflow.desk.world import open_world
from inflow.store.engine import Database, open_database
from inflow.store.schema import cases, delivery, event, party, timer
from tests.servers.config import config_text
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postgres import Postgres
from tests.servers.process import stop
from tests.servers.sink import Sink
from tests.system.promises import prepare

FAR = timedelta(days=30)
AHEAD = timedelta(seconds=35)
CHUNK = 5000


def fill(database: Database, count: int, *, due_at: datetime) -> None:
    """Open cases of support, each with an appointment."""
    now = datetime.now(UTC)
    for begin in range(0, count, CHUNK):
        with database.writing() as connection:
            sender = connection.scalar(select(party.c.id).where(party.c.address == "eva@kund.test"))
            if sender is None:
                sender = connection.execute(
                    party.insert().values(address="eva@kund.test", name="Eva Ek", kind="public").returning(party.c.id)
                ).scalar_one()
            row = {
                "subject": "Hjälp", "status": "open", "role": "support", "party_id": sender, "domain": "kund.test", "mailbox": "info",
                "opened_at": now, "updated_at": now, "decided_by": "rule", "confidence": 1.0, "reasons": [], "candidates": [],
            }  # fmt: skip
            some = min(CHUNK, count - begin)
            made = connection.scalars(cases.insert().returning(cases.c.id), [row] * some).all()
            connection.execute(
                event.insert(), [{"case_id": case, "at": now, "kind": "opened", "by": "x", "text": ""} for case in made]
            )
            connection.execute(timer.insert(), [{"case_id": case, "kind": "remind", "due_at": due_at} for case in made])


def make_due(database: Database, count: int, *, at: datetime) -> None:
    """A number of appointments are due at one moment."""
    with database.writing() as connection:
        some = select(timer.c.id).order_by(timer.c.id).limit(count).scalar_subquery()
        connection.execute(timer.update().where(timer.c.id.in_(some)).values(due_at=at))


def left(database: Database) -> int:
    """How many that are due have not been done."""
    with database.reading() as connection:
        query = select(func.count()).select_from(timer).where(timer.c.due_at <= datetime.now(UTC))
        return connection.scalar(query) or 0


def reminders(database: Database) -> Counter[int]:
    """How many notices each case has sent."""
    with database.reading() as connection:
        query = select(delivery.c.case_id).where(delivery.c.kind == "notice", delivery.c.case_id.is_not(None))
        return Counter(connection.scalars(query))


def idle(config: Path, rounds: int = 200) -> float:
    """Milliseconds that one look at the clock takes while nothing is due."""
    world = open_world(load(config))
    try:
        clock.step(world)
        begin = time.perf_counter()
        for _ in range(rounds):
            assert clock.step(world) == 0
            with world.database.reading() as connection:
                clock.next_due(connection)
        return (time.perf_counter() - begin) / rounds * 1000
    finally:
        world.database.engine.dispose()


def cpu(processes: list[subprocess.Popen[bytes]]) -> float:
    """Seconds of CPU that processes have used."""
    ticks = 0
    for process in processes:
        fields = Path(f"/proc/{process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def run(config: Path, log: Path) -> subprocess.Popen[bytes]:
    program = Path(sys.executable).with_name("inflow")
    with log.open("ab") as output:
        return subprocess.Popen([program, "--config", config, "run"], stdout=output, stderr=output)


def measure(engine: str, *, count: int, due: int, seconds: float) -> bool:
    """One database: what looking costs, what standing by costs, and how fast what is due is done. Returns whether each came once."""
    with ExitStack() as servers:
        folder = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="inflow-timers-")))
        dovecot, sink = servers.enter_context(Dovecot()), servers.enter_context(Sink())
        url, many = f"sqlite:///{folder / 'inflow.db'}", 1
        if engine == "postgresql":
            postgres = servers.enter_context(Postgres())
            url, many = postgres.url(postgres.create()), 3
        prepare(url)
        config = folder / "inflow.toml"
        config.write_text(
            config_text(imap_port=dovecot.port, imap_user=dovecot.new_user(), smtp_port=sink.port, database_url=url),
            encoding="utf-8",
        )
        none = idle(config)
        database = open_database(url)
        servers.callback(database.engine.dispose)
        fill(database, count, due_at=datetime.now(UTC) + FAR)
        print(f"{engine}: a look takes {none:.2f} ms without timers, {idle(config):.2f} ms with {count:,}")
        running = [run(config, folder / "log") for _ in range(many)]
        try:
            time.sleep(8)
            assert all(process.poll() is None for process in running), (folder / "log").read_text()
            before = cpu(running)
            time.sleep(seconds)
            used = (cpu(running) - before) / seconds / many
            print(f"{engine}: {many} running, none due: {used:.2%} of a core each over {seconds:.0f} s")
            at = datetime.now(UTC) + AHEAD
            make_due(database, due, at=at)
            took = do_all(database, running, due=due, at=at)
        finally:
            for process in running:
                stop(process, number=signal.SIGTERM)
        counted = reminders(database)
        well = len(counted) == due and set(counted.values()) == {1}
        killed = ", one killed" if many > 1 else ""
        print(f"{engine}: {due} due at once, {many} running{killed}: {took:.1f} s; each once: {well}")
        return well


def do_all(
    database: Database, running: list[subprocess.Popen[bytes]], *, due: int, at: datetime, patience: float = 120
) -> float:
    """Seconds from the moment at which so many are due until all are done; one of several processes is killed at a third."""
    time.sleep(max((at - datetime.now(UTC)).total_seconds(), 0))
    begin, alive = time.monotonic(), len(running)
    while waiting := left(database):
        if alive > 1 and alive == len(running) and waiting < due * 2 / 3:
            running[0].kill()
            alive -= 1
        if time.monotonic() - begin > patience:
            return float("inf")
        time.sleep(0.05)
    return time.monotonic() - begin


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--cases", type=int, default=100_000, help="open cases with a due time (default 100,000)")
    arguments.add_argument("--due", type=int, default=1000, help="of them due at once (default 1,000)")
    arguments.add_argument("--seconds", type=float, default=60, help="how long to stand by (default 60)")
    arguments.add_argument("--only", choices=("sqlite", "postgresql"), help="this database alone")
    chosen = arguments.parse_args()
    os.environ["INFLOW_IMAP_PASSWORD"] = PASSWORD
    engines = [chosen.only] if chosen.only else ["sqlite", "postgresql"]
    done = [measure(engine, count=chosen.cases, due=chosen.due, seconds=chosen.seconds) for engine in engines]
    raise SystemExit(0 if all(done) else 1)


if __name__ == "__main__":
    main()
