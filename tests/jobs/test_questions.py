"""Asking the next level, another role or a supplier: the case stays with its owner, and so does the answer."""

from datetime import timedelta

import pytest

from inflow import clock as timers
from inflow.casework.addresses import Way
from inflow.casework.case import Status
from inflow.desk.world import World
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import EVA, address, case, kinds, last, outbox, reply, said, told, words

SUPPLIER = "lev@leverantor.test"


@pytest.fixture
def asked(world: World, receive: Receive) -> World:
    """Support has asked a supplier about Eva's case."""
    receive(
        world, mail("Hjälp", "Kan inte logga in. Mitt kundnummer är hemligt.", sender=EVA, message_id="fraga@kund.test")
    )
    receive(world, reply(world, f"/ask {SUPPLIER} Känner ni till felet?\nDet gäller E04."))
    return world


def test_a_supplier_sees_the_question_and_nothing_else(asked: World) -> None:
    (relay,) = outbox(asked, "relay")
    assert relay["to"] == SUPPLIER
    sent = last(asked, "relay")
    assert sent["From"] == "Exempel AB <info@exempel.test>"
    assert words(sent).split() == ["Känner", "ni", "till", "felet?", "Det", "gäller", "E04."]
    assert "anna" not in sent.as_string().lower()
    assert "eva" not in sent.as_string().lower()


@pytest.mark.parametrize("whom", [f"<{SUPPLIER}>", f"{SUPPLIER}<mailto:{SUPPLIER}>"])
def test_an_address_that_a_client_made_a_link_of_is_one(world: World, receive: Receive, whom: str) -> None:
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA))
    receive(world, reply(world, f"/ask {whom} Känner ni till felet?"))
    assert [one["to"] for one in outbox(world, "relay")] == [SUPPLIER]


def test_the_case_stays_with_its_owner_and_says_who_was_asked(asked: World) -> None:
    assert (case(asked).role, case(asked).status, case(asked).labels) == ("support", Status.OPEN, ("with-supplier",))
    assert told(asked, "questioned") == f"{SUPPLIER} was asked: Känner ni till felet? Det gäller E04."
    assert f"/ask {SUPPLIER}" in words(last(asked, "notice"))


def test_an_answer_to_the_plain_address_is_one_by_its_reference(asked: World, receive: Receive) -> None:
    question = outbox(asked, "relay")[-1]["message_id"]
    headers = f"In-Reply-To: <{question}>\r\n"
    receive(asked, mail("Sv: Hjälp", "Ja, byt kort.", sender=SUPPLIER, headers=headers))
    assert (kinds(asked)[-1], case(asked).labels) == ("answered", ())
    assert len(outbox(asked, "relay")) == 1


def test_the_answer_comes_to_the_owner_and_never_to_the_sender(asked: World, receive: Receive) -> None:
    receive(asked, mail("Sv: [#1] Hjälp", "Ja, byt kort.", sender=SUPPLIER, to=address(asked, Way.ANSWER)))
    assert [one["to"] for one in outbox(asked, "forward")] == ["support@exempel.test"] * 2
    assert f"{SUPPLIER} får svaret" not in words(last(asked, "forward"))
    assert len(outbox(asked, "relay")) == 1
    assert case(asked).labels == ()
    assert kinds(asked)[-1] == "answered"
    assert said(asked)[-1] == ("in", SUPPLIER)


def test_the_reply_to_what_a_supplier_answered_goes_to_the_sender(asked: World, receive: Receive) -> None:
    receive(asked, mail("Sv: [#1] Hjälp", "Ja, byt kort.", sender=SUPPLIER, to=address(asked, Way.ANSWER)))
    receive(asked, reply(asked, "Vi byter kortet."))
    assert [one["to"] for one in outbox(asked, "relay")] == [SUPPLIER, "eva@kund.test"]
    assert last(asked, "relay")["In-Reply-To"] == "<fraga@kund.test>"


def test_the_owner_is_reminded_once_after_three_days(asked: World, clock: Clock) -> None:
    before = len(outbox(asked, "notice"))
    clock.move(timedelta(days=2, hours=23))
    timers.step(asked)
    assert len(outbox(asked, "notice")) == before
    clock.move(timedelta(hours=1))
    timers.step(asked)
    timers.step(asked)
    notices = outbox(asked, "notice")
    assert [one["to"] for one in notices[before:]] == ["support@exempel.test"]
    assert "tre dagar" in words(last(asked, "notice"))


def test_who_asked_is_reminded_to_tell_the_sender_what_was_answered(
    asked: World, receive: Receive, clock: Clock
) -> None:
    receive(asked, mail("Sv: [#1]", "Ja.", sender=SUPPLIER, to=address(asked, Way.ANSWER)))
    before = len(outbox(asked, "notice"))
    clock.move(timedelta(days=4))
    timers.step(asked)
    assert [one["to"] for one in outbox(asked, "notice")[before:]] == ["support@exempel.test"]
    assert last(asked, "notice")["Subject"] == "[#1] Avsändaren väntar på besked: Hjälp"


def test_nobody_is_reminded_of_what_the_sender_was_told(asked: World, receive: Receive, clock: Clock) -> None:
    receive(asked, mail("Sv: [#1]", "Ja.", sender=SUPPLIER, to=address(asked, Way.ANSWER)))
    receive(asked, reply(asked, "De känner till felet."))
    before = len(outbox(asked))
    clock.move(timedelta(days=4))
    timers.step(asked)
    assert len(outbox(asked)) == before


def test_the_suppliers_out_of_office_is_no_answer(asked: World, receive: Receive) -> None:
    auto = "Auto-Submitted: auto-replied\r\n"
    receive(asked, mail("Autosvar", "Jag är borta.", sender=SUPPLIER, to=address(asked, Way.ANSWER), headers=auto))
    assert case(asked).labels == ("with-supplier",)
    assert len(outbox(asked, "forward")) == 1


def test_a_role_that_is_asked_answers_to_the_owner(world: World, receive: Receive) -> None:
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA))
    receive(world, reply(world, "/fråga ekonomi Har hon betalat?"))
    assert outbox(world, "relay")[0]["to"] == "ekonomi@exempel.test"
    receive(world, mail("Sv: [#1]", "Ja, i går.", sender="eko@exempel.test", to=address(world, Way.ANSWER)))
    assert case(world).role == "support"
    assert [one["to"] for one in outbox(world, "forward")] == ["support@exempel.test"] * 2
    assert len(outbox(world, "relay")) == 1


@pytest.mark.parametrize(
    "order", ["/ask ekonmi Vad?", "/ask ekonomi", "/ask eva@kund.test Vad?", "/ask a@b.test,c@d.test Vad?"]
)
def test_a_question_to_nobody_about_nothing_or_to_the_sender_is_not_asked(
    world: World, receive: Receive, order: str
) -> None:
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA))
    receive(world, reply(world, order))
    assert outbox(world, "relay") == []
    assert kinds(world)[-1] == "command-refused"
