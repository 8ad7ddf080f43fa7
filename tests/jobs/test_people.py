"""Who gets the answers: the sender, and whom the sender or a member has added. Nobody whom a mail merely names."""

from collections.abc import Callable
from email.message import EmailMessage

import pytest

from inflow.casework.addresses import Way
from inflow.casework.case import NotPossibleError
from inflow.desk import actions, people
from inflow.desk.world import World
from inflow.mail.message import Address
from inflow.store.leads import MOST_ADDED
from tests.jobs.conftest import Receive, mail
from tests.jobs.conversing import (
    ANNA,
    AUTHSERV,
    BO,
    EVA,
    MEMBERS,
    PASS,
    address,
    case,
    every_case,
    kinds,
    last,
    letters,
    outbox,
    reply,
    said,
    told,
    words,
)

PIA = "Pia Ny <pia@annan.test>"
VOUCHED = "Authentication-Results: mx.exempel.test; dmarc=pass header.from=kund.test\r\n"


@pytest.fixture
def asked(make_world: Callable[..., World], receive: Receive) -> World:
    """Eva has written, support has answered once; a server vouches for senders."""
    world = make_world(mailbox=AUTHSERV, roles=MEMBERS)
    receive(world, mail("Hjälp", "Kan inte logga in. Lösenordet är hemligt.", sender=EVA, message_id="fraga@kund.test"))
    receive(world, reply(world, "Vilket fel ser du?"))
    return world


def from_eva(world: World, text: str, *, headers: str = VOUCHED) -> bytes:
    return mail("Sv: [#1] Hjälp", text, sender=EVA, to=address(world, Way.SENDER), headers=headers)


def from_pia(world: World, text: str) -> bytes:
    return mail("Sv: [#1] Hjälp", text, sender=PIA, to=address(world, Way.SENDER), message_id="svar@annan.test")


def relays(world: World) -> list[str]:
    return [one["to"] for one in outbox(world, "relay")]


def to(world: World, receiver: str) -> list[EmailMessage]:
    return [one for one in letters(world).values() if one["To"].addresses[0].addr_spec == receiver]


@pytest.mark.parametrize(
    "order", ["/add pia@annan.test", "/lägg-till <pia@annan.test>", '/läggtill "Pia Ny" <pia@annan.test>']
)
def test_whom_a_member_adds_gets_what_is_said_from_then_on(asked: World, receive: Receive, order: str) -> None:
    receive(asked, reply(asked, order))
    assert relays(asked) == ["eva@kund.test"]
    assert (kinds(asked)[-1], told(asked, "added")) == ("added", "pia@annan.test gets the answers too")
    receive(asked, reply(asked, "Nu är det lagat."))
    assert relays(asked) == ["eva@kund.test", "eva@kund.test", "pia@annan.test"]
    (sent,) = to(asked, "pia@annan.test")
    assert words(sent).strip() == "Nu är det lagat."
    assert "hemligt" not in sent.as_string()
    assert "fraga@kund.test" not in sent.as_string()
    assert "eva@" not in sent.as_string()
    assert (sent["In-Reply-To"], sent["References"]) == (None, None)
    assert told(asked, "replied") == "for support, to pia@annan.test too"


def test_text_below_the_order_is_the_first_that_they_get(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/add pia@annan.test\n\nHej båda!"))
    assert relays(asked)[1:] == ["eva@kund.test", "pia@annan.test"]


def test_each_sees_that_the_other_reads_along_and_the_shared_address_alone(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, f"/add {PIA}\n\nHej båda!"))
    for receiver, other in (("eva@kund.test", "Pia Ny"), ("pia@annan.test", "Eva Ek")):
        sent = to(asked, receiver)[-1]
        assert [one.addr_spec for one in sent["To"].addresses] == [receiver]
        assert sent["Cc"] == f"{other} via Exempel AB <info@exempel.test>"
        assert sent["From"] == "Exempel AB <info@exempel.test>"
        assert sent["Reply-To"].addresses[0].username.startswith("info+s")


def test_what_they_answer_is_part_of_the_case_and_the_role_reads_who_it_is(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/add pia@annan.test\n\nHej båda!"))
    receive(asked, from_pia(asked, "Jag svarar för Eva."))
    assert said(asked)[-1] == ("in", "pia@annan.test")
    forward = last(asked, "forward")
    assert forward["From"] == "Pia Ny via Exempel AB <info@exempel.test>"
    assert "pia@annan.test får också svaren" in words(forward)
    assert "Svaret får även: pia@annan.test" in words(forward)
    receive(asked, reply(asked, "Tack."))
    assert to(asked, "pia@annan.test")[-1]["In-Reply-To"] == "<svar@annan.test>"
    assert to(asked, "eva@kund.test")[-1]["In-Reply-To"] == "<fraga@kund.test>"


def test_who_is_not_added_may_write_and_gets_nothing_and_the_role_reads_so(asked: World, receive: Receive) -> None:
    receive(asked, from_pia(asked, "Jag fick Evas mejl."))
    assert "varken avsändaren eller tillagd" in words(last(asked, "forward"))
    receive(asked, reply(asked, "Jaha."))
    assert set(relays(asked)) == {"eva@kund.test"}


@pytest.mark.parametrize("headers", [f"Cc: {PIA}\r\n", f"Bcc: {PIA}\r\n", f"Reply-To: {PIA}\r\n", f"Sender: {PIA}\r\n"])
def test_whom_a_mail_merely_names_gets_nothing(asked: World, receive: Receive, headers: str) -> None:
    receive(asked, from_eva(asked, "Mer.", headers=VOUCHED + headers))
    receive(asked, reply(asked, "Svar."))
    receive(asked, reply(asked, "Svar med kopia.", headers=PASS + headers))
    assert set(relays(asked)) == {"eva@kund.test"}
    assert "added" not in kinds(asked)


def test_a_reply_to_all_is_not_sent_again_to_whom_it_went(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/add pia@annan.test"))
    receive(asked, reply(asked, "Hej.", headers=PASS + "Cc: eva@kund.test\r\n"))
    assert relays(asked)[1:] == ["pia@annan.test"]
    assert "sent to eva@kund.test by the member's own reply to all" in told(asked, "replied")


@pytest.mark.parametrize("order", ["/remove pia@annan.test", "/ta-bort pia@annan.test", "/tabort PIA@annan.test"])
def test_who_is_removed_gets_no_more(asked: World, receive: Receive, order: str) -> None:
    receive(asked, reply(asked, "/add pia@annan.test"))
    receive(asked, reply(asked, order))
    assert kinds(asked)[-1] == "removed"
    receive(asked, reply(asked, "Svar."))
    assert set(relays(asked)) == {"eva@kund.test"}


def test_who_is_removed_gets_no_held_answer_that_is_released_later(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/add pia@annan.test"))
    receive(asked, reply(asked, "Utan intyg.", headers=""))
    receive(asked, reply(asked, "/remove pia@annan.test"))
    receive(asked, reply(asked, "/release", sender=BO))
    assert set(relays(asked)) == {"eva@kund.test"}


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ("/add pia", "som en mejladress"),
        ("/add pia@annan.test,mal@evil.test", "som en mejladress"),
        ("/add eva@kund.test", "får redan svaren"),
        ("/add support@exempel.test", "en av våra adresser"),
        ("/add info+x@exempel.test", "en av våra adresser"),
        ("/remove pia@annan.test", "är inte tillagd"),
        ("/remove eva@kund.test", "är inte tillagd"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_goes_out(asked: World, receive: Receive, order: str, why: str) -> None:
    receive(asked, reply(asked, f"{order}\n\nHej."))
    assert why in words(last(asked, "notice"))
    assert len(relays(asked)) == 1


def test_there_is_an_end_to_how_many_are_added(asked: World) -> None:
    with asked.database.writing() as connection:
        for number in range(MOST_ADDED):
            people.add(connection, asked, 1, Address(address=f"p{number}@annan.test"), by="test")
        with pytest.raises(NotPossibleError, match="remove one"):
            people.add(connection, asked, 1, Address(address="en.till@annan.test"), by="test")


# A sender adds.


def test_a_sender_whom_the_server_vouches_for_adds_and_is_told(asked: World, receive: Receive) -> None:
    receive(asked, from_eva(asked, "/add pia@annan.test\n\nPia tar över."))
    assert told(asked, "added") == "pia@annan.test gets the answers too"
    assert [one["to"] for one in outbox(asked, "notice")] == ["eva@kund.test"]
    assert words(last(asked, "notice")).strip() == "Gjort: /add pia@annan.test"
    assert "ekonomi" not in last(asked, "notice").as_string()
    receive(asked, reply(asked, "Hej båda."))
    assert relays(asked)[1:] == ["eva@kund.test", "pia@annan.test"]


def test_a_sender_is_not_told_what_is_ours(asked: World, receive: Receive) -> None:
    receive(asked, from_eva(asked, "/add support@exempel.test\n\nHej."))
    sent = last(asked, "notice")
    assert words(sent).strip() == "Gick inte: /add support@exempel.test"
    assert "X-Inflow-Case" not in sent


@pytest.mark.parametrize(
    ("sender", "headers"),
    [
        (EVA, ""),
        (EVA, "Authentication-Results: mx.exempel.test; dmarc=fail header.from=kund.test\r\n"),
        ("Mal <mal@evil.test>", "Authentication-Results: mx.exempel.test; dmarc=pass header.from=evil.test\r\n"),
        (ANNA, ""),
    ],
    ids=["not vouched for", "a forger", "somebody else", "in a member's name"],
)
def test_nobody_else_adds(asked: World, receive: Receive, sender: str, headers: str) -> None:
    text = "/add mal@evil.test\n\nHej."
    receive(asked, mail("Sv: [#1] Hjälp", text, sender=sender, to=address(asked, Way.SENDER), headers=headers))
    receive(asked, reply(asked, "Svar."))
    assert set(relays(asked)) == {"eva@kund.test"}
    assert "added" not in kinds(asked)


def test_one_who_was_added_adds_nobody(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/add pia@annan.test"))
    vouched = "Authentication-Results: mx.exempel.test; dmarc=pass header.from=annan.test\r\n"
    text = "/add mal@evil.test\n/remove eva@kund.test\n\nHej."
    receive(asked, mail("Sv: [#1] Hjälp", text, sender=PIA, to=address(asked, Way.SENDER), headers=vouched))
    assert kinds(asked).count("added") == 1


# What becomes of a case.


def test_the_merged_case_keeps_whom_the_other_had_added(asked: World, receive: Receive) -> None:
    receive(asked, mail("En sak till", "Felmeddelande.", sender=EVA))
    receive(asked, reply(asked, "/add pia@annan.test", number=2))
    receive(asked, reply(asked, "/merge 1", number=2))
    receive(asked, reply(asked, "Svar."))
    assert relays(asked)[1:] == ["eva@kund.test", "pia@annan.test"]


def test_the_answered_mail_becomes_a_case_of_its_own(asked: World, receive: Receive) -> None:
    second = "In-Reply-To: <fraga@kund.test>\r\n"
    raw = mail("En annan sak", "Var är min faktura?", sender=EVA, headers=second, message_id="tva@kund.test")
    receive(asked, raw)
    forward = outbox(asked, "forward")[-1]["message_id"]
    receive(asked, reply(asked, "/dela", headers=f"{PASS}In-Reply-To: <{forward}>\r\n"))
    assert {number: one.messages for number, one in every_case(asked).items()} == {1: 3, 2: 1}
    assert "/split #2" in words(last(asked, "notice"))
    assert case(asked, 2).subject == "En annan sak"
    later = mail("Sv: En annan sak", "Hallå?", sender=EVA, headers="In-Reply-To: <tva@kund.test>\r\n")
    receive(asked, later)
    assert case(asked, 2).messages == 2


def test_a_merge_says_that_the_other_sender_gets_no_answer(asked: World, receive: Receive) -> None:
    receive(asked, mail("Samma fel", "Kan inte logga in.", sender="Olle <olle@annan.test>"))
    receive(asked, reply(asked, "/merge 1", number=2))
    assert told(asked, "merged-in").endswith("gets no answer without /add olle@annan.test")
    receive(asked, reply(asked, "/add olle@annan.test\n\nNu är det lagat."))
    assert relays(asked)[1:] == ["eva@kund.test", "olle@annan.test"]


@pytest.mark.parametrize("headers", ["", "In-Reply-To: <fraga@kund.test>\r\n"])
def test_a_split_of_nothing_says_so(asked: World, receive: Receive, headers: str) -> None:
    receive(asked, reply(asked, "/split", headers=PASS + headers))
    assert "answer the mail" in told(asked, "command-refused")
    assert len(every_case(asked)) == 1


def test_the_only_mail_of_a_case_cannot_be_split_off(world: World, receive: Receive) -> None:
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA))
    with world.database.writing() as connection, pytest.raises(NotPossibleError):
        actions.split(connection, world, 1, [1], by="test")
