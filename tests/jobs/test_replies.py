"""A member answers with a plain Reply: it goes out from the shared address, or it is held, or it is an order."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from inflow.casework.addresses import Way, WayBack, sign
from inflow.casework.case import Status
from inflow.desk.world import World
from inflow.mail.compose import Outgoing, render
from inflow.store import cases, deliveries, events, messages
from inflow.store.rows import Case
from tests.jobs.conftest import Receive, mail

QUOTED = "\n\nDen 2026-11-22 skrev Eva Ek via Exempel AB <info@exempel.test>:\n> ── Ärende #1 ──\n> Från: Eva Ek\n> En fråga."


def to_role(world: World, *, number: int = 1, role: str = "support") -> str:
    return sign("info@exempel.test", WayBack(way=Way.ROLE, number=number, role=role), world.keys)


def reply(
    world: World, text: str, *, sender: str = "Anna <anna@exempel.test>", role: str = "support", headers: str = ""
) -> bytes:
    """What a member's mail client makes of a Reply to a forward."""
    return mail("Sv: [#1] Hjälp", text + QUOTED, sender=sender, to=to_role(world, role=role), headers=headers)


def case(world: World, number: int = 1) -> Case:
    with world.database.reading() as connection:
        return cases.get(connection, number)


def outbox(world: World, kind: str = "relay") -> list[dict[str, Any]]:
    with world.database.reading() as connection:
        return [one for one in deliveries.of_case(connection, 1) if one["kind"] == kind]


def sent(world: World, delivery: int) -> EmailMessage:
    """The mail of a delivery, as it would go out."""
    with world.database.writing() as connection:
        due = next(
            one for one in deliveries.claim(connection, owner="t", now=world.now(), limit=99) if one.id == delivery
        )
        source = messages.raw(connection, due.source) if due.source else None
        raw = render(Outgoing.of_json(due.outgoing), source)
        connection.rollback()
    return message_from_bytes(raw, policy=policy.default)


def kinds(world: World) -> list[str]:
    with world.database.reading() as connection:
        return [event["kind"] for event in events.of_case(connection, 1)]


@pytest.fixture
def asked(world: World, receive: Receive) -> World:
    """Eva has written, and support has her case."""
    receive(world, mail("Hjälp", "Kan inte logga in.", message_id="fraga@kund.test"))
    assert case(world).role == "support"
    return world


def test_a_members_reply_goes_to_the_sender_from_the_shared_address(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "Hej Eva,\n\nprova igen.\n"))
    (relay,) = outbox(asked)
    assert (relay["to"], relay["status"]) == ("eva@kund.test", "queued")
    said = sent(asked, relay["id"])
    assert said["From"] == "Exempel AB <info@exempel.test>"
    assert said["In-Reply-To"] == "<fraga@kund.test>"
    assert "<fraga@kund.test>" in said["References"]
    assert said["Reply-To"].addresses[0].username.startswith("info+s")
    assert said.get_content().split() == ["Hej", "Eva,", "prova", "igen."]
    assert "anna" not in said.as_string().lower()
    assert "Ärende" not in said.get_content()
    assert case(asked).status is Status.WAITING
    assert kinds(asked)[-1] == "replied"
    with asked.database.reading() as connection:
        assert [one["direction"] for one in messages.of_case(connection, 1)] == ["in", "out"]


def test_the_senders_answer_to_the_relay_comes_back_to_the_role(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "Prova igen."))
    address = sign("info@exempel.test", WayBack(way=Way.SENDER, number=1), asked.keys)
    receive(asked, mail("Sv: Hjälp", "Tack, nu går det!", to=address))
    assert case(asked).status is Status.OPEN
    assert [one["to"] for one in outbox(asked, "forward")] == ["support@exempel.test"] * 2


def test_an_outsider_with_a_members_address_is_a_sender_and_never_speaks_for_us(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "Vi bjuder på allt!", sender="mal@evil.test"))
    assert outbox(asked) == []
    assert [one["to"] for one in outbox(asked, "forward")] == ["support@exempel.test"] * 2


AUTHSERV = 'authserv_id = "mx.exempel.test"\n'
PASS = "Authentication-Results: mx.exempel.test; dmarc=pass header.from=exempel.test\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        "",
        "Authentication-Results: mx.exempel.test; dmarc=fail header.from=exempel.test\r\n",
        "Authentication-Results: evil.test; dmarc=pass header.from=exempel.test\r\n",
        "Authentication-Results: mx.exempel.test; dmarc=pass header.from=evil.test\r\n",
        "Authentication-Results: mx.exempel.test; dmarc=fail header.from=exempel.test\r\n" + PASS,
    ],
    ids=["missing", "fail", "another server's", "another domain's", "a forged one below"],
)
def test_a_reply_the_server_does_not_vouch_for_is_held(
    make_world: Callable[..., World], receive: Receive, headers: str
) -> None:
    world = make_world(mailbox=AUTHSERV)
    receive(world, mail("Hjälp", "Kan inte logga in."))
    receive(world, reply(world, "Betala till konto 1.", headers=headers))
    (held,) = outbox(world)
    assert held["status"] == "held"
    assert kinds(world)[-1] == "held"
    assert [one["to"] for one in outbox(world, "notice")] == ["support@exempel.test"]

    receive(world, reply(world, "/release", sender="bo@exempel.test", headers=PASS))
    assert outbox(world)[0]["status"] == "queued"
    assert case(world).status is Status.WAITING


def test_nobody_releases_their_own_held_reply(make_world: Callable[..., World], receive: Receive) -> None:
    world = make_world(mailbox=AUTHSERV)
    receive(world, mail("Hjälp", "Kan inte logga in."))
    receive(world, reply(world, "Betala till konto 1."))
    receive(world, reply(world, "/release", headers=PASS))
    assert outbox(world)[0]["status"] == "held"


def test_orders_are_carried_out_and_confirmed_and_the_rest_is_sent(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/label inloggning\n/close\n\nNu är det klart."))
    assert len(outbox(asked)) == 1
    assert case(asked).labels == ("inloggning",)
    assert [one["to"] for one in outbox(asked, "notice")] == ["anna@exempel.test"]
    assert "/label" not in sent(asked, outbox(asked)[0]["id"]).get_content()


def test_a_move_by_mail_forwards_the_case_with_its_history_and_teaches(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/till ekonomi gäller en faktura"))
    assert (case(asked).role, case(asked).decided_by) == ("ekonomi", "person")
    assert "gäller en faktura" in case(asked).reasons
    assert outbox(asked) == []
    assert [one["to"] for one in outbox(asked, "forward")] == ["support@exempel.test", "ekonomi@exempel.test"]


@pytest.mark.parametrize("wrong", ["/till ekonmi\n\nHej", "/flyga\n\nHej", "/merge abc\n\nHej"])
def test_a_wrong_order_sends_nothing_out_and_says_what_is_possible(asked: World, receive: Receive, wrong: str) -> None:
    receive(asked, reply(asked, wrong))
    assert outbox(asked) == []
    (notice,) = outbox(asked, "notice")
    text = sent(asked, notice["id"]).get_content()
    assert "Inget skickades" in text
    assert "ekonomi" in text
    assert kinds(asked)[-1] == "command-refused"


def test_a_note_stays_inside(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "/note Hon är arg.\nRing."))
    assert outbox(asked) == []
    with asked.database.reading() as connection:
        assert [one["direction"] for one in messages.of_case(connection, 1)] == ["in", "out", "note"]


def test_a_reply_of_nothing_but_quotes_is_not_sent(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, ""))
    assert outbox(asked) == []
    assert [one["to"] for one in outbox(asked, "notice")] == ["anna@exempel.test"]


def test_a_members_out_of_office_is_never_relayed(asked: World, receive: Receive) -> None:
    receive(asked, reply(asked, "Jag är på semester.", headers="Auto-Submitted: auto-replied\r\n"))
    assert outbox(asked) == []
    assert case(asked).status is Status.OPEN


def test_whose_is_this_is_answered_with_claim(world: World, receive: Receive) -> None:
    receive(world, mail("Hej", "Något helt annat."))
    address = sign("info@exempel.test", WayBack(way=Way.ASKED, number=1, role="hr"), world.keys)
    receive(world, mail("Sv: Vems är detta?", "/claim vi har hand om sånt", sender="hanna@exempel.test", to=address))
    assert (case(world).role, case(world).status) == ("hr", Status.OPEN)
    other = sign("info@exempel.test", WayBack(way=Way.ASKED, number=1, role="ekonomi"), world.keys)
    receive(world, mail("Sv: Vems är detta?", "/claim", sender="eko@exempel.test", to=other))
    assert case(world).role == "hr"
