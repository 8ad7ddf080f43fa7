"""The weekly letter: what is confidential is counted and never quoted, what is merged is told once, what is forgotten is not told."""

from datetime import timedelta

import pytest

from inflow import clock as timers
from inflow.casework.case import Kind
from inflow.casework.wording_letter import Told
from inflow.desk import actions, cords, letter, undo
from inflow.desk.world import World
from inflow.store import board, cases, gaps, problems
from inflow.store.board import EVERYTHING, Reader
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import EVA

LOGIN = "Jag försökte logga in på kundportalen men får bara en tom sida och felkoden E42."
AGAIN = "Hej! Kundportalen visar en tom sida när jag loggar in, felkoden är E42. Vad gör jag?"
OUTSIDER = Reader(address="x@exempel.test", hidden=("hr",))


@pytest.fixture
def alike(world: World, receive: Receive, clock: Clock) -> World:
    """Two have written about the portal, one about a hedge."""
    receive(world, mail("Portalen", LOGIN, sender=EVA), mail("Häcken", "Vem klipper häcken?", sender="per@kund.test"))
    receive(world, mail("Tom sida", AGAIN, sender="Ada Al <ada@annan.test>"))
    clock.move(timedelta(minutes=1))
    while timers.look_for_alike(world):
        pass
    return world


def told(world: World, reader: Reader = EVERYTHING) -> Told:
    """The letter about this week as it stands."""
    with world.database.reading() as connection:
        return letter.told(connection, world, letter.week(world, world.now()), reader=reader)


def quote(world: World) -> str:
    """What the letter quotes about the one problem there is."""
    ((*_, quoted),) = told(world).problems
    return quoted


def route(world: World, number: int, role: str) -> None:
    with world.database.writing() as connection:
        actions.route(connection, world, number, actions.role_named(world, role), by="karin")


def test_a_problem_is_told_in_the_words_of_the_first_whose_case_is_no_secret(alike: World) -> None:
    assert quote(alike) == LOGIN
    route(alike, 1, "hr")
    assert quote(alike) == "Kundportalen visar en tom sida när jag loggar in, felkoden är E42."
    route(alike, 1, "support")
    assert quote(alike).startswith("Kundportalen")
    route(alike, 3, "hr")
    assert quote(alike) == ""


def test_what_is_forgotten_is_quoted_no_more(alike: World) -> None:
    assert quote(alike) == LOGIN
    with alike.database.writing() as connection:
        undo.erase(connection, alike, "eva@kund.test", by="ombudet")
    assert "E42" not in str(told(alike))


def test_a_problem_counts_those_who_wrote_in_the_week(alike: World, receive: Receive, clock: Clock) -> None:
    clock.move(timedelta(days=7))
    receive(alike, mail("Portalen", LOGIN, sender="ove@kund.test"), mail("Portal", AGAIN, sender="bo@kund.test"))
    receive(alike, mail("Portalen", AGAIN, sender="ida@kund.test"))
    clock.move(timedelta(minutes=1))
    while timers.look_for_alike(alike):
        pass
    ((number, _, senders, _, _),) = told(alike).problems
    assert (number, senders) == (1, 3)
    with alike.database.reading() as connection:
        one = problems.get(connection, 1)
    assert one is not None
    assert one.senders == 5


def test_a_question_that_nobody_owned_is_quoted_unless_it_was_with_a_confidential_role(alike: World) -> None:
    with alike.database.writing() as connection:
        gaps.remember(connection, 2, asked=3, passed=1, now=alike.now())
    assert told(alike).gap_groups == [("Vem klipper häcken?", 1)]
    route(alike, 2, "hr")
    route(alike, 2, "support")
    assert told(alike).gap_groups == [("", 1)]


def test_a_case_waited_until_its_first_answer(alike: World, clock: Clock) -> None:
    for hours in (2, 3):
        clock.move(timedelta(hours=hours))
        with alike.database.writing() as connection:
            cases.happened(connection, 1, Kind.REPLIED, text="", by="anna", now=clock())
    assert told(alike).waited == (1, 7260.0, 7260.0)


def test_a_cord_at_a_merged_case_hangs_for_who_sees_what_it_is_part_of(alike: World) -> None:
    with alike.database.writing() as connection:
        cord = cords.pull(connection, alike, "Ingen klipper", by="anna", case=2)
        actions.merge(connection, alike, 2, 1, by="anna")
    assert told(alike, OUTSIDER).hanging == [(cord.number, "Ingen klipper")]
    route(alike, 1, "hr")
    assert told(alike, OUTSIDER).hanging == []
    assert (told(alike).cords, told(alike, OUTSIDER).cords) == (1, 0)
    with alike.database.reading() as connection:
        assert board.seen(connection, OUTSIDER, [1, 2, 3, 99]) == {3}
