"""An acknowledgement holds the ready answer that a mail asks for beyond doubt; nobody else is told, and the reply joins the case."""

from collections.abc import Callable

import pytest

from inflow.desk import actions, written
from inflow.desk.world import World
from inflow.desk.written import Words
from inflow.mail.message import Address
from inflow.store import answers
from tests.jobs.conftest import Receive, mail
from tests.jobs.conversing import AUTHSERV, EVA, kinds, last, outbox, said, told, words

ENTRY = "---\ntitle: Byta batteri\nquestions:\n- Hur byter jag batteri på cykeln?\n---\nHej!\nTryck på spärren och dra."
ASKED = "Hej! Hur byter jag batteri på cykeln? Hälsningar Eva"
PASS = "Authentication-Results: mx.exempel.test; dmarc=pass header.from=kund.test\r\n"
ON = "acknowledge = { enabled = true, answers = true }\n"


def made(make_world: Callable[..., World], acknowledge: str = ON) -> World:
    world = make_world(mailbox=AUTHSERV + acknowledge)
    folder = world.settings.answers.folder
    folder.mkdir()
    (folder / "batteri.md").write_text(ENTRY, encoding="utf-8")
    return world


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    return made(make_world)


def ask(subject: str = "Byta batteri", text: str = ASKED, *, headers: str = PASS, sender: str = EVA) -> bytes:
    return mail(subject, text, sender=sender, headers=headers)


def offers(world: World) -> dict[str, tuple[int, int]]:
    with world.database.reading() as connection:
        assert answers.uses(connection) == {}
        return answers.offers(connection)


def test_a_plain_question_gets_its_answer_with_the_acknowledgement(world: World, receive: Receive) -> None:
    receive(world, ask())
    sent = last(world, "acknowledgement")
    assert "| Tryck på spärren och dra." in words(sent)
    assert sent["Auto-Submitted"] == "auto-replied"
    assert "det färdiga svaret batteri, med kvittensen" in words(last(world, "forward"))
    assert told(world, "offered") == "the ready answer batteri"
    assert offers(world) == {"batteri": (1, 0)}


def test_the_reply_to_it_joins_the_case(world: World, receive: Receive) -> None:
    receive(world, ask())
    back = last(world, "acknowledgement")["Reply-To"].addresses[0].addr_spec
    receive(world, mail("Re: Byta batteri", "Spärren går inte att trycka in.", sender=EVA, to=back, headers=PASS))
    assert [direction for direction, _ in said(world)] == ["in", "in"]
    assert len(outbox(world, "acknowledgement")) == 1


def test_an_offer_was_enough_when_the_case_is_closed_without_another_answer(world: World, receive: Receive) -> None:
    receive(world, ask())
    with world.database.writing() as connection:
        actions.close(connection, world, 1, by="bo")
    assert offers(world) == {"batteri": (1, 1)}
    receive(world, ask(sender="Ada Al <ada@kund.test>"))
    with world.database.writing() as connection:
        written.answer(connection, world, 2, Words(text="Kom förbi!"), who=Address(address="bo@exempel.test"))
        actions.close(connection, world, 2, by="bo")
    assert offers(world) == {"batteri": (2, 1)}


FILE = (
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    f"{ASKED}\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=x.pdf\r\n\r\n%PDF\r\n--b--\r\n"
)
DOUBTFUL = {
    "a letter that asks it among other things": ask(
        text=ASKED
        + " Dessutom undrar jag över fakturan från augusti, som gick till fel kontor, och när reservdelarna levereras."
    ),
    "half a question": ask("Batteri", "Var finns cykeln?"),
    "a confidential matter": ask(text="Lön, semester: " + ASKED),
    "a file": ask().split(b"MIME-Version", maxsplit=1)[0] + b"MIME-Version: 1.0\r\n" + FILE.encode(),
}


@pytest.mark.parametrize("raw", DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_what_is_not_beyond_doubt_is_acknowledged_alone(world: World, receive: Receive, raw: bytes) -> None:
    receive(world, raw)
    assert "Tryck på spärren" not in words(last(world, "acknowledgement"))
    assert "offered" not in kinds(world)
    assert offers(world) == {}


def test_nobody_gets_it_who_gets_no_acknowledgement(world: World, receive: Receive) -> None:
    receive(
        world,
        ask(headers=PASS + "Auto-Submitted: auto-replied\r\n"),
        ask(headers=PASS + "List-Id: <lista.kund.test>\r\n"),
        ask(headers=""),
    )
    assert not any(outbox(world, "acknowledgement", number=number) for number in (1, 2, 3))
    assert offers(world) == {}


def test_it_is_off_unless_the_config_says_so(make_world: Callable[..., World], receive: Receive) -> None:
    world = made(make_world, "acknowledge = { enabled = true }\n")
    receive(world, ask())
    assert "Tryck på spärren" not in words(last(world, "acknowledgement"))
    assert "offered" not in kinds(world)
