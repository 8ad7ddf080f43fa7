"""Looking is looking at one moment; writers take turns; whose fault a fault is."""

import sqlite3
from pathlib import Path
from threading import Timer

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from inflow.casework.query import parse
from inflow.store import engine, search
from inflow.store.engine import is_trouble, open_database
from inflow.store.migrate import upgrade
from inflow.store.schema import party


def test_all_queries_of_one_look_see_the_same_moment(database_url: str) -> None:
    database = open_database(database_url)
    upgrade(database)
    number = select(func.count()).select_from(party)
    with database.reading() as looking:
        before = looking.scalar(number)
        with database.writing() as writer:
            writer.execute(party.insert().values(address="eva@kund.test"))
        assert looking.scalar(number) == before == 0
    with database.reading() as looking:
        assert looking.scalar(number) == 1
    database.engine.dispose()


def test_a_writer_waits_until_another_process_has_written(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'inflow.db'}")
    upgrade(database)
    other = sqlite3.connect(tmp_path / "inflow.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO party (address, name, kind) VALUES ('bo@kund.test', '', 'public')")
    Timer(0.3, other.execute, ["COMMIT"]).start()
    with database.writing() as writer:
        assert writer.scalar(select(party.c.address)) == "bo@kund.test"
    other.close()
    database.engine.dispose()


def test_a_database_that_stays_locked_is_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_PATIENCE", 0.2)
    database = open_database(f"sqlite:///{tmp_path / 'inflow.db'}")
    upgrade(database)
    other = sqlite3.connect(tmp_path / "inflow.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked") as caught, database.writing():
        pass
    assert is_trouble(caught.value)
    other.execute("ROLLBACK")
    other.close()
    with database.writing() as writer:
        writer.execute(party.insert().values(address="eva@kund.test"))
    database.engine.dispose()


def test_a_search_is_planned_for_its_own_words(postgres_url: str) -> None:
    database = open_database(postgres_url)
    upgrade(database)
    mode = text("SHOW plan_cache_mode")
    with database.reading() as connection:
        search.best(connection, parse("faktura"))
        assert connection.scalar(mode) == "force_custom_plan"
    with database.reading() as connection:
        assert connection.scalar(mode) == "auto"
    database.engine.dispose()


def test_more_than_the_database_can_take_is_the_mails_fault_and_no_trouble(postgres_url: str) -> None:
    database = open_database(postgres_url)
    too_long = text("SELECT to_tsvector('simple', string_agg(md5(n::text), ' ')) FROM generate_series(1, 60000) n")
    with pytest.raises(OperationalError, match="too long for tsvector") as caught, database.reading() as connection:
        connection.execute(too_long)
    assert not is_trouble(caught.value)
    assert is_trouble(OperationalError("SELECT", {}, Exception("server closed the connection")))
    database.engine.dispose()
