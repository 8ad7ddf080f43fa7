"""The daemon with a death wish: a round of `inflow run --once` that kills itself (SIGKILL) at a named point.

The points are put into the product's functions from outside; production code carries no hook. Each stands for a window:
just before or just after a commit, a command to the IMAP server, or a reply of the SMTP server.
"""

import asyncio
import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import aiosmtplib
from sqlalchemy import Connection

from inflow import dispatcher
from inflow.config import load
from inflow.imap import Mailbox
from inflow.service import run_once
from inflow.store import deliveries, mailboxes, messages, received
from inflow.store.engine import Database

COMMITS: dict[str, tuple[Any, ...]] = {
    "the lease": (mailboxes, "take"),
    "what was received": (received, "admit"),
    "the booking of triage": (received, "claim"),
    "what was filed": (messages, "file"),
    "the booking of a delivery": (deliveries, "claim"),
    "the outcome of a delivery": (deliveries, "settle", "settle_sent"),
}
"""What a transaction is known by: functions that are called inside it and have something to do."""

COMMANDS: dict[str, tuple[Any, str]] = {
    "login": (Mailbox, "connect"),
    "search": (Mailbox, "waiting"),
    "fetch": (Mailbox, "fetch"),
    "mark": (Mailbox, "mark_done"),
    "greeting": (aiosmtplib.SMTP, "connect"),
    "MAIL FROM": (aiosmtplib.SMTP, "mail"),
    "RCPT TO": (aiosmtplib.SMTP, "rcpt"),
    "DATA": (aiosmtplib.SMTP, "data"),
}

POINTS = [f"{when} {what}" for what in (*COMMITS, *COMMANDS) for when in ("before", "after")]

_OTHER = "INFLOW_TEST_DIES_TOO"

SENT_AND_NOT_RECORDED = frozenset({"after DATA", "before the outcome of a delivery"})
"""The one window in which at-least-once means twice: the server has said 250, and we have not yet written it down."""


def die() -> None:
    """End as with kill -9, in the middle of whatever the threads are doing; the process that sends takes the other along."""
    if other := os.environ.get(_OTHER):
        os.kill(int(other), signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def run_once_and_die(point: str, config: Path) -> int | None:
    """One round in a process of its own that dies at the point. Returns its exit status: -SIGKILL when it got there."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_round, args=(point, str(config), dict(os.environ)))
    process.start()
    process.join(60)
    return process.exitcode


def _round(point: str, config: str, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    _wish(point)
    dispatcher.COMMAND = (sys.executable, "-c", f"from tests.system import crashing; crashing.send({point!r})")
    os.environ |= {_OTHER: "", "PYTHONPATH": os.pathsep.join(sys.path)}
    asyncio.run(run_once(load(Path(config))))


def send(point: str) -> None:
    """The process that sends, with the same wish."""
    os.environ[_OTHER] = str(os.getppid())
    _wish(point)
    sys.exit(dispatcher.main())


def _wish(point: str) -> None:
    when, _, what = point.partition(" ")
    if what in COMMITS:
        _die_at_commit(*COMMITS[what], when=when)
    else:
        owner, name = COMMANDS[what]
        setattr(owner, name, _dying(getattr(owner, name), when=when))


def _die_at_commit(module: Any, *names: str, when: str) -> None:
    here = threading.local()
    writing = Database.writing

    def marking(real: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(real)
        def marked(*arguments: Any, **keywords: Any) -> Any:
            result = real(*arguments, **keywords)
            here.marked = result != []
            return result

        return marked

    @contextmanager
    def deadly(database: Database, *, durable: bool = False) -> Iterator[Connection]:
        here.marked = False
        with writing(database, durable=durable) as connection:
            yield connection
            if here.marked and when == "before":
                die()
        if here.marked:
            die()

    for name in names:
        setattr(module, name, marking(getattr(module, name)))
    Database.writing = deadly  # type: ignore[method-assign,assignment]


def _dying(real: Callable[..., Any], *, when: str) -> Callable[..., Any]:
    @functools.wraps(real)
    def plain(*arguments: Any, **keywords: Any) -> Any:
        if when == "before":
            die()
        real(*arguments, **keywords)
        die()

    @functools.wraps(real)
    async def waiting(*arguments: Any, **keywords: Any) -> Any:
        if when == "before":
            die()
        await real(*arguments, **keywords)
        die()

    return waiting if asyncio.iscoroutinefunction(real) else plain
