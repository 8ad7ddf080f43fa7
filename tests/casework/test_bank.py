"""Ready answers: their files, and what a mail asks for."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.bank import AnswerError, Entry, Likely, index_of, likely, read, sure, write
from inflow.routing.words import stem

TODAY = date(2026, 11, 22)
LOGIN = Entry(
    key="login",
    text="Välj Glömt lösenord.",
    title="Kan inte logga in",
    questions=("Jag har glömt mitt lösenord", "Jag kan inte logga in, hur gör jag?"),
    roles=("support",),
    languages=("sv",),
)
ADDRESS = Entry(key="address", text="Till oss.", title="Fakturaadress", questions=("Vart skickar vi fakturan?",))
HOURS = Entry(key="hours", text="8-17.", title="Öppettider", questions=("När har ni öppet?",))
BANK = (ADDRESS, HOURS, LOGIN)


def keys(
    text: str, *, subject: str = "Hej", role: str = "support", language: str = "sv", today: date = TODAY
) -> list[str]:
    found = likely(index_of(BANK), subject=subject, text=text, role=role, language=language, today=today)
    return [one.entry.key for one in found]


def test_a_mail_that_asks_the_question_in_other_words_gets_the_answer() -> None:
    assert keys("Hej! Lösenordet är glömt, vad gör jag nu?") == ["login"]
    assert keys("Inloggningen krånglar", subject="Kan inte logga in i portalen") == ["login"]
    assert keys("Vart ska fakturorna skickas?", role="ekonomi") == ["address"]


def test_a_mail_about_something_else_gets_none() -> None:
    assert keys("Min cykel har fått punktering och jag vill klaga på leveransen.") == []
    assert keys("") == []


def test_it_says_by_what_words() -> None:
    found = likely(index_of(BANK), subject="", text="Jag glömde lösenordet!", role="", language="", today=TODAY)
    assert [(one.entry.key, sorted(one.words)) for one in found] == [("login", ["glömde", "lösenordet"])]


def test_an_answer_of_another_role_or_language_or_time_is_not_offered() -> None:
    asked = "Jag har glömt mitt lösenord"
    assert keys(asked) == ["login"]
    assert keys(asked, role="ekonomi") == []
    assert keys(asked, language="en") == []
    assert keys(asked, role="", language="") == ["login"]
    old = Entry(key="old", text="x", questions=(asked,), valid_until=date(2026, 11, 21))
    assert likely(index_of((old,)), subject="", text=asked, role="", language="", today=TODAY) == []
    assert likely(index_of((old,)), subject="", text=asked, role="", language="", today=date(2026, 11, 21)) != []


def test_a_plain_file_is_an_answer() -> None:
    assert read("a", "Hej!\r\n\r\nDet ordnar sig.\r\n") == Entry(key="a", text="Hej!\n\nDet ordnar sig.")


def test_a_file_says_what_it_answers_in_lines_or_in_toml() -> None:
    lines = "---\ntitle: Logga in\nquestions:\n- Hur gör jag?\n- Varför?\nroles: [support, hr]\nvalid until: 2026-12-31\n---\nSå här."
    table = (
        '+++\ntitle = "Logga in"\nquestions = ["Hur gör jag?", "Varför?"]\nroles = ["support", "hr"]\n'
        "valid_until = 2026-12-31\n+++\nSå här."
    )
    assert read("a", lines) == read("a", table)
    assert read("a", lines).questions == ("Hur gör jag?", "Varför?")
    assert read("a", lines).valid_until == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("---\ntitle: x\n", "does not end"),
        ("", "no answer in it"),
        ("---\ntitle: x\n---\n\n", "no answer in it"),
        ("---\ncolour: red\n---\nx", "unknown word 'colour'"),
        ("---\nnonsense\n---\nx", "not `name: value`"),
        ("---\nvalid_until: soon\n---\nx", "is no day"),
        ("+++\ntitle = \n+++\nx", "is not TOML"),
        ("+++\ntitle = 3\n+++\nx", "title: must be a text"),
        ("+++\nroles = [3]\n+++\nx", "roles: must be a list"),
    ],
)
def test_a_broken_file_says_what_is_wrong(content: str, fault: str) -> None:
    with pytest.raises(AnswerError, match=fault):
        read("a", content)


@given(
    st.text(min_size=1).filter(lambda text: text.strip() and "\r" not in text),
    st.text(st.characters(exclude_categories=["C"])),
)
def test_what_is_written_is_read_back(text: str, title: str) -> None:
    title = "".join(letter for letter in title if letter.isprintable())
    entry = Entry(key="a", text=text.strip(), title=title, questions=(title,) if title else ())
    assert read("a", write(entry)) == entry


@given(st.text())
def test_no_file_raises_anything_else(content: str) -> None:
    for text in (content, f"---\n{content}\n---\nx", f"+++\n{content}\n+++\nx"):
        try:
            assert read("a", text).text
        except AnswerError:
            continue


def test_an_answer_is_beyond_doubt_only_when_the_mail_asks_little_else() -> None:
    entry = Entry(key="a", text="x", questions=("Hur byter jag batteri på cykeln?",))
    found = Likely(entry=entry, likeness=1.0, words=("byter", "batteri", "cykeln"))
    roots = {stem(word) for word in ("byter", "batteri", "cykeln")}
    assert sure([found], roots) == found
    assert sure([], roots) is None
    assert sure([found], [*roots, "faktura", "leverans"]) is None
    assert sure([replace(found, likeness=0.79)], roots) is None
    assert sure([replace(found, words=("byter", "batteri"))], roots) is None
    assert sure([found, replace(found, likeness=0.9)], roots) is None
    assert sure([found, replace(found, likeness=0.75)], roots) == found
