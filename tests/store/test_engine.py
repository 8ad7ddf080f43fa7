"""Looking is looking at one moment; whose fault a fault is."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

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


def test_more_than_the_database_can_take_is_the_mails_fault_and_no_trouble(postgres_url: str) -> None:
    database = open_database(postgres_url)
    too_long = text("SELECT to_tsvector('simple', string_agg(md5(n::text), ' ')) FROM generate_series(1, 60000) n")
    with pytest.raises(OperationalError, match="too long for tsvector") as caught, database.reading() as connection:
        connection.execute(too_long)
    assert not is_trouble(caught.value)
    assert is_trouble(OperationalError("SELECT", {}, Exception("server closed the connection")))
    database.engine.dispose()
