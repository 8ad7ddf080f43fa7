"""The cord: pulled from inside it calls the management and the owners at once, once; it hangs until somebody says what is done."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from inflow import clock as timers
from inflow.casework.addresses import Way
from inflow.casework.case import NotPossibleError
from inflow.desk import actions, cords, problems
from inflow.desk.world import World
from inflow.store import cords as store
from inflow.store import problems as reported
from inflow.store.cords import Cord
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import (
    ANNA,
    AUTHSERV,
    EVA,
    MEMBERS,
    address,
    case,
    kinds,
    last,
    letters,
    outbox,
    reply,
    words,
)

PORTAL = "Jag försökte logga in på kundportalen men får bara en tom sida och felkoden E42."


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return make_world(roles=MEMBERS, mailbox=AUTHSERV)


@pytest.fixture
def asked(world: World, receive: Receive) -> World:
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA))
    return world


def hanging(world: World) -> list[Cord]:
    with world.database.reading() as connection:
        return store.unanswered(connection, limit=99)


def calls(world: World, to: str) -> list[str]:
    """The mails about cords to somebody: subject and text."""
    sent = [one for one in letters(world).values() if to in str(one["To"])]
    return [f"{one['Subject']}\n{words(one)}" for one in sent if "arm" in str(one["Subject"])]


def pass_time(world: World, clock: Clock, **by: float) -> None:
    clock.move(timedelta(**by))
    while timers.look_for_alike(world):
        pass


def test_a_member_pulls_it_by_mail_and_management_and_owner_are_called(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/larm Ingen kommer in, och det är måndag"))
    (cord,) = hanging(asked)
    assert (cord.case, cord.reason, cord.by) == (1, "Ingen kommer in, och det är måndag", "anna@exempel.test")
    for to in ("ledning@exempel.test", "support@exempel.test"):
        (called,) = calls(asked, to)
        assert "anna@exempel.test har dragit i snöret" in called
        assert "Ingen kommer in, och det är måndag" in called
        assert "/andon-answer VAD SOM GÖRS" in called
    assert case(asked).labels == ("andon",)
    assert "andon" in kinds(asked)


def test_an_outsider_and_a_forger_pull_nothing(asked: World, receive: Receive) -> None:
    receive(asked, mail("Sv: [#1]", "/andon Nu!", sender=EVA, to=address(asked, Way.SENDER, role="")))
    receive(asked, reply(asked, "/andon Nu!", headers=""))
    receive(asked, reply(asked, "/andon Nu!", sender="Mallory <mallory@ond.test>"))
    assert hanging(asked) == []


def test_pulled_a_hundred_times_it_is_one_alarm_and_a_count(asked: World, clock: Clock) -> None:
    for n in range(100):
        with asked.database.writing() as connection:
            cords.pull(connection, asked, "Ingen kommer in", by=f"m{n}@exempel.test", case=1)
    (cord,) = hanging(asked)
    assert cord.pulls == 100
    assert len(calls(asked, "ledning@exempel.test")) == 1
    assert kinds(asked).count("andon") == 1
    pass_time(asked, clock, minutes=59)
    assert len(calls(asked, "ledning@exempel.test")) == 1
    pass_time(asked, clock, minutes=2)
    pass_time(asked, clock, hours=5)
    told = calls(asked, "ledning@exempel.test")
    assert len(told) == 2
    assert "99 drag" in told[1]


def test_it_hangs_above_what_comes_until_the_management_says_what_is_done(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/andon Ingen kommer in"))
    receive(asked, mail("Sv: [#1] Hjälp", "Ännu inget?", sender=EVA, to=address(asked, Way.SENDER)))
    assert "Ingen kommer in (anna@exempel.test)" in words(last(asked, "forward"))
    to = str(next(one for one in letters(asked).values() if "ledning" in str(one["To"]))["Reply-To"])
    receive(asked, reply(asked, "/andon-answer Vi backar utgåvan\noch ringer.", sender="ledning@exempel.test", to=to))
    assert hanging(asked) == []
    assert case(asked).labels == ()
    assert "backar utgåvan" in calls(asked, "support@exempel.test")[-1]
    receive(asked, mail("Sv: [#1] Hjälp", "Nu går det!", sender=EVA, to=address(asked, Way.SENDER)))
    assert "Ingen kommer in" not in words(last(asked, "forward"))


def test_two_answers_are_one(asked: World) -> None:
    with asked.database.writing() as connection:
        cord = cords.pull(connection, asked, "Ingen kommer in", by="bo", case=1)
        cords.answer(connection, asked, "Lagat", by="bo", number=cord.number)
        with pytest.raises(NotPossibleError, match="bo has answered"):
            cords.answer(connection, asked, "Lagat", by="ada", number=cord.number)
        again = cords.pull(connection, asked, "Nu igen", by="bo", case=1)
    assert again.number != cord.number


def test_without_a_reason_or_a_case_there_is_no_alarm(asked: World) -> None:
    with asked.database.writing() as connection:
        with pytest.raises(NotPossibleError, match="why"):
            cords.pull(connection, asked, " ", by="bo", case=1)
        with pytest.raises(NotPossibleError, match="no problem 7"):
            cords.pull(connection, asked, "x", by="bo", problem=7)
        assert cords.pull(connection, asked, "Strömmen är borta", by="bo").case is None
    (told,) = calls(asked, "ledning@exempel.test")
    assert "hela huset" in told


def test_what_is_confidential_is_told_to_its_members_alone(asked: World, receive: Receive) -> None:
    receive(asked, mail("Min chef", "Hen slår.", sender="ada@kund.test"))
    with asked.database.writing() as connection:
        actions.route(connection, asked, 2, actions.role_named(asked, "hr"), by="karin")
        cords.pull(connection, asked, "Chefen slår", by="hanna@exempel.test", case=2)
    (told,) = calls(asked, "ledning@exempel.test")
    assert "Chefen slår" not in told
    assert "Min chef" not in told
    assert "#2" in told
    assert "Chefen slår" in calls(asked, "hr@exempel.test")[0]


def storm(world: World, receive: Receive, clock: Clock, count: int, *, begin: int = 0) -> None:
    for n in range(begin, begin + count):
        receive(world, mail(f"Portalen {n}", PORTAL, sender=f"Kund {n} <k{n}@kund{n}.test>"))
    pass_time(world, clock, minutes=1)


def test_it_pulls_itself_when_a_problem_rises_once_and_then_in_sums(
    asked: World, receive: Receive, clock: Clock
) -> None:
    pass_time(asked, clock, days=30)
    storm(asked, receive, clock, 4)
    assert hanging(asked) == []
    storm(asked, receive, clock, 1, begin=4)
    (cord,) = hanging(asked)
    assert (cord.by, cord.problem) == ("inflow", 1)
    storm(asked, receive, clock, 20, begin=5)
    (called,) = calls(asked, "ledning@exempel.test")
    assert "Snöret drogs av sig självt" in called
    assert "problem 1, 5 avsändare" in called
    pass_time(asked, clock, hours=1)
    assert "20 avsändare till" in calls(asked, "ledning@exempel.test")[1]
    assert outbox(asked, "forward", number=26)
    assert 'ser ut att vara samma sak: "' in words(last(asked, "forward", number=26))
    assert len(calls(asked, "support@exempel.test")) == 2


def test_it_is_armed_anew_when_it_was_answered_and_is_calm(asked: World, receive: Receive, clock: Clock) -> None:
    pass_time(asked, clock, days=30)
    storm(asked, receive, clock, 6)
    with asked.database.writing() as connection:
        cords.answer(connection, asked, "Lagat", by="bo", number=hanging(asked)[0].number)
    storm(asked, receive, clock, 6, begin=6)
    assert hanging(asked) == []
    clock.move(timedelta(days=2))
    for is_behind in (True, False):
        with asked.database.writing() as connection:
            assert len(reported.loud(connection)) == 1
            assert cords.watch(connection, asked, {1}, is_behind=is_behind) == 0
    with asked.database.writing() as connection:
        assert reported.loud(connection) == []
    storm(asked, receive, clock, 14, begin=20)
    assert len(hanging(asked)) == 1


def test_everybody_who_touches_a_case_of_the_problem_sees_the_cord(
    asked: World, receive: Receive, clock: Clock
) -> None:
    storm(asked, receive, clock, 3)
    receive(asked, reply(asked, "/andon Portalen ligger nere", number=3, sender=ANNA))
    with asked.database.writing() as connection:
        assert problems.get(connection, 1).loud_at is not None
        actions.escalate(connection, asked, 2, by="bo")
    above = words(last(asked, "forward", number=2))
    assert "Portalen ligger nere" in above
    assert "2 andra har skrivit om samma sak" in above
