"""The history of a case in the reader's language: everything that the source writes into it has Swedish words."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.case import Kind
from inflow.casework.happenings import PEOPLES, by_whom, happened
from inflow.casework.reasons import told
from tests.words import ENGLISH, called, functions, happenings, texts


@pytest.mark.parametrize(
    ("kind", "text", "swedish"),
    [
        ("routed", 'to ekonomi: the rule "f" matches; it is spam', 'till ekonomi: regeln "f" stämmer; it is spam'),
        ("routed", "from support to hr: the boss said to", "från support till hr: the boss said to"),
        (
            "escalated",
            "from support to support-2: solved was promised by 2026-11-22 10:00",
            "från support till support-2: en lösning var lovat senast 2026-11-22 10:00",
        ),
        (
            "routed",
            'to it: because of "a"; against it: "b" (learned: it 91%); no role was recognised surely enough',
            'till it: på grund av "a"; däremot talar: "b" (lärt: it 91%); ingen roll kändes igen med tillräcklig säkerhet',
        ),
        (
            "joined",
            "auto-reply from a@b.test joined quietly, away until 2026-12-01: it answers a message of case #3",
            "autosvar från a@b.test kom till i tysthet, borta till 2026-12-01: det svarar på ett mejl i ärende #3",
        ),
        (
            "delivery-failed",
            "relay to a@b.test: gave up after 20 attempts: 451 later",
            "svaret till a@b.test: gav upp efter 20 försök: 451 later",
        ),
        ("promise-broken", "first-answer was due 2026-11-22 10:00, by hr", "ett första svar var lovat senast 2026-11-22 10:00, av hr"),
        ("declined", "Fel (nobody was told: it is bulk)", "Fel (ingen fick veta det: det är inte skrivet av en person (bulk))"),
        ("command-refused", "case #3 lies with hr already; the note is empty", "ärende #3 ligger redan hos hr; noteringen är tom"),
        ("merged-in", "#4 is part of this case now; a@b.test gets the answers too",
         "#4 är en del av det här ärendet nu; a@b.test får också svaren"),
        ("noted", "closed", "closed"),
        ("labelled", "declined", "declined"),
        ("closed", "from A to B", "from A to B"),
        ("something-newer", "the case", "the case"),
        ("received", r"from {a}\1@b.test: it answers a message of case #3", r"från {a}\1@b.test: det svarar på ett mejl i ärende #3"),
    ],
)  # fmt: skip
def test_a_swedish_reader_reads_swedish(kind: str, text: str, swedish: str) -> None:
    assert happened(kind, text, "sv") == swedish
    assert happened(kind, text, "en") == text


def test_whatever_is_written_into_a_history_has_swedish_words() -> None:
    written = happenings()
    assert {kind for kind, _ in written} == set(Kind.__members__)
    assert len(written) > 80
    said = {text: happened(Kind[kind].value, text, "sv") for kind, text in written if Kind[kind] not in PEOPLES}
    assert [text for text, swedish in said.items() if re.search("[a-z]", text) and swedish == text] == []
    assert [swedish for swedish in said.values() if ENGLISH.search(swedish)] == []


def test_whatever_reason_or_alarm_is_given_has_swedish_words() -> None:
    given_ = {
        text
        for function in functions()
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
        for keyword in call.keywords
        if keyword.arg in ("reason", "reasons") or (keyword.arg == "text" and called(call) == "Alarm")
        for one in (keyword.value.elts if isinstance(keyword.value, ast.Tuple) else [keyword.value])
        for text in texts(one, function)
        if " " in text and re.search("[a-z]", text)
    }
    assert len(given_) > 25
    assert [text for text in given_ if told(text, "sv") == text] == []
    assert [told(text, "sv") for text in given_ if ENGLISH.search(told(text, "sv"))] == []


@given(kind=st.sampled_from(sorted(Kind)), text=st.text(max_size=100))
def test_no_text_is_too_strange(kind: Kind, text: str) -> None:
    assert happened(kind.value, text, "en") == text
    assert happened(kind.value, text, "sv")[-3:] is not None


def test_what_did_it_is_named_and_who_did_it_keeps_the_name() -> None:
    assert by_whom("clock", "sv") == "klockan"
    assert by_whom("clock", "en") == "clock"
    assert by_whom("anna@exempel.test", "sv") == "anna@exempel.test"
