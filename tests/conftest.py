"""Real counterparts for every test that asks: Dovecot, PostgreSQL, an SMTP sink, and the `inflow` command itself.

A server that is not installed fails its tests in plain words,
unless INFLOW_TEST_WITHOUT (`dovecot,postgresql`) names it.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.servers.config import config_text
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.postgres import Postgres
from tests.servers.process import ServerMissingError, stop
from tests.servers.sink import Sink

settings.register_profile("inflow", deadline=None)
settings.load_profile("inflow")

WriteConfig = Callable[..., Path]
Inflow = Callable[..., subprocess.CompletedProcess[str]]
StartInflow = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A Dovecot for the whole session; ask for `imap_user` to have an account of your own."""
    with Dovecot() as server:
        yield server


@pytest.fixture
def imap_user(dovecot: Dovecot) -> str:
    """An account that no other test uses; its password is `tests.servers.dovecot.PASSWORD`."""
    return dovecot.new_user()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for the whole session; ask for `postgres_url` to have a database of your own."""
    with Postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The URL of an empty PostgreSQL database that is this test's own."""
    name = postgres.create()
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path / 'inflow.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database: the test runs once on SQLite and once on PostgreSQL."""
    fixture = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    url: str = request.getfixturevalue(fixture)
    return url


@pytest.fixture
def sink() -> Iterator[Sink]:
    """An SMTP server that keeps what it receives."""
    with Sink() as server:
        yield server


@pytest.fixture
def config_path(tmp_path: Path) -> Path:
    """Where `write_config` writes, and where `inflow` and `start_inflow` read."""
    return tmp_path / "inflow.toml"


@pytest.fixture
def write_config(config_path: Path, dovecot: Dovecot, imap_user: str, sink: Sink, sqlite_url: str) -> WriteConfig:
    """Write an inflow.toml that points at this test's servers; the keywords are those of `config_text`."""

    def write(**changes: object) -> Path:
        servers = {
            "imap_port": dovecot.port,
            "imap_user": imap_user,
            "smtp_port": sink.port,
            "database_url": sqlite_url,
        }
        config_path.write_text(config_text(**(servers | changes)))  # type: ignore[arg-type]
        return config_path

    return write


@pytest.fixture
def environment(config_path: Path) -> dict[str, str]:
    """What the `inflow` command sees: this test's config, the password of every account, no colour."""
    ours = {"INFLOW_CONFIG": str(config_path), "INFLOW_IMAP_PASSWORD": PASSWORD, "NO_COLOR": "1", "COLUMNS": "120"}
    return dict(os.environ) | ours


@pytest.fixture
def inflow(environment: dict[str, str]) -> Inflow:
    """Run `inflow ARGUMENTS` to its end, as a user's script would: `inflow("run", "--once").returncode == 0`."""

    def run(*arguments: str, stdin: str | None = None, seconds: float = 60) -> subprocess.CompletedProcess[str]:
        command = [inflow_program(), *arguments]
        return subprocess.run(
            command, input=stdin, env=environment, capture_output=True, text=True, check=False, timeout=seconds
        )

    return run


@pytest.fixture
def start_inflow(environment: dict[str, str], tmp_path: Path) -> Iterator[StartInflow]:
    """Start `inflow ARGUMENTS` and go on; its log is `tmp_path / "inflow.log"`; it is stopped when the test ends."""
    started: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> subprocess.Popen[bytes]:
        with (tmp_path / "inflow.log").open("ab") as log:
            process = subprocess.Popen([inflow_program(), *arguments], env=environment, stdout=log, stderr=log)
        started.append(process)
        return process

    yield start
    for process in started:
        stop(process, number=signal.SIGTERM)


def inflow_program() -> str:
    """The path of the `inflow` command of this environment."""
    return str(Path(sys.executable).with_name("inflow"))


def _told_without() -> Generator[None, object, object]:
    """A missing server skips the test that INFLOW_TEST_WITHOUT lets go, and fails every other in plain words."""
    try:
        return (yield)
    except ServerMissingError as missing:
        if missing.server in os.environ.get("INFLOW_TEST_WITHOUT", "").split(","):
            pytest.skip(f"without {missing.server}, as INFLOW_TEST_WITHOUT says")
        pytest.fail(f"{missing}, or say INFLOW_TEST_WITHOUT={missing.server} to test without", pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    """Fixtures that start a server."""
    return (yield from _told_without())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, object, object]:
    """Tests that start a server of their own."""
    return (yield from _told_without())
