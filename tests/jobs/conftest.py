"""A world of one's own: settings, an empty database on either engine, a clock that a test moves."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inflow.config import build
from inflow.desk.learning import Learner
from inflow.desk.world import World, open_world
from inflow.reader import Reader
from inflow.store import audit, received
from inflow.store.engine import open_database
from inflow.store.migrate import upgrade
from inflow.triage import step
from tests.servers.config import config_text


class Clock:
    """A time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 22, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, by: timedelta) -> None:
        self.moment += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_world(database_url: str, clock: Clock, tmp_path: Path) -> Iterator[Callable[..., World]]:
    """A world of the test configuration; `more` is TOML at its end. What it did is audited when the test ends."""
    import tomllib

    worlds: list[World] = []

    def make(**changes: object) -> World:
        plain = {"imap_port": 1, "imap_user": "info", "smtp_port": 1, "database_url": database_url}
        settings = build(tomllib.loads(config_text(**(plain | changes))), folder=tmp_path)  # type: ignore[arg-type]
        if not worlds:
            database = open_database(database_url)
            upgrade(database)
            database.engine.dispose()
        worlds.append(replace(open_world(settings), now=clock))
        return worlds[-1]

    yield make
    for world in worlds[:1]:
        with world.database.reading() as connection:
            assert list(audit.broken(connection)) == []
            assert audit.contradicted(connection, after=0, limit=1000)[1] == []
    for world in worlds:
        world.database.engine.dispose()


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world()


@pytest.fixture(scope="session")
def reader() -> Iterator[Reader]:
    reader = Reader(
        authserv_ids={"info": "mx.exempel.test"}, arc_sealers={"info": ("lista.test",)}, own_domains=("exempel.test",)
    )
    yield reader
    reader.close()


Receive = Callable[..., None]


@pytest.fixture
def receive(reader: Reader, clock: Clock) -> Receive:
    """Mails come in and are triaged, as if a watcher had read them."""
    uid = 0

    def receive(world: World, *mails: bytes, mailbox: str = "info", uidvalidity: int = 1) -> None:
        nonlocal uid
        seen = []
        for raw in mails:
            uid += 1
            seen.append(received.seen(raw, mailbox=mailbox, uidvalidity=uidvalidity, uid=uid))
        with world.database.writing(durable=True) as connection:
            received.admit(connection, seen, now=clock())
        learner = Learner(world)
        while step(world, reader, learner):
            pass

    return receive


def mail(
    subject: str = "Hej",
    text: str = "En fråga.",
    *,
    sender: str = "Eva Ek <eva@kund.test>",
    to: str = "info@exempel.test",
    message_id: str = "",
    headers: str = "",
) -> bytes:
    """A plain mail; without `message_id` it has one of its own content."""
    message_id = message_id or f"{abs(hash((subject, text, sender, to, headers)))}@kund.test"
    return (
        f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{message_id}>\r\n"
        f"Date: Sun, 22 Nov 2026 10:00:00 +0100\r\n{headers}MIME-Version: 1.0\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()
