"""A server whose answers are wrong: nothing is lost or taken for another mail, nothing raises, and it goes on when it is honest."""

import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from inflow import imap
from inflow.desk.world import World
from inflow.intake import Watch
from inflow.mail.identity import identity
from inflow.store import messages
from inflow.store.schema import message
from tests.jobs.conftest import mail
from tests.servers.process import wait_until
from tests.servers.rogue import STAY, Rogue, Trick

MAILS = {uid: mail(f"Mail {uid}", f"text {uid}") for uid in (3, 4, 5)}


@pytest.fixture
def rogue() -> Iterator[Rogue]:
    with Rogue(dict(MAILS)) as rogue:
        yield rogue


@pytest.fixture
def world(make_world: Callable[..., World], rogue: Rogue, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("INFLOW_IMAP_PASSWORD", "x")
    monkeypatch.setattr(imap, "ANSWER_SECONDS", 1)
    return make_world(imap_port=rogue.port)


def watch(world: World) -> Watch:
    return Watch(world, world.settings.mailboxes[0], on_new=lambda: None)


def kept(world: World) -> set[bytes]:
    with world.database.reading() as connection:
        ids = connection.scalars(select(message.c.id)).all()
        return set(messages.raws(connection, ids).values())


def saying(answer: bytes, *, when: bytes = b"") -> Trick:
    """Always this answer; `TAG` in it is the tag of the command; `when` the arguments have this in them."""
    return lambda tag, arguments: answer.replace(b"TAG", tag) if when in arguments else None


BODY = b"BODY.PEEK[]"
WRONG: dict[str, tuple[str, Trick]] = {
    "garbage before the answer to a search": (
        "UID SEARCH",
        saying(b"* \xff\xfe ((( garbage\r\n* 7 NONSENSE {\r\nTAG OK done\r\n"),
    ),
    "a search that finds words": ("UID SEARCH", saying(b"* SEARCH three four\r\nTAG OK done\r\n")),
    "a search that finds no such numbers": (
        "UID SEARCH",
        saying(b"* SEARCH 99999999999999999999999\r\nTAG OK done\r\n"),
    ),
    "a search that finds what is not there": ("UID SEARCH", saying(b"* SEARCH 77 78\r\nTAG OK done\r\n")),
    "a wrong tag": ("UID SEARCH", saying(b"* SEARCH 3\r\nZZZ1 OK done\r\n" + STAY)),
    "NO to a search": ("UID SEARCH", saying(b"TAG NO not today\r\n")),
    "NO to SELECT": ("SELECT", saying(b"TAG NO not today\r\n")),
    "no UIDVALIDITY": ("SELECT", saying(b"* 3 EXISTS\r\nTAG OK done\r\n")),
    "sizes that lie": ("UID FETCH", saying(b"* 3 FETCH (UID 3 RFC822.SIZE -5)\r\nTAG OK done\r\n", when=b"SIZE")),
    "sizes that are words": (
        "UID FETCH",
        saying(b"* 3 FETCH (UID 3 RFC822.SIZE big)\r\nTAG OK done\r\n", when=b"SIZE"),
    ),
    "NO to FETCH": ("UID FETCH", saying(b"TAG NO internal error\r\n", when=BODY)),
    "BAD to FETCH": ("UID FETCH", saying(b"TAG BAD what?\r\n", when=BODY)),
    "another mail's UID": ("UID FETCH", saying(b"* 9 FETCH (UID 9 BODY[] {4}\r\nevil)\r\nTAG OK done\r\n", when=BODY)),
    "no body": ("UID FETCH", saying(b"* 3 FETCH (UID 3)\r\nTAG OK done\r\n", when=BODY)),
    "a body that is NIL": ("UID FETCH", saying(b"* 3 FETCH (UID 3 BODY[] NIL)\r\nTAG OK done\r\n", when=BODY)),
    "a body that is a list": ("UID FETCH", saying(b"* 3 FETCH (UID 3 BODY[] (1 2))\r\nTAG OK done\r\n", when=BODY)),
    "a literal too short": ("UID FETCH", saying(b"* 3 FETCH (UID 3 BODY[] {2}\r\nevil)\r\nTAG OK done\r\n", when=BODY)),
    "a literal too long": ("UID FETCH", saying(b"* 3 FETCH (UID 3 BODY[] {99}\r\nevil)\r\n", when=BODY)),
    "a literal that never comes": ("UID FETCH", saying(b"* 3 FETCH (UID 3 BODY[] {99}\r\nevil" + STAY, when=BODY)),
    "a literal of an exabyte": ("UID FETCH", saying(b"* 3 FETCH (UID 3 BODY[] {1152921504606846976}\r\n", when=BODY)),
    "BYE in the middle": ("UID FETCH", saying(b"* 3 FETCH (UID 3 BODY[] {99}\r\nev\r\n* BYE now\r\n", when=BODY)),
    "silence": ("NOOP", saying(STAY)),
    "NO to MOVE": ("UID MOVE", saying(b"TAG NO not today\r\n")),
    "a UIDVALIDITY that changes on the way": ("NOOP", saying(b"* OK [UIDVALIDITY 8] moved\r\nTAG OK done\r\n")),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_answer_loses_nothing_and_costs_no_more_than_the_session(
    wrong: str, world: World, rogue: Rogue
) -> None:
    command, trick = WRONG[wrong]
    rogue.tricks[command] = trick
    watching = watch(world)

    assert not watching.once()

    assert kept(world) <= set(MAILS.values())
    assert rogue.mails.keys() | rogue.moved.keys() == MAILS.keys()
    assert {uid for uid in rogue.moved if rogue.moved[uid] not in kept(world)} == set()
    rogue.tricks.clear()
    assert watching.once()
    assert kept(world) == set(MAILS.values())
    assert rogue.mails == {}


def test_a_greeting_that_claims_we_are_logged_in_is_not_believed(world: World, rogue: Rogue) -> None:
    rogue.greeting = b"* PREAUTH welcome\r\n"
    assert not watch(world).once()
    assert kept(world) == set()


def test_a_server_without_move_that_expunges_at_once_loses_nothing(world: World, rogue: Rogue) -> None:
    rogue.tricks["CAPABILITY"] = saying(b"* CAPABILITY IMAP4rev1 UIDPLUS\r\nTAG OK done\r\n")
    assert watch(world).once()
    assert kept(world) == set(MAILS.values())
    assert (rogue.mails, rogue.moved) == ({}, MAILS)


@pytest.mark.parametrize("answer", [b"TAG NO corrupt\r\n", b"* BYE corrupt\r\n"])
def test_a_mail_that_the_server_cannot_hand_over_stops_no_other_and_is_told(
    answer: bytes, world: World, rogue: Rogue
) -> None:
    def corrupt(tag: bytes, arguments: bytes) -> bytes | None:
        return answer.replace(b"TAG", tag) if BODY in arguments and 4 in rogue.asked(arguments) else None

    rogue.tricks["UID FETCH"] = corrupt
    watching = watch(world)
    for _ in range(3):
        assert not watching.once()
    assert kept(world) == {MAILS[3], MAILS[5]}
    assert rogue.mails.keys() == {4}
    assert "corrupt" in (watching.error or "")


def test_a_folder_that_is_renumbered_under_our_feet_loses_no_mail_that_got_an_old_number(
    world: World, rogue: Rogue
) -> None:
    watching = watch(world)
    assert watching.once()
    rogue.mails = {3: mail("another with an old number")}
    rogue.tricks["NOOP"] = saying(b"* OK [UIDVALIDITY 8] renumbered\r\nTAG OK done\r\n")
    assert not watching.once()
    rogue.uidvalidity, rogue.tricks = 8, {}
    assert watching.once()
    assert kept(world) == {*MAILS.values(), mail("another with an old number")}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    command=st.sampled_from(["CAPABILITY", "LOGIN", "LIST", "SELECT", "NOOP", "UID SEARCH", "UID FETCH", "UID MOVE"]),
    words=st.lists(
        st.sampled_from([b"*", b"TAG", b"OK", b"BYE", b"SEARCH", b"3", b"FETCH", b"(", b")", b"UID", b"BODY[]", b"NIL"])
        | st.sampled_from([b"{3}\r\n", b"\r\n", b'"', b"[UIDVALIDITY", b"]", b"+", b"\\", b"RFC822.SIZE"])
        | st.binary(max_size=4),
        max_size=12,
    ),
    ended=st.booleans(),
)
def test_whatever_a_server_says_it_is_trouble_at_most(
    command: str, words: list[bytes], *, ended: bool, world: World, rogue: Rogue
) -> None:
    said = b" ".join(words) + (b"\r\nTAG OK done\r\n" if ended else b"\r\n")
    rogue.mails, rogue.tricks[command] = dict(MAILS), saying(said)
    watch(world).once()
    rogue.tricks.clear()
    rogue.mails = dict(MAILS)
    assert watch(world).once()
    assert set(map(identity, MAILS.values())) <= set(map(identity, kept(world)))


def test_a_session_that_runs_on_finds_its_way_back_to_an_honest_server(world: World, rogue: Rogue) -> None:
    rogue.tricks["UID SEARCH"] = saying(b"* SEARCH 3\r\nZZZ1 OK done\r\n" + STAY)
    watching = watch(world)
    thread = threading.Thread(target=watching.run)
    thread.start()
    wait_until(lambda: watching.error is not None, what="the trouble")
    rogue.tricks.clear()
    wait_until(lambda: kept(world) == set(MAILS.values()), seconds=20, what="every mail")
    watching.stop()
    watching.cut()
    thread.join(10)
    assert not thread.is_alive()
