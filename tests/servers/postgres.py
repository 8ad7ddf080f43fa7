"""A private PostgreSQL on a free loopback port, in a temporary folder, durable (fsync on) as in production.

Started as root it runs as `postgres`, for it refuses to run as root; started by anybody else it runs as that user.
"""

import os
import shutil
import signal
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import Any, Self

import psycopg

from tests.servers.process import find_program, free_port, stop, wait_for_server, wait_until

USER = "inflow"


class Postgres:
    """`with Postgres() as server:` runs it; `create()` and `drop()` give and take a database."""

    def __init__(self) -> None:
        _program("initdb")
        self.port = free_port()
        self.root = Path(tempfile.mkdtemp(prefix="inflow-postgres-"))
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.root.chmod(0o700)
        self.own(self.root)
        make = [_program("initdb"), "-D", str(self.root / "data"), "-U", USER, "-A", "trust", "-E", "UTF8"]
        subprocess.run([*make, "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True, **_as_user())
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self) -> None:
        """Start it on the same port with the same data as before; return when it answers."""
        log = self.root / "log"
        listen = ["-h", "127.0.0.1", "-p", str(self.port), "-k", str(self.root)]
        command = [_program("postgres"), "-D", str(self.root / "data"), *listen, "-c", "max_connections=200"]
        with log.open("ab") as output:
            self._process = subprocess.Popen(command, stdout=output, stderr=output, cwd=self.root, **_as_user())
        wait_for_server(self._process, self.port, log=log)
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop it at once, cutting every session; the data stays."""
        if self._process is not None:
            stop(self._process, number=signal.SIGINT)

    def url(self, database: str = "postgres") -> str:
        """The URL of a database, as a config file has it."""
        return f"postgresql://{USER}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template1") -> str:
        """The name of a fresh database, a copy of the template."""
        name = f"inflow_{next(self._names)}"
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    def own(self, folder: Path) -> None:
        """Let the server have a folder."""
        if os.getuid() == 0:
            shutil.chown(folder, user="postgres", group="postgres")

    def drop(self, database: str) -> None:
        """Remove a database and cut who still uses it."""
        self._execute(f'DROP DATABASE "{database}" WITH (FORCE)')

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _wait_until_ready(self) -> None:
        ready = [_program("pg_isready"), "-h", "127.0.0.1", "-p", str(self.port)]

        def is_ready() -> bool:
            return subprocess.run(ready, check=False, capture_output=True).returncode == 0

        wait_until(is_ready, seconds=30, what="PostgreSQL")


def _program(name: str) -> str:
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
    return find_program(name, *map(str, newest_first), server="postgresql")


def _as_user() -> dict[str, Any]:
    return {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
