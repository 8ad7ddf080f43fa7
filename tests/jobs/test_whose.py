"""Whose is this? Suggestions for *other*, a question to every role, hands and passes, and the management at the end."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from threading import Barrier, Thread
from urllib.parse import unquote

import pytest

from inflow import clock as timers
from inflow.casework.addresses import Way
from inflow.casework.case import NotPossibleError, Status
from inflow.desk import actions
from inflow.desk.world import World
from inflow.store import asked, gaps
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import (
    ANNA,
    AUTHSERV,
    EVA,
    MEMBERS,
    PASS,
    address,
    case,
    kinds,
    last,
    letters,
    outbox,
    reply,
    told,
    words,
)

LEDNING = "Lena Chef <lena@exempel.test>"
DORIS = "Doris Ek <doris@exempel.test>"
STRANGE = "Kan ni laga min brygga? Den flyter inte."


@pytest.fixture
def unclaimed(world: World, receive: Receive) -> World:
    """Nobody recognises what Eva asks."""
    receive(world, mail("Bryggan", STRANGE, sender=EVA))
    assert case(world).status is Status.UNCLAIMED
    return world


@pytest.fixture
def all_asked(unclaimed: World, clock: Clock) -> World:
    clock.move(timedelta(hours=4))
    assert timers.step(unclaimed) == 1
    return unclaimed


def hand(world: World, text: str, *, sender: str = DORIS, role: str = "ekonomi", headers: str = PASS) -> bytes:
    """A reply to the question whose a case is."""
    return mail(f"Sv: {text}", text, sender=sender, to=address(world, Way.ASKED, role=role), headers=headers)


def management(world: World, text: str, *, sender: str = LEDNING, headers: str = PASS) -> bytes:
    """A reply of the management to its question."""
    return mail("Sv: En fråga", text, sender=sender, to=address(world, Way.MANAGEMENT), headers=headers)


def notices(world: World, to: str, *, number: int = 1) -> list[EmailMessage]:
    """The notices that a case sends to an address, oldest first."""
    sent = letters(world)
    return [sent[one["id"]] for one in outbox(world, "notice", number=number) if one["to"] == to]


def html(sent: EmailMessage) -> str:
    body = sent.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def links(sent: EmailMessage) -> list[tuple[str, str]]:
    """Where the mailto links of a mail go, and what they would say there."""
    found = re.findall(r'href="mailto:([^?"]+)\?subject=[^"]*?&amp;body=([^"]*)"', html(sent))
    return [(unquote(to), unquote(body)) for to, body in found]


def test_other_reads_the_best_suggestions_with_their_reasons_and_orders(world: World, receive: Receive) -> None:
    receive(world, mail("Hej", "faktura logga in", sender=EVA))
    assert case(world).role == "ovrigt"
    sent = last(world, "forward")
    text = words(sent)
    assert "/route ekonomi (" in text
    assert '"faktura" (ord för ekonomi)' in text
    assert '"logga in" (ord för support)' in text


def test_a_link_of_other_does_what_the_reply_does(world: World, receive: Receive) -> None:
    receive(world, mail("Hej", "faktura logga in", sender=EVA))
    ((to, body),) = [one for one in links(last(world, "forward")) if "ekonomi" in one[1]]
    assert to == address(world, role="ovrigt")
    receive(world, mail("Sv: [#1] Hej", body, sender=ANNA, to=to, headers=PASS))
    assert (case(world).role, case(world).status) == ("ekonomi", Status.OPEN)


def test_the_senders_words_are_still_whole_behind_the_links(world: World, receive: Receive) -> None:
    receive(world, mail("Hej", "faktura <b>logga in</b>", sender=EVA))
    sent = last(world, "forward")
    assert [part.get_content_type() for part in sent.iter_parts()] == ["multipart/alternative", "text/plain"]
    assert "<b>" in list(sent.iter_parts())[-1].get_content()


def test_every_role_is_asked_once_briefly_with_a_link_for_a_hand(all_asked: World, clock: Clock) -> None:
    roles = ["support", "support-2", "ekonomi", "hr"]
    to = [one["to"] for one in outbox(all_asked, "notice")]
    assert to == ["support@exempel.test", "support2@exempel.test", "ekonomi@exempel.test", "hr@exempel.test"]
    (sent,) = notices(all_asked, "ekonomi@exempel.test")
    assert "eva@kund.test" in words(sent)
    assert "brygga" in words(sent)
    assert links(sent) == [
        (address(all_asked, Way.ASKED, role="ekonomi"), "/claim"),
        (address(all_asked, Way.ASKED, role="ekonomi"), "/pass"),
    ]
    timers.step(all_asked)
    assert len(outbox(all_asked, "notice")) == len(roles)
    assert told(all_asked, "asked") == "whose is this? support, support-2, ekonomi, hr"


def test_of_what_may_be_confidential_only_subject_and_kind_are_shown(
    world: World, receive: Receive, clock: Clock
) -> None:
    receive(world, mail("Min lön", "Jag tjänar för lite på min anställning.", sender=EVA))
    if case(world).role != "hr":
        pytest.fail("the mail was to be routed to hr")
    receive(world, reply(world, "/route ovrigt", role="hr"))
    clock.move(timedelta(hours=5))
    timers.step(world)
    (sent,) = notices(world, "ekonomi@exempel.test")
    assert "Min lön" in words(sent)
    assert "privatperson" in words(sent)
    assert "tjänar" not in sent.as_string() + html(sent)
    assert "eva@kund.test" not in words(sent) + html(sent)


def test_the_first_hand_wins_and_the_others_hear_that_it_is_taken(all_asked: World, receive: Receive) -> None:
    receive(all_asked, hand(all_asked, "/pass", role="support"), hand(all_asked, "/claim vi har båtar"))
    assert (case(all_asked).role, case(all_asked).status) == ("ekonomi", Status.OPEN)
    assert case(all_asked).reasons == ("claimed by doris@exempel.test", "vi har båtar")
    heard = [
        one["to"] for one in outbox(all_asked, "notice") if "Taget" in str(letters(all_asked)[one["id"]]["Subject"])
    ]
    assert heard == ["hr@exempel.test", "support2@exempel.test"]
    receive(all_asked, hand(all_asked, "/claim", role="hr"))
    assert case(all_asked).role == "ekonomi"
    assert "ekonomi has it" in told(all_asked, "command-refused")


def test_of_two_hands_at_the_same_moment_one_wins(all_asked: World) -> None:
    begun, outcomes = Barrier(2), []

    def claim(name: str) -> None:
        role = all_asked.settings.role(name)
        assert role is not None
        begun.wait()
        try:
            with all_asked.database.writing() as connection:
                actions.claim(connection, all_asked, 1, role, by=name)
            outcomes.append(name)
        except NotPossibleError:
            outcomes.append("too late")

    hands = [Thread(target=claim, args=(name,)) for name in ("ekonomi", "hr")]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    (winner,) = [name for name in outcomes if name != "too late"]
    assert case(all_asked).role == winner
    assert kinds(all_asked).count("claimed") == 1


def test_a_hand_with_a_word_of_why_teaches(all_asked: World, receive: Receive) -> None:
    from inflow.store import learning

    receive(all_asked, hand(all_asked, "/claim vi har båtar"))
    with all_asked.database.reading() as connection:
        assert learning.latest_correction(connection) == 1


def test_what_other_routes_itself_is_taken_too(all_asked: World, receive: Receive) -> None:
    receive(all_asked, reply(all_asked, "/route support", role="ovrigt"))
    assert len([one for one in letters(all_asked).values() if "Taget" in str(one["Subject"])]) == 3


@pytest.mark.parametrize(
    "no", ["/pass", "/avstå", "not ours", "Inte vårt.", "/inte vår", "Nej", "Nej, det är inget för oss"]
)
def test_a_pass_is_counted(all_asked: World, receive: Receive, no: str) -> None:
    receive(all_asked, hand(all_asked, no))
    with all_asked.database.reading() as connection:
        answers = {one.role: one.answer for one in asked.of_case(connection, 1)}
    assert answers == {"support": None, "support-2": None, "ekonomi": "passed", "hr": None}
    assert case(all_asked).status is Status.UNCLAIMED


def test_a_yes_that_begins_like_a_no_is_none(all_asked: World, receive: Receive) -> None:
    receive(all_asked, hand(all_asked, "Nejlikor säljer vi, men bryggor?"))
    assert "passed" not in kinds(all_asked)
    assert kinds(all_asked)[-1] == "noted"


def test_other_reads_why_somebody_passes(all_asked: World, receive: Receive) -> None:
    receive(all_asked, hand(all_asked, "/pass fråga hamnen"))
    (sent,) = notices(all_asked, "ovrigt@exempel.test")
    assert "fråga hamnen" in words(sent)
    assert "1 av 4" in words(sent)
    assert told(all_asked, "passed") == "ekonomi: not ours: fråga hamnen"


def test_when_all_have_passed_the_management_is_asked_at_once(all_asked: World, receive: Receive, clock: Clock) -> None:
    for role in ("support", "support-2", "ekonomi", "hr"):
        receive(all_asked, hand(all_asked, "/pass", role=role))
    assert kinds(all_asked).count("management") == 1
    assert len(notices(all_asked, "ledning@exempel.test")) == 1
    assert "Alla 4 tillfrågade" in words(notices(all_asked, "ovrigt@exempel.test")[-1])
    clock.move(timedelta(days=3))
    timers.step(all_asked)
    assert kinds(all_asked).count("management") == 1


def test_a_role_passes_once(all_asked: World, receive: Receive) -> None:
    receive(all_asked, hand(all_asked, "/pass"), hand(all_asked, "/pass igen"))
    assert kinds(all_asked).count("passed") == 1
    assert "has answered" in told(all_asked, "command-refused")


def test_whose_asks_at_once_and_only_once(world: World, receive: Receive, clock: Clock) -> None:
    receive(world, mail("Hjälp", "Kan inte logga in.", sender=EVA), reply(world, "/whose handlar om bryggor"))
    assert (case(world).role, case(world).status) == ("ovrigt", Status.UNCLAIMED)
    assert told(world, "asked").endswith("ekonomi, hr: handlar om bryggor")
    receive(world, reply(world, "/vems", role="ovrigt"))
    assert "has been asked" in told(world, "command-refused")
    clock.move(timedelta(hours=5))
    timers.step(world)
    assert kinds(world).count("asked") == 1
    clock.move(timedelta(hours=20))
    timers.step(world)
    assert kinds(world).count("management") == 1


def test_nobody_is_asked_about_a_mail_that_opens_a_door(world: World, receive: Receive) -> None:
    receive(world, mail("Your verification code", "Your verification code is 482913", sender="x@tjanst.test"))
    receive(world, reply(world, "/whose", role="ovrigt"))
    assert "asked" not in kinds(world)
    assert "sign-in" in told(world, "command-refused")


def test_a_claim_from_outside_is_held(make_world: Callable[..., World], receive: Receive, clock: Clock) -> None:
    world = make_world(mailbox=AUTHSERV, roles=MEMBERS)
    receive(world, mail("Bryggan", STRANGE, sender=EVA))
    clock.move(timedelta(hours=4))
    timers.step(world)
    receive(world, hand(world, "/claim", sender="mallory@ond.test", headers=""))
    forged = "Authentication-Results: mx.exempel.test; dmarc=fail header.from=exempel.test\r\n"
    receive(world, hand(world, "/claim", headers=forged))
    assert (case(world).role, case(world).status) == ("ovrigt", Status.UNCLAIMED)
    assert kinds(world).count("held") == 2
    assert len(notices(world, "ovrigt@exempel.test")) == 2
    assert len(outbox(world, "relay")) == 0
    receive(world, reply(world, "/route support", role="ovrigt"))
    assert "mallory" not in last(world, "forward").as_string()


@pytest.fixture
def with_management(all_asked: World, receive: Receive, clock: Clock) -> World:
    receive(all_asked, hand(all_asked, "/pass inte våra bryggor"))
    clock.move(timedelta(days=1))
    timers.step(all_asked)
    return all_asked


def test_the_management_reads_who_was_asked_and_what_it_takes(with_management: World) -> None:
    (sent,) = notices(with_management, "ledning@exempel.test")
    text = words(sent)
    assert "ekonomi: nej (inte våra bryggor)" in text
    assert "support: inget svar" in text
    assert all(way in text for way in ("/route ROLL", "/decline SKÄL", "[[role]]"))
    assert (address(with_management, Way.MANAGEMENT), "/route ekonomi") in links(sent)
    assert told(with_management, "management") == "a question for ledning@exempel.test: 4 were asked, 1 passed"


def test_the_management_assigns_it(with_management: World, receive: Receive) -> None:
    receive(with_management, management(with_management, "/route hr"))
    assert (case(with_management).role, case(with_management).status) == ("hr", Status.OPEN)


def test_what_the_management_declines_the_sender_reads_in_her_language(
    with_management: World, receive: Receive
) -> None:
    receive(with_management, management(with_management, "/decline Vi lagar inga bryggor.\nFråga hamnen."))
    (relay,) = outbox(with_management, "relay")
    assert relay["to"] == "eva@kund.test"
    sent = last(with_management, "relay")
    assert words(sent).startswith("Hej!")
    assert "Vi lagar inga bryggor.\nFråga hamnen." in words(sent)
    assert "lena" not in sent.as_string()
    assert case(with_management).status is Status.CLOSED
    assert kinds(with_management)[-2:] == ["replied", "declined"]


def test_the_organisations_own_words_decline(with_management: World, receive: Receive) -> None:
    folder = with_management.settings.answers.folder
    folder.mkdir()
    (folder / "decline.sv.txt").write_text("Ack.\n\n{reason}\n\n/{organisation}", encoding="utf-8")
    receive(with_management, management(with_management, "/decline Inga bryggor {reason} {0}."))
    assert words(last(with_management, "relay")).strip() == "Ack.\n\nInga bryggor {reason} {0}.\n\n/Exempel AB"


def test_a_sender_who_may_not_be_answered_is_not(world: World, receive: Receive, clock: Clock) -> None:
    bulk = "List-Id: <nytt.lista.test>\r\nPrecedence: bulk\r\n"
    receive(world, mail("Nyhetsbrev", "Allt om bryggor.", sender="brev@lista.test", headers=bulk))
    clock.move(timedelta(days=3))
    timers.step(world)
    receive(world, management(world, "/decline Vi läser inte sådant."))
    assert outbox(world, "relay") == []
    assert case(world).status is Status.CLOSED
    assert "nobody was told" in told(world, "declined")


def test_only_the_management_declines(with_management: World, receive: Receive) -> None:
    receive(with_management, reply(with_management, "/decline Nej."))
    assert case(with_management).status is Status.UNCLAIMED
    receive(with_management, management(with_management, "/decline Nej.", sender="x@ond.test"))
    assert case(with_management).status is Status.UNCLAIMED
    assert outbox(with_management, "relay") == []


def test_the_management_takes_no_case_itself(with_management: World, receive: Receive) -> None:
    receive(with_management, management(with_management, "/claim"))
    assert case(with_management).status is Status.UNCLAIMED


def test_what_is_owned_cannot_be_declined(with_management: World, receive: Receive) -> None:
    receive(with_management, management(with_management, "/route hr"), management(with_management, "/decline Nej."))
    assert case(with_management).role == "hr"
    assert outbox(with_management, "relay") == []


def test_a_question_without_an_owner_is_a_gap_once(with_management: World, receive: Receive) -> None:
    receive(with_management, management(with_management, "/route hr"))
    with with_management.database.reading() as connection:
        (gap,) = gaps.since(connection, datetime(2026, 1, 1, tzinfo=UTC))
    assert (gap.case, gap.asked, gap.passed, gap.subject, gap.role) == (1, 4, 1, "Bryggan", "hr")
    assert "brygga" in gap.text


def test_working_hours_count(make_world: Callable[..., World], receive: Receive, clock: Clock) -> None:
    from tests.servers.config import HEAD

    hours = 'working_hours = ["mon-fri 08:00-17:00"]\ncountry = "SE"\n'
    world = make_world(head=HEAD.replace("[database]", hours + "\n[database]"))
    receive(world, mail("Bryggan", STRANGE, sender=EVA))  # a Sunday, 11 o'clock in Stockholm
    clock.moment = datetime(2026, 11, 23, 10, 59, tzinfo=UTC)
    timers.step(world)
    assert "asked" not in kinds(world)
    clock.moment = datetime(2026, 11, 23, 11, tzinfo=UTC)  # Monday at noon: four hours of work
    timers.step(world)
    assert "asked" in kinds(world)
    clock.moment = datetime(2026, 11, 24, 10, 59, tzinfo=UTC)
    timers.step(world)
    assert "management" not in kinds(world)
    clock.moment = datetime(2026, 11, 24, 11, tzinfo=UTC)  # a working day later
    timers.step(world)
    assert "management" in kinds(world)
