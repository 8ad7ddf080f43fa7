"""The schema that migrations make is the one of the code, forward, back and forward again, on both engines."""

import pytest
from sqlalchemy import inspect

from inflow.store import migrate
from inflow.store.engine import Database, open_database


@pytest.fixture
def database(database_url: str) -> Database:
    return open_database(database_url)


def tables(database: Database) -> set[str]:
    with database.reading() as connection:
        return set(inspect(connection).get_table_names())


def test_up_down_and_up_again_gives_the_tables_of_the_code(database: Database) -> None:
    assert migrate.current(database) is None
    migrate.upgrade(database)
    assert migrate.current(database) == migrate.head()
    assert migrate.differences(database) == []
    made = tables(database)
    migrate.downgrade(database, "base")
    assert tables(database) <= {"alembic_version", "sqlite_sequence"}
    migrate.upgrade(database)
    assert tables(database) == made
    assert migrate.differences(database) == []
    database.engine.dispose()


def test_an_old_postgresql_is_refused_and_an_old_sqlite_brought_forward(database: Database) -> None:
    if database.is_sqlite:
        migrate.ready(database)
        assert migrate.current(database) == migrate.head()
    else:
        with pytest.raises(migrate.SchemaError, match="inflow db upgrade"):
            migrate.ready(database)
    database.engine.dispose()


def test_a_schema_of_a_newer_version_is_refused(database: Database) -> None:
    migrate.upgrade(database)
    with database.writing() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(migrate.SchemaError, match="newer"):
        migrate.ready(database)
    database.engine.dispose()
