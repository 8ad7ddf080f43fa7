"""A case that begins with us: by mail to the +new address, or from the command line."""

from collections.abc import Callable

import pytest

from inflow.casework.addresses import Way
from inflow.casework.case import Status
from inflow.desk.world import World
from tests.jobs.conftest import Receive, mail
from tests.jobs.conversing import (
    ANNA,
    AUTHSERV,
    MEMBERS,
    PASS,
    address,
    case,
    every_case,
    kinds,
    last,
    outbox,
    reply,
    said,
    words,
)

NEW = "info+new@exempel.test"
FILE = (
    "Content-Type: application/pdf; name=avtal.pdf\r\nContent-Disposition: attachment; filename=avtal.pdf\r\n"
    "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n"
)


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """A server vouches for the members."""
    return make_world(mailbox=AUTHSERV, roles=MEMBERS)


def begun(text: str, *, sender: str = ANNA, headers: str = PASS, to: str = NEW) -> bytes:
    return mail("Avtal", text, sender=sender, headers=headers, to=to)


def test_a_member_writes_first_and_it_is_a_case_from_its_first_word(world: World, receive: Receive) -> None:
    receive(world, begun("/to kund@ny.test\n\nHej, här är avtalet."))
    (found,) = every_case(world).values()
    assert (found.role, found.status, found.party.address) == ("support", Status.WAITING, "kund@ny.test")
    sent = last(world, "relay")
    assert (sent["From"], sent["To"]) == ("Exempel AB <info@exempel.test>", "kund@ny.test")
    assert words(sent).strip() == "Hej, här är avtalet."
    assert "anna" not in sent.as_string().lower()
    assert kinds(world) == ["opened", "replied"]
    assert said(world) == [("out", "anna@exempel.test")]


def test_the_outsiders_answer_comes_to_the_role(world: World, receive: Receive) -> None:
    receive(world, begun("/mottagare <kund@ny.test>\n/till ekonomi\n\nHej.", sender="eko@exempel.test"))
    receive(world, mail("Sv: Avtal", "Tack!", sender="kund@ny.test", to=address(world, Way.SENDER)))
    assert (case(world).role, case(world).status) == ("ekonomi", Status.OPEN)
    assert [one["to"] for one in outbox(world, "forward")] == ["ekonomi@exempel.test"]
    receive(world, reply(world, "Varsågod.", sender="eko@exempel.test", role="ekonomi"))
    assert [one["to"] for one in outbox(world, "relay")] == ["kund@ny.test"] * 2


def test_others_are_added_from_its_first_word(world: World, receive: Receive) -> None:
    receive(
        world, begun("/to Kund Ny <kund@ny.test>\n/add pia@ny.test\n\nHej båda.\n\n-- \nAnna Berg, anna@exempel.test")
    )
    assert [one["to"] for one in outbox(world, "relay")] == ["kund@ny.test", "pia@ny.test"]
    assert case(world).party.name == "Kund Ny"
    assert words(last(world, "relay")) == "Hej båda.\n\n-- \nAnna Berg, info@exempel.test\n"


def test_its_attachments_go_along(world: World, receive: Receive) -> None:
    text = f"--b\r\nContent-Type: text/plain\r\n\r\n/to kund@ny.test\r\n\r\nHej.\r\n--b\r\n{FILE}--b--"
    receive(world, begun(text).replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b", 1))
    (file,) = last(world, "relay").iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("avtal.pdf", b"%PDF-1.4\n")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("Hej, här är avtalet.", "/mottagare"),
        ("/to kund@ny.test", "/mottagare"),
        ("/to kunden\n\nHej.", "/mottagare"),
        ("/to kund@ny.test\n/route suport\n\nHej.", "suport"),
        ("/to kund@ny.test\n/route hr\n\nHej.", "inte medlem"),
        ("/to kund@ny.test\n/close\n\nHej.", "/close kan inte"),
        ("/to kund@ny.test\n/add info@exempel.test\n\nHej.", "en av våra adresser"),
        ("/add pia@ny.test\n\nHej.", "/mottagare"),
    ],
)
def test_what_is_missing_is_told_and_nothing_goes_out(world: World, receive: Receive, text: str, missing: str) -> None:
    receive(world, begun(text))
    (number,) = every_case(world)
    assert outbox(world, "relay", number=number) == []
    assert [one["to"] for one in outbox(world, "notice", number=number)] == ["anna@exempel.test"]
    assert missing in words(last(world, "notice", number=number))


def test_who_is_a_member_of_several_roles_or_none_by_name_says_which(world: World, receive: Receive) -> None:
    receive(world, begun("/to kund@ny.test\n\nHej.", sender="eko@exempel.test"))
    assert outbox(world, "relay") == []
    assert "/till ROLL" in words(last(world, "notice"))
