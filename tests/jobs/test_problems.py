"""Cases about the same thing are a problem: noticed by shared words, confirmed by people, counted by senders, solved and told once."""

import re
from datetime import timedelta

import pytest

from inflow import clock as timers
from inflow.casework.case import NotPossibleError
from inflow.desk import actions, problems, undo
from inflow.desk.world import World
from inflow.store import problems as store
from inflow.store.columns import metadata
from inflow.store.problems import Problem
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import EVA, kinds, letters, outbox, told, words

LOGIN = "Jag försökte logga in på kundportalen men får bara en tom sida och felkoden E42."
AGAIN = "Hej! Kundportalen visar en tom sida när jag loggar in, felkoden är E42. Vad gör jag?"
BIKE = "Kedjan på min cykel hoppar av när jag växlar i backar, kan ni laga den?"


def look(world: World, clock: Clock) -> None:
    """A little later."""
    clock.move(timedelta(minutes=1))
    while timers.look_for_alike(world):
        pass


def only(world: World) -> Problem:
    """The one problem there is."""
    with world.database.reading() as connection:
        (one,) = store.latest(connection, limit=9)
    return one


def there(world: World) -> int:
    with world.database.reading() as connection:
        return len(store.latest(connection, limit=99))


@pytest.fixture
def alike(world: World, receive: Receive, clock: Clock) -> World:
    """Two have written about the portal, one about a bicycle."""
    receive(world, mail("Portalen", LOGIN, sender=EVA), mail("Cykel", BIKE, sender="per@kund.test"))
    receive(world, mail("Tom sida", AGAIN, sender="Ada Al <ada@annan.test>"))
    look(world, clock)
    return world


def test_two_who_write_about_the_same_are_proposed_with_the_words_they_share(alike: World) -> None:
    one = only(alike)
    assert (one.state, one.senders, one.cases) == ("proposed", 2, 2)
    assert {"kundportalen", "felkoden"} <= set(one.words)
    assert told(alike, "problem", number=3).startswith("maybe of problem 1, like #1: ")
    assert "problem" not in kinds(alike, 2)


def test_a_third_joins_and_nobody_is_compared_twice(alike: World, receive: Receive, clock: Clock) -> None:
    receive(alike, mail("Hjälp", "Tom sida i kundportalen och felkoden E42 igen", sender="ove@kund.test"))
    look(alike, clock)
    look(alike, clock)
    assert (only(alike).senders, only(alike).cases) == (3, 3)
    assert kinds(alike, 4).count("problem") == 1


def test_senders_are_counted_not_mails(world: World, receive: Receive, clock: Clock) -> None:
    for n in range(4):
        receive(world, mail(f"Portalen {n}", LOGIN, sender=EVA))
    look(world, clock)
    assert there(world) == 0
    receive(world, mail("Tom sida", AGAIN, sender="ada@annan.test"), mail("Tom sida 2", AGAIN, sender="ada@annan.test"))
    look(world, clock)
    assert only(world).senders == 2
    assert only(world).cases > 2


def test_what_was_written_three_weeks_ago_is_another_matter(world: World, receive: Receive, clock: Clock) -> None:
    receive(world, mail("Portalen", LOGIN, sender=EVA))
    look(world, clock)
    clock.move(timedelta(days=21))
    receive(world, mail("Tom sida", AGAIN, sender="ada@annan.test"))
    look(world, clock)
    assert there(world) == 0


def test_what_machines_write_is_no_problem(world: World, receive: Receive, clock: Clock) -> None:
    for who in ("eva", "ada", "ove"):
        receive(world, mail("Frånvaro", LOGIN, sender=f"{who}@kund.test", headers="Auto-Submitted: auto-replied\r\n"))
    look(world, clock)
    assert there(world) == 0


def test_confidential_cases_are_not_compared(world: World, receive: Receive, clock: Clock) -> None:
    receive(world, mail("Portalen", LOGIN, sender=EVA), mail("Tom sida", AGAIN, sender="ada@annan.test"))
    for number in (1, 2):
        with world.database.writing() as connection:
            actions.route(connection, world, number, actions.role_named(world, "hr"), by="karin")
    receive(world, mail("Portalen igen", LOGIN, sender="ove@kund.test"))
    look(world, clock)
    assert there(world) == 0
    with world.database.reading() as connection:
        kept = str(
            connection.execute(
                metadata.tables["case_word"].select().where(metadata.tables["case_word"].c.case_id < 3)
            ).all()
        )
    assert kept == "[]"


def test_no_case_is_put_into_a_confidential_problem_by_its_words(alike: World, receive: Receive, clock: Clock) -> None:
    with alike.database.writing() as connection:
        store.change(connection, only(alike).number, {"within": "hr"})
    receive(alike, mail("Hjälp", "Tom sida i kundportalen och felkoden E42 igen", sender="ove@kund.test"))
    look(alike, clock)
    assert only(alike).cases == 2
    assert "problem" not in kinds(alike, 4)


def test_a_person_says_that_two_cases_are_the_same(alike: World) -> None:
    with alike.database.writing() as connection:
        one = problems.same(connection, alike, 2, 1, by="bo@exempel.test")
    assert (one.number, one.state, one.senders) == (1, "open", 3)
    assert told(alike, "problem", number=2) == "of problem 1: the same as #1"


def test_a_name_makes_a_problem_and_the_same_name_joins_it(world: World, receive: Receive) -> None:
    receive(world, mail("A", BIKE, sender=EVA), mail("B", LOGIN, sender="ada@annan.test"))
    with world.database.writing() as connection:
        first = problems.name(connection, world, 1, "Bron", by="bo@exempel.test")
        second = problems.name(connection, world, 2, "bron", by="bo@exempel.test")
    assert (first.number, first.title) == (second.number, "Bron")
    assert second.senders == 2


def test_two_problems_become_one_and_the_named_one_stays(alike: World, receive: Receive) -> None:
    receive(alike, mail("C", "Något annat.", sender="ulf@kund.test"))
    with alike.database.writing() as connection:
        problems.name(connection, alike, 4, "Portalen", by="bo")
        one = problems.same(connection, alike, 1, 4, by="bo")
    assert (one.title, one.senders) == ("Portalen", 3)
    assert there(alike) == 1


def test_who_leaves_is_not_proposed_again_and_one_alone_is_no_problem(
    alike: World, receive: Receive, clock: Clock
) -> None:
    with alike.database.writing() as connection:
        problems.leave(connection, alike, 3, by="bo")
    assert there(alike) == 0
    with alike.database.writing() as connection, pytest.raises(NotPossibleError, match="of no problem"):
        problems.leave(connection, alike, 3, by="bo")
    receive(alike, mail("Tom sida", AGAIN, sender="ove@kund.test"))
    look(alike, clock)
    assert only(alike).senders == 2
    with alike.database.reading() as connection:
        assert store.of_case(connection, 3) is None


def test_confidential_cases_are_the_same_as_their_own_alone(alike: World) -> None:
    with alike.database.writing() as connection:
        actions.route(connection, alike, 2, actions.role_named(alike, "hr"), by="karin")
    with alike.database.writing() as connection:
        with pytest.raises(NotPossibleError, match="confidential"):
            problems.same(connection, alike, 2, 1, by="bo")
        assert problems.name(connection, alike, 2, "Lönen", by="hanna").within == "hr"
        mine = problems.name(connection, alike, 1, "Lönen", by="bo")
        assert (mine.within, mine.cases) == ("", 2)


def test_solving_tells_everybody_once_in_their_own_conversation(alike: World, receive: Receive, clock: Clock) -> None:
    receive(alike, mail("Tom sida igen", AGAIN, sender="ada@annan.test"))
    receive(alike, mail("Tom sida", AGAIN, sender="no-reply@bot.test"))
    look(alike, clock)
    with alike.database.writing() as connection:
        problems.same(connection, alike, 5, 1, by="bo")
        with pytest.raises(NotPossibleError, match="no answer yet"):
            problems.tell(connection, alike, 1, by="bo")
        problems.solve(connection, alike, 1, "Portalen är lagad, tack för att ni sade till.", by="bo")
        went = problems.tell(connection, alike, 1, by="bo")
        again = problems.tell(connection, alike, 1, by="bo")
    assert went.cases == (1, 4)
    assert went.silent == ((5, "it is auto-reply"),)
    assert again.cases == ()
    (sent,) = [letters(alike)[one["id"]] for one in outbox(alike, "relay")]
    assert (sent["To"], sent["From"].addresses[0].addr_spec) == ("Eva Ek <eva@kund.test>", "info@exempel.test")
    assert "Portalen är lagad" in words(sent)
    assert [one["to"] for one in outbox(alike, "relay", number=4)] == ["ada@annan.test"]
    assert kinds(alike)[-1] == "replied"
    assert only(alike).state == "solved"


def test_a_member_tells_for_its_own_roles_alone(alike: World) -> None:
    with alike.database.writing() as connection:
        problems.solve(connection, alike, 1, "Lagat.", by="bo@exempel.test")
        went = problems.tell(connection, alike, 1, by="bo@annat.test", roles=())
    assert went.cases == ()
    assert all("not a member" in why for _, why in went.silent)


def test_what_was_moved_to_a_confidential_role_is_not_told(alike: World) -> None:
    with alike.database.writing() as connection:
        actions.route(connection, alike, 1, actions.role_named(alike, "hr"), by="karin")
        problems.solve(connection, alike, 1, "Lagat.", by="bo")
        went = problems.tell(connection, alike, 1, by="bo")
    assert went.silent == ((1, "it lies with hr now"),)


def test_a_forgotten_persons_words_are_in_no_problem(alike: World) -> None:
    with alike.database.writing() as connection:
        undo.erase(connection, alike, "eva@kund.test", by="ombudet")
    assert there(alike) == 0
    with alike.database.writing() as connection:
        undo.erase(connection, alike, "ada@annan.test", by="ombudet")
        for table in metadata.sorted_tables:
            rows = str([tuple(row) for row in connection.execute(table.select())]).lower()
            assert not re.search(r"portal|felkod|\be42\b", rows), table.name
    assert there(alike) == 0


def test_one_case_that_cannot_be_compared_stops_no_other(
    world: World, receive: Receive, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from inflow.casework import alike as reading

    plain = reading.said

    def said(subject: str, text: str, *, sender: str = "") -> dict[str, str]:
        if subject == "Trasig":
            raise ValueError(subject)
        return plain(subject, text, sender=sender)

    monkeypatch.setattr(reading, "said", said)
    receive(world, mail("Portalen", LOGIN, sender=EVA), mail("Trasig", LOGIN, sender="per@kund.test"))
    receive(world, mail("Tom sida", AGAIN, sender="ada@annan.test"))
    look(world, clock)
    assert only(world).cases == 2
