"""A conversation as it is lived: a sender and a colleague, two members, level 2 and a supplier, four mail clients, two languages."""

import json
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from tests.conftest import Inflow, WriteConfig
from tests.servers.config import ROLES
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink
from tests.system.clients import PNG, Client, Person

MEMBERS = ROLES.replace('members = ["*@exempel.test"]', 'members = ["anna@exempel.test", "bo@exempel.test"]')
EVA, JOHN, SUPPLIER = "eva@kund.test", "john@kund.test", "teknik@leverantor.test"
LOG, GUIDE, FIX = b"%PDF-1.4 logg\n", b"%PDF-1.4 guide\n", b"PK\x03\x04 kort"


@dataclass(slots=True)
class Play:
    """The stage: mails come into the shared mailbox, `inflow run --once` does its work."""

    dovecot: Dovecot
    user: str
    sink: Sink
    inflow: Inflow
    came: int = 0

    def comes(self, raw: bytes) -> None:
        """A mail comes in and is dealt with."""
        self.dovecot.deliver(self.user, raw)
        self.came += 1
        done = self.inflow("run", "--once")
        assert done.returncode == 0, done.stderr

    def last(self, address: str) -> bytes:
        """The last mail that somebody received."""
        return self.sink.to(address)[-1].raw

    def case(self) -> Any:
        """Case 1 as scripts see it."""
        return json.loads(self.inflow("cases", "show", "1", "--json").stdout)


@pytest.fixture
def play(dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, inflow: Inflow) -> Play:
    write_config(mailbox='authserv_id = "mx.exempel.test"\n', roles=MEMBERS)
    return Play(dovecot=dovecot, user=imap_user, sink=sink, inflow=inflow)


@dataclass(slots=True)
class Cast:
    """Who takes part."""

    eva: Person
    john: Person
    anna: Person
    bo: Person
    lisa: Person
    supplier: Person


@pytest.fixture
def cast() -> Cast:
    return Cast(
        eva=Person("Eva Ek", EVA, signature="\n\nSkickat från min iPhone"),
        john=Person("John Eastwood", "john@kund.test"),
        anna=Person("Anna Berg", "anna@exempel.test", signature="\n\n-- \nAnna Berg, Exempel AB\nanna@exempel.test"),
        bo=Person("Bo Dahl", "bo@exempel.test"),
        lisa=Person("Lisa Holm", "lisa@exempel.test"),
        supplier=Person("Teknik", SUPPLIER),
    )


def played(play: Play, cast: Cast) -> None:
    """From the first question to the closed case."""
    support, level2 = "support@exempel.test", "support2@exempel.test"
    text = "Jag kan inte logga in, felmeddelande E04. Skärmbild och logg bifogas."
    play.comes(cast.eva.writes("Kan inte logga in", text, files={"logg.pdf": LOG}))
    text = "Hej Eva,\n\nprova stegen i den bifogade guiden."
    play.comes(cast.anna.answers(play.last(support), text, client=Client.OUTLOOK, files={"guide.pdf": GUIDE}))
    text = "Hej!\n\nDet hjälpte inte, samma fel."
    play.comes(cast.eva.answers(play.last(EVA), text, client=Client.APPLE, cc="John Eastwood <john@kund.test>"))
    text = "Hello, I am responsible for the card readers. When can we expect an answer?"
    play.comes(cast.john.answers(play.last(EVA), text, client=Client.GMAIL))
    text = f"/add John Eastwood <john@kund.test>\n/ask {SUPPLIER} What does E04 mean on a card of model K2?"
    play.comes(cast.bo.answers(play.last(support), text, client=Client.GMAIL))
    text = "It means that the card is worn out. Replace it."
    play.comes(cast.supplier.answers(play.last(SUPPLIER), text, client=Client.PLAIN))
    text = "/Eskalera kortet ska bytas\n\nHej Eva, vi lämnar ärendet till våra tekniker."
    play.comes(cast.bo.answers(play.last(support), text, client=Client.APPLE))
    text = "Hello Eva,\n\na new card is on its way. Load the attached file into it."
    play.comes(cast.lisa.answers(play.last(level2), text, client=Client.PLAIN, files={"kort.zip": FIX}))
    play.comes(cast.eva.answers(play.last(EVA), "Tack, nu fungerar det!", client=Client.OUTLOOK))
    play.comes(cast.lisa.answers(play.last(level2), "/stäng\u00a0", client=Client.OUTLOOK))


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)


def readable(mail: EmailMessage) -> str:
    """Every header and every text of a mail, decoded."""
    texts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in mail.items()), *texts])


def files(mail: EmailMessage) -> dict[str | None, bytes]:
    return {part.get_filename(): part.get_payload(decode=True) for part in mail.walk() if part.get_filename()}  # type: ignore[misc]


def test_a_conversation_ends_as_one_case_that_tells_it_all(play: Play, cast: Cast) -> None:
    played(play, cast)
    case = play.case()
    assert len(json.loads(play.inflow("cases", "list", "--json").stdout)) == 1
    assert (case["status"], case["role"], case["labels"]) == ("closed", "support-2", [])
    assert [(one["direction"], one["from"]["address"].partition("@")[0]) for one in case["messages"]] == [
        ("in", "eva"), ("out", "anna"), ("in", "eva"), ("in", "john"), ("out", "bo"), ("in", "teknik"), ("out", "bo"),
        ("out", "lisa"), ("in", "eva"), ("out", "lisa"),
    ]  # fmt: skip
    assert [event["kind"] for event in case["events"]] == [
        "opened", "routed", "replied", "received", "received", "added", "questioned", "answered", "replied", "escalated",
        "replied", "received", "closed",
    ]  # fmt: skip
    everyone_hears_once(play)
    the_sender_sees_the_shared_address_only(play, cast)
    who_was_added_sees_what_came_after(play, cast)
    every_answer_threads(play, cast)
    every_file_arrives(play)


def everyone_hears_once(play: Play) -> None:
    """No copy lost or doubled, and the mailbox is empty."""
    heard = Counter(recipient for one in play.sink.received for recipient in one.recipients)
    assert heard == {
        EVA: 3, JOHN: 2, SUPPLIER: 1, "support@exempel.test": 4, "support2@exempel.test": 2, "bo@exempel.test": 2, "lisa@exempel.test": 1,
    }  # fmt: skip
    ids = [parsed(one.raw)["Message-ID"] for one in play.sink.received]
    assert len(ids) == len(set(ids))
    assert play.dovecot.count(play.user) == 0
    assert play.dovecot.count(play.user, "Inflow/Done") == play.came


def the_sender_sees_the_shared_address_only(play: Play, cast: Cast) -> None:
    """Nothing that goes outside names a member, a client, an order, or what was said inside."""
    inside = [
        "anna@",
        "bo@",
        "lisa@",
        "bo dahl",
        "lisa holm",
        "laptop",
        "klient@exempel",
        "eskalera",
        "ärende #1",
        "support@",
    ]
    for one in [*play.sink.to(EVA), *play.sink.to(JOHN), *play.sink.to(SUPPLIER)]:
        mail = parsed(one.raw)
        assert mail["From"] == "Exempel AB <info@exempel.test>"
        assert mail["Reply-To"].addresses[0].username.startswith("info+")
        assert "Received" not in mail
        assert [word for word in inside if word in readable(mail).lower()] == []
        assert one.sender.startswith("info+b")
    assert "eva" not in readable(parsed(play.last(SUPPLIER))).lower()
    bodies = [parsed(one.raw).get_body(("plain",)) for one in play.sink.to(EVA)]
    assert [body.get_content().split("\n")[0].strip() for body in bodies if body] == [
        "Hej Eva,",
        "Hej Eva, vi lämnar ärendet till våra tekniker.",
        "Hello Eva,",
    ]
    assert cast.eva.address not in readable(parsed(play.sink.to(SUPPLIER)[0].raw))


def who_was_added_sees_what_came_after(play: Play, cast: Cast) -> None:
    """John is answered from when he was added, under his own mail, and Eva's address is nowhere in it."""
    first, second = [parsed(one.raw) for one in play.sink.to(JOHN)]
    assert [mail["To"] for mail in (first, second)] == ["John Eastwood <john@kund.test>"] * 2
    assert first["In-Reply-To"] == second["In-Reply-To"] == cast.john.sent[0]
    assert str(first["References"]).split() == cast.john.sent
    assert str(second["References"]).split() == [first["Message-ID"], cast.john.sent[0]]
    assert files(second) == {"kort.zip": FIX}
    assert first["Cc"] == "Eva Ek via Exempel AB <info@exempel.test>"
    for mail in (first, second):
        assert not any(word in readable(mail).lower() for word in ("eva@", "samma fel", "guide", "worn out"))


def every_answer_threads(play: Play, cast: Cast) -> None:
    """In the sender's client: each answer is under the sender's own last mail, and the chain to the first is whole."""
    first, second, _ = cast.eva.sent
    relays = [parsed(one.raw) for one in play.sink.to(EVA)]
    assert [relay["In-Reply-To"] for relay in relays] == [first, second, second]
    assert all(first in relay["References"] for relay in relays)
    assert all(str(relay["Subject"]).startswith("[#1] Re: ") for relay in relays)


def every_file_arrives(play: Play) -> None:
    """Attachments and inline images, on both sides."""
    assert [
        files(parsed(one.raw)).get(name)
        for one, name in zip(play.sink.to(EVA), ("guide.pdf", "", "kort.zip"), strict=True)
    ] == [
        GUIDE,
        None,
        FIX,
    ]
    assert files(parsed(play.sink.to(EVA)[0].raw))["image001.png"] == PNG
    kinds = [[part.get_content_type() for part in parsed(one.raw).walk()] for one in play.sink.to(EVA)]
    assert ["text/html" in one for one in kinds] == [True, True, False]
    assert "multipart/related" in kinds[0]
    forward = parsed(play.sink.to("support@exempel.test")[0].raw)
    assert {"logg.pdf": LOG, "bild.png": PNG}.items() <= files(forward).items()
    assert "<bild@kund.test>" in [part["Content-ID"] for part in forward.walk()]
    handed_up = parsed(play.sink.to("support2@exempel.test")[0].raw)
    assert "worn out" in readable(handed_up)
    assert "samma fel" in readable(handed_up)


def test_what_the_senders_server_refuses_is_told_to_the_role(play: Play, cast: Cast) -> None:
    play.comes(cast.eva.writes("Kan inte logga in", "Felmeddelande igen."))
    play.sink.answer(EVA, "552 5.3.4 message size exceeds limit")
    play.dovecot.deliver(
        play.user,
        cast.anna.answers(
            play.last("support@exempel.test"), "Se filen.", client=Client.PLAIN, files={"stor.zip": bytes(3_000_000)}
        ),
    )
    play.inflow("run", "--once")
    assert play.inflow("run", "--once").returncode == 0
    assert [one["status"] for one in play.case()["deliveries"] if one["kind"] == "relay"] == ["failed"]
    assert play.case()["events"][-1]["kind"] == "delivery-failed"
    assert "552 5.3.4" in readable(parsed(play.last("support@exempel.test")))


@pytest.mark.parametrize("client", list(Client))
def test_an_answer_from_any_client_is_what_was_written_and_nothing_else(play: Play, cast: Cast, client: Client) -> None:
    play.comes(cast.eva.writes("Kan inte logga in", "Felmeddelande E04."))
    play.comes(cast.bo.answers(play.last("support@exempel.test"), "Hej Eva,\n\nprova igen i morgon.", client=client))
    body = parsed(play.last(EVA)).get_body(("plain",))
    assert body is not None
    assert body.get_content().split() == ["Hej", "Eva,", "prova", "igen", "i", "morgon."]


def test_somebody_is_added_and_removed_from_the_command_line(play: Play, cast: Cast) -> None:
    play.comes(cast.eva.writes("Kan inte logga in", "Felmeddelande E04."))
    added = play.inflow("cases", "add", "1", "Pia Ny <pia@annan.test>", "--by", "anna", "--json")
    assert added.returncode == 0, added.stderr
    assert play.case()["participants"] == [{"address": "pia@annan.test", "name": "Pia Ny"}]
    assert "pia@annan.test" in play.inflow("cases", "show", "1").stdout
    support = play.last("support@exempel.test")
    play.comes(cast.bo.answers(support, "Prova igen.", client=Client.PLAIN))
    assert parsed(play.last("pia@annan.test"))["To"] == "Pia Ny <pia@annan.test>"
    again = play.inflow("cases", "add", "1", "pia@annan.test")
    assert (again.returncode, "already" in again.stderr) == (1, True)
    assert play.inflow("cases", "remove", "1", "pia@annan.test").returncode == 0
    play.comes(cast.bo.answers(support, "Nu är det lagat.", client=Client.PLAIN))
    assert len(play.sink.to("pia@annan.test")) == 1
    assert len(play.sink.to(EVA)) == 2


def test_a_case_is_begun_from_the_command_line(play: Play) -> None:
    begun = play.inflow(
        "cases",
        "new",
        "-",
        "--to",
        "kund@ny.test",
        "--role",
        "support",
        "--subject",
        "Avtal",
        "--json",
        stdin="Hej, här är avtalet.\n",
    )
    assert begun.returncode == 0, begun.stderr
    assert json.loads(begun.stdout)["status"] == "waiting"
    assert play.inflow("run", "--once").returncode == 0
    mail = parsed(play.last("kund@ny.test"))
    assert mail["From"] == "Exempel AB <info@exempel.test>"
    customer = Person("Kund", "kund@ny.test")
    play.comes(customer.answers(play.last("kund@ny.test"), "Tack!", client=Client.GMAIL))
    assert [one["direction"] for one in play.case()["messages"]] == ["out", "in"]
    assert len(play.sink.to("support@exempel.test")) == 1
