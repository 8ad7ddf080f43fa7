"""Who mans a role gets its mail as well, by address; duty is swapped; on Monday morning the next one reads how it stands."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from inflow import clock as timers
from inflow.casework.addresses import Way, WayBack, sign
from inflow.casework.case import NotPossibleError, Status
from inflow.desk import duty, learning
from inflow.desk.world import World
from inflow.store import appointments
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import AUTHSERV, EVA, PASS, case, kinds, last, letters, outbox, reply, told, words
from tests.servers.config import HEAD, ROLES

HOURS = HEAD.replace("[database]", 'working_hours = ["mon-fri 08:00-17:00"]\ncountry = "SE"\n\n[database]')
ROTA = """
[[duty]]
role = "ovrigt"
rotation = ["anna@exempel.test", "ledning@exempel.test", "bo@exempel.test"]
starts = 2026-11-16

[[duty]]
role = "support"
rotation = ["bo@exempel.test"]
every = "day"
"""


@pytest.fixture
def world(make_world: Callable[..., World], clock: Clock) -> World:
    clock.moment = at("2026-11-20 09:00")
    return make_world(head=HOURS, more=ROTA)


def at(text: str) -> datetime:
    """A moment in Stockholm, in winter."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - timedelta(hours=1)


def manned(world: World, role: str = "ovrigt") -> str:
    with world.database.reading() as connection:
        return duty.on_duty(connection, world, role)


def handovers(world: World) -> dict[str, str]:
    """The handovers that wait to go out, by receiver."""
    sent = [one for one in letters(world).values() if "Överlämning" in str(one["Subject"])]
    return {str(one["To"]): f"{one['Subject']}\n{words(one)}" for one in sent}


def test_a_rotation_changes_at_midnight_of_the_organisation(world: World, clock: Clock) -> None:
    assert manned(world) == "anna@exempel.test"
    clock.moment = at("2026-11-22 23:59")
    assert manned(world) == "anna@exempel.test"
    clock.moment = at("2026-11-23 00:00")
    assert manned(world) == "ledning@exempel.test"
    clock.moment = at("2026-12-07 12:00")
    assert manned(world) == "anna@exempel.test"


def test_the_one_on_duty_gets_the_mail_as_well_and_answers_it(world: World, receive: Receive) -> None:
    receive(world, mail("Bryggan", "Den flyter inte.", sender=EVA))
    forwards = outbox(world, "forward")
    assert [one["to"] for one in forwards] == ["ovrigt@exempel.test", "anna@exempel.test"]
    first, second = (letters(world)[one["id"]] for one in forwards)
    assert first["Reply-To"] == second["Reply-To"]
    assert first["Message-ID"] != second["Message-ID"]
    receive(world, mail("Sv: [#1]", "Hör av dig till hamnen.", sender="anna@exempel.test", to=str(second["Reply-To"])))
    assert [one["to"] for one in outbox(world, "relay")] == ["eva@kund.test"]


def test_notices_to_the_role_reach_the_one_on_duty(world: World, receive: Receive, clock: Clock) -> None:
    receive(world, mail("Bryggan", "Den flyter inte.", sender=EVA))
    clock.moment = at("2026-11-20 13:00")
    timers.step(world)
    to = [one["to"] for one in outbox(world, "notice")]
    assert to == [
        "support@exempel.test",
        "bo@exempel.test",
        "support2@exempel.test",
        "ekonomi@exempel.test",
        "hr@exempel.test",
    ]


def test_a_role_without_a_rota_has_its_mailbox_alone(world: World, receive: Receive) -> None:
    receive(world, mail("Faktura", "En faktura.", sender=EVA))
    assert [one["to"] for one in outbox(world, "forward")] == ["ekonomi@exempel.test"]


def test_swap_by_mail_changes_two_shifts(world: World, receive: Receive, clock: Clock) -> None:
    receive(world, mail("Bryggan", "Den flyter inte.", sender=EVA))
    receive(world, reply(world, "/swap ledning@exempel.test", role="ovrigt", sender="anna@exempel.test"))
    assert manned(world) == "ledning@exempel.test"
    clock.moment = at("2026-11-23 09:00")
    assert manned(world) == "anna@exempel.test"
    clock.moment = at("2026-11-30 09:00")
    assert manned(world) == "bo@exempel.test"
    assert kinds(world)[-1] == "duty-swapped"
    assert "ledning@exempel.test 2026-11-20" in told(world, "duty-swapped")


@pytest.fixture
def handed_over(world: World, clock: Clock) -> World:
    """Monday morning: the handover of *other* has gone to ledning."""
    timers.step(world)
    clock.moment = at("2026-11-23 08:00")
    timers.step(world)
    return world


def answer(world: World, text: str, *, sender: str = "ledning@exempel.test", headers: str = PASS) -> bytes:
    """A reply to the handover of *other*."""
    return mail("Sv: Överlämning", text, sender=sender, to=address(world, Way.DUTY, number=0), headers=headers)


def address(world: World, way: Way, *, number: int) -> str:
    (sent,) = [
        one for one in letters(world).values() if "ledning@" in str(one["To"]) and "Överlämning" in str(one["Subject"])
    ]
    assert sent["Reply-To"] == sign("info@exempel.test", WayBack(way=way, number=number, role="ovrigt"), world.keys)
    return str(sent["Reply-To"])


def test_a_reply_to_the_handover_swaps(handed_over: World, receive: Receive) -> None:
    receive(handed_over, answer(handed_over, "/swap anna@exempel.test"))
    assert manned(handed_over) == "anna@exempel.test"
    assert (case(handed_over).role, case(handed_over).status) == ("ovrigt", Status.CLOSED)
    assert outbox(handed_over, "relay") == []
    assert "2026-11-23" in words(last(handed_over, "notice"))


def test_a_word_about_the_handover_stays_inside_and_open(handed_over: World, receive: Receive) -> None:
    receive(handed_over, answer(handed_over, "Vem tar bryggan?"))
    assert kinds(handed_over)[-1] == "noted"
    assert case(handed_over).status is Status.UNCLAIMED
    assert outbox(handed_over, "relay") == []


def test_an_outsiders_answer_to_a_handover_is_a_mail_like_any_other(handed_over: World, receive: Receive) -> None:
    receive(handed_over, answer(handed_over, "/swap mallory@ond.test", sender="mallory@ond.test", headers=""))
    assert manned(handed_over) == "ledning@exempel.test"
    assert "duty-swapped" not in kinds(handed_over)


def test_swap_of_a_day_that_is_not_ones_own(world: World, receive: Receive, clock: Clock) -> None:
    receive(world, mail("Bryggan", "Den flyter inte.", sender=EVA))
    receive(world, reply(world, "/byt anna@exempel.test 2026-12-01", role="ovrigt", sender="ledning@exempel.test"))
    clock.moment = at("2026-12-01 09:00")
    assert manned(world) == "anna@exempel.test"
    clock.moment = at("2026-12-08 09:00")
    assert manned(world) == "bo@exempel.test"


@pytest.mark.parametrize(
    ("words_", "fault"),
    [
        ("mallory@ond.test", "not a member"),
        ("", "not a member"),
        ("anna@exempel.test", "has that shift already"),
        ("bo@exempel.test i morgon", "is not a day"),
        ("bo@exempel.test 2039-01-01", "the rota says nothing"),
    ],
)
def test_a_swap_that_cannot_be_says_why(world: World, words_: str, fault: str) -> None:
    role = world.settings.role("ovrigt")
    assert role is not None
    with world.database.writing() as connection, pytest.raises(NotPossibleError, match=fault):
        duty.swap(connection, world, role, words_, by="anna@exempel.test")


def test_nobody_swaps_for_a_role_without_a_rota(world: World) -> None:
    role = world.settings.role("ekonomi")
    assert role is not None
    with world.database.writing() as connection, pytest.raises(NotPossibleError, match="has no rota"):
        duty.swap(connection, world, role, "anna@exempel.test", by="bo@exempel.test")


def test_a_swap_from_outside_is_held(make_world: Callable[..., World], clock: Clock, receive: Receive) -> None:
    clock.moment = at("2026-11-20 09:00")
    world = make_world(head=HOURS, more=ROTA, mailbox=AUTHSERV)
    receive(world, mail("Bryggan", "Den flyter inte.", sender=EVA))
    receive(world, reply(world, "/swap bo@exempel.test", role="ovrigt", sender="anna@exempel.test", headers=""))
    assert manned(world) == "anna@exempel.test"
    receive(world, reply(world, "/swap bo@exempel.test", role="ovrigt", sender="anna@exempel.test", headers=PASS))
    assert manned(world) == "bo@exempel.test"


def test_the_handover_comes_on_mondays_first_working_moment_once(world: World, receive: Receive, clock: Clock) -> None:
    receive(world, mail("Bryggan", "Den flyter inte.", sender=EVA))
    timers.step(world)
    clock.moment = at("2026-11-23 07:59")
    timers.step(world)
    assert handovers(world) == {}
    clock.moment = at("2026-11-23 08:00")
    timers.step(world)
    timers.step(world)
    told_ = handovers(world)
    assert set(told_) == {"ovrigt@exempel.test", "ledning@exempel.test", "support@exempel.test", "bo@exempel.test"}
    said = told_["ledning@exempel.test"]
    assert "vecka 48" in said
    assert "Jour: ledning@exempel.test (2026-11-23 - 2026-11-29)" in said
    assert "#1      Bryggan (utan ägare, sedan 2026-11-20)" in said
    clock.moment = at("2026-11-29 12:00")
    timers.step(world)
    assert len(handovers(world)) == 4
    with world.database.reading() as connection:
        assert timers.next_due(connection) == at("2026-11-30 08:00")


def test_the_handover_tells_what_is_late_and_what_was_odd(
    make_world: Callable[..., World], receive: Receive, clock: Clock
) -> None:
    clock.moment = at("2026-11-20 09:00")
    promise = '[[promise]]\nrole = ["support"]\nfirst_answer = "1h"\n'
    world = make_world(head=HOURS, more=ROTA + promise, roles=ROLES.replace('next = "support-2"\n', ""))
    timers.step(world)
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA))
    receive(world, reply(world, "/route ekonmi"))
    clock.moment = at("2026-11-23 08:00")
    while timers.step(world):
        pass
    said = handovers(world)["support@exempel.test"]
    assert "Försenat:\n  #1      första svar\n" in said
    assert "kommando gick inte: det finns ingen roll 'ekonmi'" in said
    assert "löfte brutet" in said


def test_other_reads_what_to_ask_about_first(world: World, receive: Receive, clock: Clock) -> None:
    texts = ["Bryggan flyter inte i hamnen", "Bryggan flyter inte i hamnen", "Vem klipper häcken vid kyrkan"]
    for number, text in enumerate(texts):
        receive(world, mail(f"Fråga {number}", text, sender=f"p{number}@kund.test"))
    learning.train_anew(world)
    clock.moment = at("2026-11-20 10:00")
    timers.step(world)
    clock.moment = at("2026-11-23 08:00")
    timers.step(world)
    said = handovers(world)["ovrigt@exempel.test"]
    assert "Fråga om dessa först" in said
    assert "liknar 1 andra" in said


def test_a_handover_that_fails_is_tried_again_and_stops_nobody(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    timers.step(world)
    clock.moment = at("2026-11-23 08:00")
    monkeypatch.setitem(timers._HOUSE, "handover", (fail, timers._HOUSE["handover"][1]))
    timers.step(world)
    monkeypatch.undo()
    assert handovers(world) == {}
    clock.moment = at("2026-11-23 08:10")
    timers.step(world)
    assert len(handovers(world)) == 4


def test_a_rota_that_ended_leaves_no_handover_behind(
    world: World, make_world: Callable[..., World], clock: Clock
) -> None:
    timers.step(world)
    without = make_world(head=HOURS)
    clock.moment = at("2026-11-23 08:00")
    timers.step(without)
    assert handovers(without) == {}
    with without.database.reading() as connection:
        assert set(appointments.all_(connection)) == {"letter"}
