"""A line of search, read."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.excerpt import excerpt, marked
from inflow.casework.query import Query, Term, parse


def test_words_phrases_and_what_must_not_be_there() -> None:
    query = parse('Fakturor "Nordkedjan AB" -påminnelse')
    assert query.terms == (
        Term(words=("fakturor",)),
        Term(words=("nordkedjan", "ab"), is_exact=True),
        Term(words=("påminnelse",), is_absent=True),
    )


def test_operators_in_english_and_swedish_mean_the_same() -> None:
    said = parse(
        "from:anna role:support status:Open party:supplier label:VIP has:attachment after:2026-10 before:2026-11-01"
    )
    assert said == parse(
        "från:anna roll:support status:Open part:supplier etikett:VIP har:bilaga efter:2026-10 före:2026-11-01"
    )
    assert said.terms == (Term(words=("anna",), place="sender"),)
    assert (said.roles, said.statuses, said.parties, said.labels) == (("support",), ("open",), ("supplier",), ("VIP",))
    assert said.has_files
    assert (said.after, said.before) == (datetime(2026, 10, 1, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC))


def test_a_day_begins_where_the_organisation_is() -> None:
    assert parse("after:2026-07-01", zone=ZoneInfo("Europe/Stockholm")).after == datetime(2026, 6, 30, 22, tzinfo=UTC)


def test_what_is_no_operator_is_words() -> None:
    assert parse("before:igår").terms == (Term(words=("before", "igår")),)
    assert parse("re:möte").terms == (Term(words=("re", "möte")),)
    assert parse('from:"Anna Ek"').terms == (Term(words=("anna", "ek"), place="sender", is_exact=True),)


def test_an_address_is_words_that_follow_each_other() -> None:
    assert parse("info@kund.test").terms == (Term(words=("info", "kund", "test")),)


def test_letters_of_two_kinds_of_unicode_are_the_same() -> None:
    assert parse("Ba\u0308ckstro\u0308m") == parse("bäckström")


def test_nothing_is_asked_by_an_empty_line_or_by_what_must_not_be_there_alone() -> None:
    assert not parse("  ").asks
    assert not parse("-bil").asks
    assert not parse('"" -').asks
    assert parse("role:hr").asks


@given(st.text(max_size=60))
def test_whatever_is_written_is_read_and_marked(text: str) -> None:
    query = parse(text)
    assert isinstance(query, Query)
    assert "".join(piece for piece, _ in marked(text, query.words)) == text


def test_inflections_and_longer_words_are_marked_and_others_not() -> None:
    pieces = marked("Fakturan: vi har fakta. Två fakturor, ett kvitto.", parse("faktura").words)
    assert [text for text, is_marked in pieces if is_marked] == ["Fakturan", "fakturor"]


def test_an_excerpt_shows_where_the_words_stand_together() -> None:
    text = (
        "Zebra. "
        + "Utfyllnad om annat. " * 50
        + "Min zebra är sjuk\n\noch behöver en veterinär nu. "
        + "Mer om annat. " * 50
    )
    pieces = excerpt(text, parse("zebra veterinär").words)
    said = "".join(piece for piece, _ in pieces)
    assert "Min zebra är sjuk och behöver en veterinär nu." in said
    assert said.startswith("… ")
    assert said.endswith(" …")
    assert len(said) < 260
    assert [piece for piece, is_marked in pieces if is_marked] == ["zebra", "veterinär"]


def test_an_excerpt_without_words_is_how_the_text_begins() -> None:
    assert excerpt("Hej och hå", ()) == (("Hej och hå", False),)
