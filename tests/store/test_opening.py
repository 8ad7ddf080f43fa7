"""Cases are opened together: each gets what is its own, and many cost no more statements than a few."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from inflow.casework.case import Kind, Status
from inflow.mail.message import Address
from inflow.routing.decision import DecidedBy, Decision
from inflow.store import cases, opening, parties
from inflow.store.engine import Database, open_database
from inflow.store.migrate import upgrade
from inflow.store.opening import New
from inflow.store.rows import Case

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Database:
    database = open_database(database_url)
    upgrade(database)
    return database


def new(number: int, *, kind: str | None = None) -> New:
    return New(
        subject=f"Ärende {number}",
        sender=Address(name=f"Person {number % 7}", address=f"P{number % 7}@kund.test"),
        kind=kind,
        mailbox="info",
        decided=Decision(role="support", by=DecidedBy.PERSON, confidence=1.0, reasons=(f"reason {number}",)),
        level=1,
        happenings=[(Kind.OPENED, f"text {number}", "inflow"), (Kind.ROUTED, "", "person")],
    )


def opened(database: Database, new: Sequence[New]) -> list[Case]:
    with database.writing() as connection:
        return opening.open_cases(connection, new, now=NOW)


def test_each_case_has_its_own_words_sender_and_history(database: Database) -> None:
    told = opened(database, [new(number) for number in range(60)])
    assert [one.subject for one in told] == [f"Ärende {number}" for number in range(60)]
    with database.reading() as connection:
        for place, one in enumerate(told):
            kept = cases.get(connection, one.number)
            assert (kept.subject, kept.party.address) == (f"Ärende {place}", f"p{place % 7}@kund.test")
            assert kept.status is one.status is Status.OPEN
            (decided,) = cases.decisions(connection, one.number)
            assert decided["reasons"] == [f"reason {place}"]
    database.engine.dispose()


def test_many_cost_no_more_statements_than_a_few(database: Database) -> None:
    said: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *about: said.append(about[2]))

    def cost(count: int) -> int:
        said.clear()
        opened(database, [new(number) for number in range(count)])
        return len(said)

    cost(7)
    assert cost(2) == cost(50)
    database.engine.dispose()


def test_a_sender_of_no_kind_takes_the_first_that_is_told_and_keeps_it(database: Database) -> None:
    assert opened(database, [new(1)])[0].party.kind == "public"
    assert [one.party.kind for one in opened(database, [new(1, kind="supplier"), new(1, kind="media")])] == [
        "supplier"
    ] * 2
    with database.reading() as connection:
        assert parties.kinds(connection, ["P1@Kund.test", "nobody@kund.test"]) == {"P1@Kund.test": "supplier"}
    database.engine.dispose()
