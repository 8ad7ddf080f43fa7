"""One database, two ways in: reading() never takes a lock that hinders a writer, writing() is one short transaction.

`durable` is the promise for mail that has just been received: the commit is on disk before anything in the mailbox changes.
Other commits survive a killed process, but the last of them may be lost with the power; each of those can be redone.
"""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Executable, Row, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

Trouble = (OperationalError, PoolTimeoutError, DBAPIError)
"""What a database that is locked, gone or full raises: wait and try again."""

_PATIENCE = 30.0
_LOOK_AGAIN = 0.001
_LOOK_UP = text("SELECT set_config('random_page_cost', '1.1', true), set_config('jit', 'off', true)")
_REFUSED = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


def is_trouble(error: BaseException) -> bool:
    """Whether the database is in trouble, and not with what it was given to write (SQLSTATE class 54: more than it can take)."""
    too_much = str(getattr(getattr(error, "orig", None), "sqlstate", None) or "").startswith("54")
    return isinstance(error, Trouble) and not isinstance(error, _REFUSED) and not too_much


def one_line(error: BaseException) -> str:
    """What went wrong with the database, in one line: the driver's words without SQLAlchemy's link and statement."""
    return " ".join(str(getattr(error, "orig", None) or error).split("\n")[:1]) or type(error).__name__


@dataclass(frozen=True)
class Database:
    """An engine, and on SQLite the lock that makes this process's writers queue instead of polling for the file lock."""

    engine: Engine
    _writer: threading.Lock = field(default_factory=threading.Lock)

    @property
    def is_sqlite(self) -> bool:
        """Whether the file-based engine is in use."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view for looking: all queries see the same moment; nothing is written."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        if self.is_sqlite:
            with self._writer, self.engine.connect() as connection:
                writer = connection.execution_options(inflow_writes=True)
                _synchronise(writer, "FULL" if durable else "NORMAL")
                with writer.begin():
                    yield writer
        else:
            with self.engine.begin() as connection:
                if not durable:
                    connection.execute(text("SET LOCAL synchronous_commit = off"))
                yield connection


def look_up(connection: Connection) -> None:
    """What this transaction asks from here on takes some rows of large tables, each by its index. PostgreSQL's own guess of what that
    costs is one of turning disks, by which it reads all cases instead, or compiles a query for longer than it runs."""
    if connection.dialect.name == "postgresql":
        connection.execute(_LOOK_UP)


def open_database(url: str, *, password: str | None = None) -> Database:
    """The database of a contract URL (`sqlite:///FILE` or `postgresql://...`). A missing folder of a SQLite file is made."""
    target = make_url(url)
    if target.get_backend_name() == "sqlite":
        if target.database and target.database != ":memory:":
            Path(target.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(target, connect_args={"timeout": _PATIENCE})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return Database(engine)
    target = target.set(drivername="postgresql+psycopg")
    if password:
        target = target.set(password=password)
    engine = create_engine(
        target,
        pool_pre_ping=True,
        pool_size=8,
        max_overflow=8,
        connect_args={"connect_timeout": 10, "application_name": "inflow", "options": "-c timezone=UTC"},
    )
    return Database(engine)


@contextmanager
def gathering(connection: Connection) -> Iterator[None]:
    """Rows given to `write_rows` inside the block go to the database together at its end, in the order of their first statements.
    Nothing inside may look for what was written so."""
    gathered: dict[Executable, list[Mapping[str, Any]]] = {}
    connection.info["gathered"] = gathered
    try:
        yield
    finally:
        del connection.info["gathered"]
    for statement, rows in gathered.items():
        connection.execute(statement, rows)


def write_rows(connection: Connection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement for each row, for its effect alone: now, or at the end of the block that gathers."""
    gathered = connection.info.get("gathered")
    if not rows:
        return
    if gathered is not None:
        gathered.setdefault(statement, []).extend(rows)
    else:
        connection.execute(statement, rows)


def insert_new(
    connection: Connection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    returning: Sequence[ColumnElement[Any]] = (),
) -> list[Row[Any]]:
    """Insert the rows that break no unique constraint; the others stand already. Returns `returning` of those that were new."""
    if not rows:
        return []
    statement = ignoring(connection, table)
    if not returning:
        connection.execute(statement, list(rows))
        return []
    return list(connection.execute(statement.returning(*returning), list(rows)))


def ignoring(connection: Connection, table: Table) -> Any:
    """An insert that leaves alone what stands already."""
    return _ignoring(table, connection.dialect.name)


@cache
def _ignoring(table: Table, dialect: str) -> Any:
    engine = postgresql if dialect == "postgresql" else sqlite
    return engine.insert(table).on_conflict_do_nothing()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: _begin_sqlite does, and says how
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA busy_timeout={_PATIENCE * 1000:.0f}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("inflow_writes"):
        _begin_writing(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_writing(connection: Connection) -> None:
    """Ask for the write lock again and again at short intervals: SQLite's own waiting sleeps up to a tenth of a second between two
    looks, in which other processes write and write."""
    driver: Any = connection.connection.driver_connection
    ends = time.monotonic() + _PATIENCE
    driver.execute("PRAGMA busy_timeout=0")
    try:
        while time.monotonic() < ends:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(_LOOK_AGAIN)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout={_PATIENCE * 1000:.0f}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _synchronise(connection: Connection, level: str) -> None:
    """A pragma that SQLite ignores inside a transaction: said to the driver before one begins, where it says another yet."""
    pooled = connection.connection
    if pooled.info.get("synchronous") != level:
        pooled.driver_connection.execute(f"PRAGMA synchronous={level}")  # type: ignore[union-attr]
        pooled.info["synchronous"] = level
