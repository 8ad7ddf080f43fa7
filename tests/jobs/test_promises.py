"""Promises in working time: warned once before, up a level after, waiting while the sender is; kept and broken are counted."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from inflow import clock as timers
from inflow.casework.addresses import Way
from inflow.casework.case import Status
from inflow.casework.promises import Promise, State, What
from inflow.desk import actions, promises
from inflow.desk.world import World
from inflow.store import promises as store
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import EVA, address, case, kinds, last, letters, outbox, reply, told, words
from tests.servers.config import HEAD, ROLES

HOURS = HEAD.replace("[database]", 'working_hours = ["mon-fri 08:00-17:00"]\ncountry = "SE"\n\n[database]')
PROMISE = """
[[promise]]
role = ["support"]
party = ["customer"]
first_answer = "30m"

[[promise]]
first_answer = "4h"
next_answer = "1d"
solved = "3d"
"""


@pytest.fixture
def world(make_world: Callable[..., World], clock: Clock) -> World:
    clock.moment = at("2026-11-23 09:00")
    return make_world(head=HOURS, more=PROMISE)


def at(text: str) -> datetime:
    """A moment in Stockholm, in winter."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=1)


@pytest.fixture
def opened(world: World, receive: Receive) -> World:
    """A case of support, opened on Monday at nine."""
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA))
    return world


def until(world: World, clock: Clock, text: str) -> None:
    clock.moment = at(text)
    while timers.step(world):
        pass


def of_case(world: World, number: int = 1) -> dict[What, list[Promise]]:
    with world.database.reading() as connection:
        found = store.of_case(connection, number)
    return {what: [one for one in found if one.what is what] for what in What}


def states(world: World, what: What, number: int = 1) -> list[tuple[str, str]]:
    return [(one.role, one.state.value) for one in of_case(world, number)[what]]


def test_what_is_promised_is_due_in_working_time(opened: World) -> None:
    promised = of_case(opened)
    assert [one.due_at for one in promised[What.FIRST]] == [at("2026-11-23 13:00")]
    assert [one.due_at for one in promised[What.SOLVED]] == [at("2026-11-26 09:00")]
    assert promised[What.NEXT] == []


def test_the_first_entry_that_fits_a_party_and_a_role_holds(world: World, receive: Receive) -> None:
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA))
    with world.database.writing() as connection:
        connection.exec_driver_sql("UPDATE party SET kind = 'customer'")
    receive(world, mail("Mer hjälp", "Kan inte logga in på sidan.", sender=EVA))
    assert [one.due_at for one in of_case(world, 2)[What.FIRST]] == [at("2026-11-23 09:30")]
    assert of_case(world, 2)[What.SOLVED] == []


def test_other_has_its_own_clocks(world: World, receive: Receive) -> None:
    receive(world, mail("Bryggan", "Den flyter inte.", sender=EVA))
    assert case(world).status is Status.UNCLAIMED
    assert not any(of_case(world).values())


def test_nothing_is_promised_to_a_machine(world: World, receive: Receive) -> None:
    auto = "Auto-Submitted: auto-generated\r\n"
    receive(world, mail("Faktura", "Här är en faktura.", sender="x@robot.test", headers=auto))
    assert not any(of_case(world).values())


def test_the_role_is_warned_once_before(opened: World, clock: Clock) -> None:
    until(opened, clock, "2026-11-23 11:59")
    assert outbox(opened, "notice") == []
    until(opened, clock, "2026-11-23 12:00")
    until(opened, clock, "2026-11-23 12:30")
    assert [one["to"] for one in outbox(opened, "notice")] == ["support@exempel.test"]
    assert "ett första svar senast 2026-11-23 13:00" in words(last(opened, "notice"))
    assert kinds(opened)[-1] == "warned"


def test_after_it_the_case_goes_up_with_the_reason(opened: World, clock: Clock) -> None:
    until(opened, clock, "2026-11-23 13:00")
    assert (case(opened).role, case(opened).level) == ("support-2", 2)
    assert told(opened, "promise-broken") == "first-answer was due 2026-11-23 13:00, by support"
    assert told(opened, "escalated") == "from support to support-2: first-answer was promised by 2026-11-23 13:00"
    assert [one["to"] for one in outbox(opened, "forward")] == ["support@exempel.test", "support2@exempel.test"]
    assert [one["to"] for one in outbox(opened, "notice")] == ["support@exempel.test"]
    assert "warned" not in kinds(opened)  # nobody looked before: it is too late for that
    assert states(opened, What.FIRST) == [("support", "broken"), ("support-2", "running")]


def test_at_the_last_level_the_management_hears_of_it_and_may_move_it(
    opened: World, clock: Clock, receive: Receive
) -> None:
    until(opened, clock, "2026-11-23 13:00")
    until(opened, clock, "2026-11-24 08:00")
    sent = letters(opened)[outbox(opened, "notice")[-1]["id"]]
    assert sent["To"] == "ledning@exempel.test"
    assert "hos support-2" in words(sent)
    assert case(opened).role == "support-2"
    until(opened, clock, "2026-11-24 16:00")
    assert kinds(opened).count("promise-broken") == 2
    lena = mail("Sv", "/route hr", sender="lena@exempel.test", to=address(opened, Way.MANAGEMENT))
    receive(opened, lena)
    assert case(opened).role == "hr"


def test_an_answer_in_time_keeps_it(opened: World, clock: Clock, receive: Receive) -> None:
    until(opened, clock, "2026-11-23 12:45")
    receive(opened, reply(opened, "Prova igen."))
    until(opened, clock, "2026-11-24 12:00")
    assert states(opened, What.FIRST) == [("support", "kept")]
    assert case(opened).role == "support"
    assert kinds(opened).count("promise-broken") == 0


def test_the_solution_waits_while_the_sender_is_waited_for(opened: World, clock: Clock, receive: Receive) -> None:
    until(opened, clock, "2026-11-23 10:00")
    receive(opened, reply(opened, "Vilken version?"))
    assert states(opened, What.SOLVED) == [("support", "paused")]
    until(opened, clock, "2026-12-07 10:00")
    receive(opened, mail("Sv: [#1] Hjälp", "Version 2.", sender=EVA, to=address(opened, Way.SENDER)))
    (solved,) = of_case(opened)[What.SOLVED]
    assert solved.state is State.RUNNING
    assert solved.due_at == at("2026-12-10 09:00")  # 27 hours of work, one of them used
    assert [one.due_at for one in of_case(opened)[What.NEXT]] == [at("2026-12-08 10:00")]


def test_no_warning_comes_twice_after_a_pause(make_world: Callable[..., World], clock: Clock, receive: Receive) -> None:
    clock.moment = at("2026-11-23 09:00")
    world = make_world(head=HOURS, more='[[promise]]\nsolved = "3d"\n')
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA))
    until(world, clock, "2026-11-25 11:14")
    assert "warned" not in kinds(world)
    until(world, clock, "2026-11-25 11:15")  # three quarters of 27 hours of work
    assert kinds(world).count("warned") == 1
    receive(world, reply(world, "Snart klart."))
    until(world, clock, "2026-11-25 14:00")
    receive(world, mail("Sv: [#1] Hjälp", "Bra.", sender=EVA, to=address(world, Way.SENDER)))
    until(world, clock, "2026-11-26 11:44")
    assert (kinds(world).count("warned"), kinds(world).count("promise-broken")) == (1, 0)
    until(world, clock, "2026-11-26 11:45")
    assert kinds(world).count("promise-broken") == 1


def test_a_closed_case_keeps_the_solution_and_drops_the_rest(opened: World, clock: Clock) -> None:
    until(opened, clock, "2026-11-23 10:00")
    with opened.database.writing() as connection:
        actions.close(connection, opened, 1, by="anna")
        promises.follow(connection, opened, 1)
    assert states(opened, What.FIRST) == [("support", "dropped")]
    assert states(opened, What.SOLVED) == [("support", "kept")]
    until(opened, clock, "2026-12-01 10:00")
    assert "promise-broken" not in kinds(opened)


def test_another_role_has_a_promise_of_its_own(opened: World, clock: Clock, receive: Receive) -> None:
    until(opened, clock, "2026-11-23 11:00")
    receive(opened, reply(opened, "/route ekonomi"))
    assert states(opened, What.FIRST) == [("support", "moved"), ("ekonomi", "running")]
    assert of_case(opened)[What.FIRST][1].due_at == at("2026-11-23 15:00")


def test_an_answer_with_an_escalation_keeps_one_and_begins_another(opened: World, receive: Receive) -> None:
    receive(opened, reply(opened, "/escalate\nVi frågar våra experter."))
    assert states(opened, What.FIRST) == [("support", "kept")]
    assert states(opened, What.NEXT) == [("support-2", "running")]


def test_a_late_answer_makes_it_good_and_stays_broken(
    make_world: Callable[..., World], clock: Clock, receive: Receive
) -> None:
    clock.moment = at("2026-11-23 09:00")
    world = make_world(head=HOURS, more=PROMISE, roles=ROLES.replace('next = "support-2"\n', ""))
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA))
    until(world, clock, "2026-11-23 14:00")
    with world.database.reading() as connection:
        assert store.late(connection, "support", limit=9) == [(1, "first-answer")]
    receive(world, reply(world, "Ursäkta, prova igen."))
    with world.database.reading() as connection:
        assert store.late(connection, "support", limit=9) == []
        assert store.tally(connection, since=at("2026-11-23 00:00")) == {
            "support": {"first-answer": {"kept": 0, "broken": 1}}
        }
    assert len(of_case(world)[What.FIRST]) == 1


def test_of_a_confidential_case_the_management_reads_a_number(
    make_world: Callable[..., World], clock: Clock, receive: Receive
) -> None:
    clock.moment = at("2026-11-23 09:00")
    world = make_world(head=HOURS, more=PROMISE)
    receive(world, mail("Min anställning och lön", "Jag har en fråga om min lön och anställning.", sender=EVA))
    assert case(world).role == "hr"
    until(world, clock, "2026-11-23 13:00")
    (sent,) = [one for one in letters(world).values() if one["To"] == "ledning@exempel.test"]
    assert "lön" not in sent.as_string() + str(sent["Subject"])


def test_a_timer_that_fails_stops_no_other(
    opened: World, clock: Clock, receive: Receive, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(opened, mail("Mer hjälp", "Kan inte logga in på sidan.", sender="Bo <bo@kund.test>"))
    done = timers.fire

    def fire(connection: object, world: World, timer: object) -> None:
        if timer.case == 1:  # type: ignore[attr-defined]
            raise RuntimeError("broken")
        done(connection, world, timer)  # type: ignore[arg-type]

    monkeypatch.setattr(timers, "fire", fire)
    until(opened, clock, "2026-11-23 12:00")
    assert kinds(opened, 2)[-1] == "warned"
    assert "warned" not in kinds(opened, 1)
    monkeypatch.undo()
    until(opened, clock, "2026-11-23 12:09")
    assert "warned" not in kinds(opened, 1)
    until(opened, clock, "2026-11-23 12:10")
    assert "warned" in kinds(opened, 1)
