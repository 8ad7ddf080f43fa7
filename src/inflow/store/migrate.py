"""Migrations: the schema a database has, the one this program needs, and the way from one to the other.

Alembic is loaded only when something is to be migrated: to find that all is current costs one small query.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from inflow.store import indexing, schema
from inflow.store.engine import Database

_FOLDER = Path(__file__).parent / "migrations"


class SchemaError(Exception):
    """The database has another schema than this program needs."""


def revisions() -> list[str]:
    """All revisions, oldest first: a migration's file begins with its revision."""
    return sorted(path.name.partition("_")[0] for path in (_FOLDER / "versions").glob("[0-9]*.py"))


def head() -> str:
    """The revision this program needs."""
    return revisions()[-1]


def current(database: Database) -> str | None:
    """The revision a database has; None: it is empty."""
    with database.reading() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def upgrade(database: Database, revision: str = "head", *, tell: Callable[[int], None] = lambda _: None) -> None:
    """Bring a database forward, in one transaction. `tell`: how many messages have been made findable anew."""
    from alembic import command

    def forward(config: Any, connection: Connection) -> None:
        command.upgrade(config, revision)
        if revision == "head":
            indexing.fill(connection, tell)

    _run(database, forward)


def downgrade(database: Database, revision: str) -> None:
    """Take a database back."""
    from alembic import command

    _run(database, lambda config, _: command.downgrade(config, revision))


def _run(database: Database, step: Callable[[Any, Connection], None]) -> None:
    from alembic.config import Config

    with database.writing(durable=True) as connection:
        config = Config()
        config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        step(config, connection)


def ready(database: Database) -> None:
    """Make sure that the schema is current: SQLite is brought forward, PostgreSQL is not touched. Raises SchemaError."""
    have, need = current(database), head()
    if have == need:
        return
    if have is not None and have not in revisions():
        raise SchemaError(
            f"the database has schema {have}, which this version of Inflow does not know: it is from a newer one"
        )
    if not database.is_sqlite:
        raise SchemaError(
            f"the database has schema {have or 'none'}, this version of Inflow needs {need}: run `inflow db upgrade`"
        )
    upgrade(database)


def differences(database: Database) -> list[str]:
    """Where the tables of a database differ from those of the code; nothing when migrations and code agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": is_ours, "compare_type": True})
        return [str(difference) for difference in compare_metadata(context, schema.cases.metadata)]


def is_ours(thing: Any, name: str | None, kind: str, _reflected: Any, _compared: Any) -> bool:
    """Whether Alembic compares this: not the full-text tables, which each engine has in its own way."""
    table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", "")
    return not (table or "").startswith("search")
