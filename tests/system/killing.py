"""The daemon killed (SIGKILL) at random moments while mail keeps arriving; what came of it is counted at the end."""

import asyncio
import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from pathlib import Path

from sqlalchemy import select

from inflow.config import load
from inflow.service import run_once, serve
from inflow.store import audit
from inflow.store.engine import open_database
from inflow.store.schema import message
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink
from tests.system.promises import arrived, extra_copies, mail, subjects

LONGEST_LIFE = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of the mails: `lost` are in no case or reached no role; `quarantined` became a case unread, killed three times."""

    kills: int
    mails: int
    lost: int
    doubled_cases: int
    doubled_forwards: int
    quarantined: int
    seconds: float


def start_daemon(config: Path) -> BaseProcess:
    """`inflow run` in a process of its own, forked from one that has loaded the code: it is at work at once."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_serve, args=(str(config), dict(os.environ)))
    process.start()
    return process


def _serve(config: str, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    asyncio.run(serve(load(Path(config)), lambda: load(Path(config))))


def kill_at_random(
    config: Path, dovecot: Dovecot, user: str, sink: Sink, *, kills: int, draw: random.Random, most_a_life: int = 8
) -> Tally:
    """Kill so many daemons, each after a life of random length in which mail arrives; let one more finish; count."""
    begun = time.monotonic()
    numbers = count()
    sent: list[str] = []
    for _ in range(kills):
        daemon = start_daemon(config)
        ends = time.monotonic() + draw.uniform(0.05, LONGEST_LIFE)
        for _ in range(draw.randint(1, most_a_life)):
            sent.append(f"m{next(numbers)}")
            dovecot.deliver(user, mail(sent[-1]))
            time.sleep(max(0.0, min(draw.uniform(0, 0.3), ends - time.monotonic())))
        time.sleep(max(0.0, ends - time.monotonic()))
        _kill(daemon, with_family=draw.random() < 0.5)
    asyncio.run(run_once(load(config)))
    return _counted(config, sink, sent, kills=kills, seconds=time.monotonic() - begun)


def _kill(daemon: BaseProcess, *, with_family: bool) -> None:
    """Kill a daemon, alone or with the processes that read and send for it."""
    assert daemon.pid is not None
    children = Path(f"/proc/{daemon.pid}/task/{daemon.pid}/children").read_text().split() if with_family else []
    for pid in (daemon.pid, *map(int, children)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    daemon.join()


def _counted(config: Path, sink: Sink, sent: list[str], *, kills: int, seconds: float) -> Tally:
    database = open_database(load(config).database.url)
    with database.reading() as connection:
        assert list(audit.broken(connection)) == []
        rows = connection.execute(
            select(message.c.subject, message.c.case_id, message.c.state).where(message.c.direction == "in")
        ).all()
    database.engine.dispose()
    copies = arrived(sink.received)
    cases = Counter(row.subject for row in rows if row.case_id is not None)
    expected = subjects(sent)
    return Tally(
        kills=kills,
        mails=len(sent),
        lost=len(expected - cases.keys()) + len(expected - copies.keys()),
        doubled_cases=cases.total() - len(cases),
        doubled_forwards=extra_copies({subject: ids for subject, ids in copies.items() if subject in expected}),
        quarantined=sum(row.state == "quarantined" for row in rows),
        seconds=seconds,
    )
