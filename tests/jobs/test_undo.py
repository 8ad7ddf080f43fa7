"""What was done by mistake is taken back: a move with what it taught, and a person's mail under data-protection law."""

from datetime import timedelta

import pytest

from inflow.casework.case import NotPossibleError, Status
from inflow.desk import actions, learning, undo
from inflow.desk.learning import Learner
from inflow.desk.world import World
from inflow.store import audit, cases, deliveries, events, messages, search
from inflow.store import learning as store
from inflow.store.cases import Filters, NoCaseError
from inflow.store.columns import metadata
from tests.jobs.conftest import Clock, Receive, mail


def move(world: World, number: int, role: str) -> None:
    with world.database.writing() as connection:
        actions.route(connection, world, number, actions.role_named(world, role), by="karin")


def take_back(world: World, number: int) -> None:
    with world.database.writing() as connection:
        undo.undo(connection, world, number, by="karin", why="fel knapp")


def erase(world: World, address: str) -> list[int]:
    with world.database.writing() as connection:
        return undo.erase(connection, world, address, by="ombudet")


def test_a_move_by_mistake_is_taken_back_and_both_roles_are_told(world: World, receive: Receive) -> None:
    receive(world, mail("Hej", "Något helt annat."))
    move(world, 1, "hr")
    take_back(world, 1)
    with world.database.reading() as connection:
        case = cases.get(connection, 1)
        assert (case.role, case.status, case.decided_by) == ("ovrigt", Status.UNCLAIMED, "other")
        assert events.of_case(connection, 1)[-1]["text"] == "hr was a mistake: back to ovrigt (fel knapp)"
        told = [one["to"] for one in deliveries.of_case(connection, 1) if one["kind"] == "notice"]
        assert told == ["ovrigt@exempel.test", "hr@exempel.test"]


def test_what_was_taken_back_teaches_nothing(world: World, receive: Receive, clock: Clock) -> None:
    receive(world, mail("Hej", "Något helt annat."))
    learning.train_anew(world)
    move(world, 1, "hr")
    with world.database.reading() as connection:
        assert [one.role for one in store.examples(connection, now=clock())] == ["hr"]
    take_back(world, 1)
    with world.database.reading() as connection:
        assert store.examples(connection, now=clock()) == []
    assert learning.is_due(world)
    assert learning.train_anew(world).examples == 0


def test_only_a_persons_move_can_be_taken_back_and_only_once(world: World, receive: Receive) -> None:
    receive(world, mail("Hej", "Något helt annat."))
    with pytest.raises(NotPossibleError, match="nobody has moved"):
        take_back(world, 1)
    move(world, 1, "hr")
    take_back(world, 1)
    with pytest.raises(NotPossibleError, match="nobody has moved"):
        take_back(world, 1)
    with pytest.raises(NoCaseError):
        take_back(world, 7)


def test_a_person_is_forgotten_in_every_table(world: World, receive: Receive) -> None:
    receive(world, mail("Zebrafrågan", "Min zebra heter Konrad.", sender="Zelda Zorn <zelda@zorn.test>"))
    move(world, 1, "hr")
    assert erase(world, "Zelda@zorn.test") == [1]
    with world.database.reading() as connection:
        for table in metadata.sorted_tables:
            rows = str([tuple(row) for row in connection.execute(table.select())]).lower()
            assert not any(word in rows for word in ("zelda", "zorn", "zebra", "konrad")), table.name
        assert search.cases(connection, "zebra") == []
        assert cases.get(connection, 1).status is Status.CLOSED
        last = events.of_case(connection, 1)[-1]
        assert (last["kind"], last["by"]) == ("erased", "ombudet")
        assert list(audit.broken(connection)) == []
        assert audit.damaged(connection, after=0, limit=10)[1] == []


def test_the_others_words_in_a_shared_case_stay(world: World, receive: Receive) -> None:
    receive(world, mail("Offert", "Vad kostar en cykel?", sender="eva@kund.test", message_id="a@kund.test"))
    answering = "In-Reply-To: <a@kund.test>\r\n"
    receive(world, mail("Sv: Offert", "Zebran vill också ha en.", sender="zelda@kund.test", headers=answering))
    with world.database.reading() as connection:
        assert cases.get(connection, 1).messages == 2
    assert erase(world, "zelda@kund.test") == [1]
    with world.database.reading() as connection:
        texts = [one["text"] for one in messages.of_case(connection, 1)]
        assert [len(one) > 0 for one in texts] == [True, False]
        assert "zelda" not in str(events.of_case(connection, 1))
        assert search.cases(connection, "zebran") == []
        assert search.cases(connection, "cykel") == [1]


def test_what_was_erased_is_unlearned_before_the_next_mail(world: World, receive: Receive, clock: Clock) -> None:
    receive(world, *[mail(f"Zebra {n}", "Min zebra.", sender="zelda@zorn.test") for n in range(3)])
    for number in (1, 2, 3):
        move(world, number, "hr")
    learning.train_anew(world)
    erase(world, "zelda@zorn.test")
    with world.database.reading() as connection:
        assert Learner(world).model(connection) is None
        assert store.examples(connection, now=clock() + timedelta(days=30)) == []
        assert len(cases.find(connection, Filters(limit=0))) == 3
