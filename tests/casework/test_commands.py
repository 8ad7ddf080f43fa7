"""Commands at the top of a reply, as mail clients send them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.commands import Command, Verb, address, nearest, read


@pytest.mark.parametrize(
    ("text", "verb", "argument"),
    [
        ("/route ekonomi", Verb.ROUTE, "ekonomi"),
        ("/Route Ekonomi", Verb.ROUTE, "Ekonomi"),
        ("/ROUTE\u00a0ekonomi", Verb.ROUTE, "ekonomi"),
        ("\u200b/till ekonomi", Verb.ROUTE, "ekonomi"),
        ("/ route ekonomi", Verb.ROUTE, "ekonomi"),
        ("\n\n  /claim  ", Verb.CLAIM, ""),
        ("/ta", Verb.CLAIM, ""),
        ("/stäng", Verb.CLOSE, ""),
        ("/etikett brådskande", Verb.LABEL, "brådskande"),
        ("/merge #17", Verb.MERGE, "#17"),
        ("/hjälp", Verb.HELP, ""),
    ],
)
def test_a_command_is_understood_in_both_languages(text: str, verb: Verb, argument: str) -> None:
    orders = read(text)
    assert orders.commands == (Command(verb=verb, argument=argument),)
    assert not orders.faults
    assert not orders.text


def test_commands_are_taken_out_and_the_rest_is_the_answer() -> None:
    orders = read("/label order\n/close\n\nHej Anna,\n/inte ett kommando här\nHälsningar")
    assert [command.verb for command in orders.commands] == [Verb.LABEL, Verb.CLOSE]
    assert orders.text == "Hej Anna,\n/inte ett kommando här\nHälsningar"


def test_a_note_keeps_all_that_follows_inside() -> None:
    orders = read("/note Kunden är arg.\nRing först.\n/close")
    assert orders.commands == (Command(verb=Verb.NOTE, argument="Kunden är arg.\nRing först.\n/close"),)
    assert not orders.text


@pytest.mark.parametrize("text", ["/rout ekonomi\nHej", "/route\nHej", "/123", "/label"])
def test_what_is_no_command_is_a_fault_that_quotes_the_line(text: str) -> None:
    orders = read(text)
    assert orders.faults
    assert not orders.commands


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    orders = read(text)
    assert isinstance(orders.text, str)


@given(st.text(alphabet=st.characters(exclude_characters="/", exclude_categories=("Cc", "Cf", "Zl", "Zp", "Cs"))))
def test_a_reply_without_commands_stays_as_it_is(text: str) -> None:
    orders = read(text)
    assert not orders.commands
    assert orders.text == text.replace("\u00a0", " ").strip()


def test_the_nearest_names_are_offered() -> None:
    assert nearest("suport", ["support", "ekonomi", "hr"]) == ["support"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("lev@leverantor.test", "lev@leverantor.test"),
        ("<lev@leverantor.test>", "lev@leverantor.test"),
        ("mailto:lev@leverantor.test", "lev@leverantor.test"),
        ("lev@leverantor.test<mailto:lev@leverantor.test>", "lev@leverantor.test"),
        ("lev@leverantor.test,mal@evil.test", ""),
        ("lev@leverantor.test\nBcc:x@evil.test", ""),
        ("lev@localhost", ""),
        ("lev", ""),
    ],
)
def test_an_address_is_one_address_as_clients_write_it(word: str, meant: str) -> None:
    assert address(word) == meant
