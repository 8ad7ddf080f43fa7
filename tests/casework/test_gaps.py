"""Questions without an owner, grouped; links that are orders; what a plain no is."""

from datetime import UTC, datetime
from email.utils import parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as some

from inflow.casework.commands import Verb, read
from inflow.casework.gaps import Gap, grouped
from inflow.casework.links import Link, mailto, page


def gap(case: int, subject: str, text: str = "", *, sender: int = 0) -> Gap:
    return Gap(
        case=case,
        at=datetime(2026, 11, 22, tzinfo=UTC),
        asked=4,
        passed=1,
        subject=subject,
        text=text,
        role="ovrigt",
        status="open",
        sender=sender or case,
    )


def test_questions_about_the_same_thing_are_one_group_and_most_asked_comes_first() -> None:
    found = grouped(
        [
            gap(1, "Häcken vid kyrkan", "Vem klipper häcken?"),
            gap(2, "Bryggan flyter inte", "Kan ni laga bryggan i hamnen?"),
            gap(3, "Trasig brygga", "Bryggan i hamnen är trasig"),
            gap(4, "brygga", "hamnens brygga måste lagas", sender=3),
        ]
    )
    assert [[one.case for one in group.gaps] for group in found] == [[2, 3, 4], [1]]
    assert found[0].senders == 2
    assert {"bryggan", "hamnen"} <= set(found[0].words)


def test_nothing_has_no_groups_and_a_mail_without_words_is_one_of_its_own() -> None:
    assert grouped([]) == []
    assert [len(group.gaps) for group in grouped([gap(1, ""), gap(2, "")])] == [1, 1]


@given(some.lists(some.tuples(some.text(max_size=30), some.text(max_size=60)), max_size=8))
def test_every_question_is_in_one_group(said: list[tuple[str, str]]) -> None:
    gaps = [gap(number + 1, subject, text) for number, (subject, text) in enumerate(said)]
    found = [one.case for group in grouped(gaps) for one in group.gaps]
    assert sorted(found) == [one.case for one in gaps]


@given(some.text(max_size=40), some.text(max_size=40))
def test_a_link_says_what_it_was_made_of_and_nothing_more(subject: str, order: str) -> None:
    subject, order = (text.encode("utf-8", "replace").decode() for text in (subject, order))
    address = "info+r1z1-abc@exempel.test"
    link = urlsplit(mailto(address, subject=subject, order=order))
    said = parse_qs(link.query, keep_blank_values=True, strict_parsing=True)
    assert unquote(link.path) == address
    assert said == {"subject": [subject], "body": [order]}
    assert parseaddr(unquote(link.path))[1] == address


def test_a_page_shows_text_as_text() -> None:
    said = page(
        "<script>x</script> & so", [Link(order="/claim", label="<b>", beside='"')], address="a@b.test", subject="s"
    )
    assert "<script>" not in said
    assert "<b>" not in said
    assert "&lt;script&gt;" in said


@pytest.mark.parametrize(
    "no", ["not ours", "Not ours.", "inte vår", "inte vårt", "nej", "No.", "/not ours", "/inte vårt"]
)
def test_a_plain_no_passes(no: str) -> None:
    assert [one.verb for one in read(no, asked=True).commands] == [Verb.PASS]


@pytest.mark.parametrize("text", ["nejlikor", "no problem", "not oursel", "notera att", "note this"])
def test_what_only_begins_like_a_no_is_none(text: str) -> None:
    assert read(text, asked=True).commands == ()


def test_a_no_is_an_order_only_to_a_question_unless_it_is_written_as_one() -> None:
    assert read("nej").text == "nej"
    assert [one.verb for one in read("/inte vår").commands] == [Verb.PASS]
    (passed,) = read("Nej, fråga hamnen.", asked=True).commands
    assert passed.argument == "fråga hamnen."
