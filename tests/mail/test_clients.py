# ruff: noqa: E501 - what programs write stands as they write it
"""Answers and forwards as the mail programs of twelve languages write them: what is new is found, nothing new is lost."""

import textwrap
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.mail.html import html_text
from inflow.mail.quotes import new_text
from tests.mail.clients import AT, LANGUAGES, WHO, Words
from tests.mail.letters import read

EACH = pytest.mark.parametrize("words", LANGUAGES.values(), ids=LANGUAGES)


def quoted(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.split("\n"))


def block(words: Words, *, sent: int = 1, bold: str = "", copied: bool = False) -> str:
    """Outlook's block; `sent` is 1 for the label Sent and 2 for Date."""
    said = [(0, f"{WHO} <{AT}>"), (sent, words.date), (3, "Anna Test <anna@kund.test>")]
    said += [(4, "Bo Test <bo@kund.test>")] * copied + [(5, "RE: x")]
    return "\n".join(f"{bold}{words.labels[label]}{words.space}:{bold} {value}" for label, value in said)


def plain_answers(words: Words) -> Iterator[str]:
    for introduction in words.introductions:
        yield f"{words.new}\n\n{introduction}\n\n{quoted(words.old)}"
        yield f"{words.new}\n\n{quoted(introduction)}>\n{quoted(words.old)}"
        yield f"{words.new}\n\n{textwrap.fill(introduction, 50, break_on_hyphens=False)}\n\n{quoted(words.old)}"
        yield f"{words.new}\n\n{introduction}\n{words.old}\n\n{WHO}\n"
        yield f"{words.new}\n\n{words.phones[0]}\n\n{quoted(introduction)}> \n{quoted(words.old)}"
    for phone in words.phones:
        yield f"{words.new}\n\n{phone}\n"
        yield f"{words.new}\n\n{phone}\n________________________________\n{block(words)}\n\n{words.old}\n"
    for sent in (1, 2):
        yield f"{words.new}\n\n{block(words, sent=sent)}\n\n{words.old}\n"
        yield f"{words.new}\n\n{block(words, sent=sent, bold='*', copied=True)}\n\n{words.old}\n"
    for original in words.original:
        yield f"{words.new}\n\n-----{original}-----\n{block(words)}\n\n{words.old}\n"
        yield f"{words.new}\n\n-------- {original} --------\n{block(words, sent=2)}\n\n{words.old}\n"
    yield f"{words.new}\n\n-- \n{WHO}\nKund AB\n\n{words.introductions[0]}\n\n{quoted(words.old)}"
    yield f"{words.new}\n\n{words.closing}\nAnna Test\nKund AB\n+46 8 123 45 67\nwww.kund.test\n\n{block(words)}\n\n{words.old}\n"


@EACH
def test_only_what_is_new_in_an_answer_is_left(words: Words) -> None:
    wrong = [text for text in plain_answers(words) if new_text(text) != words.new]
    assert not wrong, "\n=====\n".join(wrong)


def html_answers(words: Words) -> Iterator[str]:
    new, old = f"<div dir='ltr'>{words.new}</div>", f"<div>{words.old}</div>"
    for introduction in words.introductions:
        shown = introduction.replace(f"<{AT}>", f"&lt;<a href='mailto:{AT}'>{AT}</a>&gt;")
        cited = f"<blockquote type='cite'>{old}</blockquote>"
        yield f"{new}<br><div class='gmail_quote'><div dir='ltr' class='gmail_attr'>{shown}<br></div><blockquote class='gmail_quote'>{old}</blockquote></div>"
        yield f"<html><body>{new}<br><div><br><blockquote type='cite'><div>{shown}</div><br>{old}</blockquote></div></body></html>"
        yield f"<p>{words.new}</p><div class='moz-cite-prefix'>{shown}<br></div>{cited}"
        yield f"{new}<div id='yahoo_quoted_1' class='yahoo_quoted'><div>{shown}</div>{old}</div>"
        yield f"{new}<p>{shown}</p>{cited}"
    lines = block(words).split("\n")
    labelled = "<br>".join(
        f"<b>{line.partition(':')[0]}:</b>{line.partition(':')[2].replace('<', '&lt;')}" for line in lines
    )
    yield f"<p class='MsoNormal'>{words.new}</p><div style='border-top:solid #E1E1E1 1.0pt'><p class='MsoNormal'>{labelled}</p></div>{old}"
    yield f"{new}<div id='appendonsend'></div><hr style='width:98%'><div id='divRplyFwdMsg' dir='ltr'>{labelled}</div>{old}"
    yield f"{new}<div id='ms-outlook-mobile-signature'>{words.phones[1]}</div><hr><div id='divRplyFwdMsg'>{labelled}</div>{old}"
    yield f"{new}<div id='mail-editor-reference-message-container'><div>{labelled}</div>{old}</div>"


@EACH
def test_only_what_is_new_in_an_html_answer_is_left(words: Words) -> None:
    wrong = [html for html in html_answers(words) if new_text(html_text(html)) != words.new]
    assert not wrong, "\n=====\n".join(wrong)


@EACH
def test_answers_between_the_lines_are_kept(words: Words) -> None:
    for introduction in words.introductions:
        text = f"{introduction}\n\n> {words.old}\n\n{words.answers[0]}\n\n> {words.old}\n\n{words.answers[1]}\n"
        for before in ("", f"{words.new}\n\n"):
            reply = new_text(before + text)
            assert all(answer in reply for answer in (before.strip(), *words.answers)), introduction


@EACH
def test_answers_below_the_quotation_are_kept(words: Words) -> None:
    for introduction in words.introductions:
        assert new_text(f"{introduction}\n{quoted(words.old)}\n{words.new}\n") == words.new


@EACH
def test_what_is_forwarded_is_the_message(words: Words) -> None:
    for forward in (*words.forwards, "---------- Forwarded message ---------"):
        text = f"{words.new}\n\n{forward}\n{block(words, sent=2)}\n\n{words.old}\n"
        for content in (
            text,
            text.partition("\n\n")[2],
            f"{words.new}\n\n{forward}\n\n{quoted(block(words, sent=2))}>\n{quoted(words.old)}",
        ):
            assert words.old in new_text(content), content
        assert words.new in new_text(text)
    outlook = f"{words.new}\n\n{block(words)}\n\n{words.old}\n"
    assert words.old in read(f"Subject: {words.forward_prefix}: x", body=outlook).reply_text


@EACH
def test_what_a_person_wrote_is_not_taken_for_what_programs_write(words: Words) -> None:
    sender, _, date, receiver, _, subject = words.labels
    for text in (
        f"{words.new}\n{words.old}\n{words.answers[0]}\n{words.answers[1]}",
        f"{words.new}\n\n{receiver}: Anna\n\n{words.old}",
        f"{words.new} {words.introductions[0].rstrip(':')}. {words.old}",
        f"{words.new}\n\n{date}: 2026-11-23\n{subject}: x\n\n{words.old}",
        f"{sender} Stockholm {words.answers[0]}\n\n{words.old}\n\n{words.closing}\nAnna",
    ):
        assert new_text(text) == text


SAID = (
    "Kan ni ringa mig på 08-123 45 67?",
    "1. Skruv\n2. Mutter",
    "Se nedan.",
    "Jag undrar: när kommer ni?",
    "https://exempel.test/a?b=c",
    "Order: 17\nDatum: 2026-11-23",
    "PS. Glöm inte fakturan.",
)


@given(
    words=st.sampled_from(list(LANGUAGES.values())),
    theirs=st.sampled_from(list(LANGUAGES.values())),
    said=st.lists(st.sampled_from(SAID), unique=True, max_size=3),
    choice=st.data(),
)
def test_whatever_stands_above_the_history_all_of_it_is_kept_and_nothing_below(
    words: Words, theirs: Words, said: list[str], choice: st.DataObject
) -> None:
    introductions = [f"{line}\n\n{quoted(theirs.old)}" for line in theirs.introductions]
    blocks = [f"{block(theirs, sent=sent)}\n\n{theirs.old}" for sent in (1, 2)]
    originals = [f"-----{original}-----\n{block(theirs)}\n\n{theirs.old}" for original in theirs.original]
    history = choice.draw(st.sampled_from([*introductions, *blocks, *originals]))
    new = "\n\n".join([words.new, *said])
    assert new_text(f"{new}\n\n{history}") == new
