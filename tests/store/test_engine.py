"""Looking is looking at one moment."""

from sqlalchemy import func, select

from inflow.store.engine import open_database
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
