"""What makes two cases the same: the rare words they share, of different senders, and not one word alone."""

from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.alike import Recent, is_of, proposal, rarity, said

PORTAL = said("Portalen", "Kundportalen visar en tom sida och felkoden E42.")
COUNTS = dict.fromkeys(PORTAL, 2)


def recent(case: int, text: str, *, sender: int = 2, problem: int | None = None) -> Recent:
    return Recent(case=case, sender=sender, problem=problem, words=said("", text))


def test_politeness_long_numbers_and_the_senders_name_are_no_words() -> None:
    words = said("Hej", "Tack på förhand! Ring 0701234567. Vänliga hälsningar Eva Ekblad", sender="Eva Ekblad")
    assert list(words.values()) == ["förhand", "ring"]


def test_the_words_that_are_shared_are_told() -> None:
    found = proposal(PORTAL, 1, [recent(7, "Tom sida i kundportalen")], rarity(COUNTS, 50))
    assert found is not None
    assert (found.case, found.problem, set(found.words)) == (7, None, {"kundportalen", "tom", "sida"})


def test_one_shared_word_is_not_enough() -> None:
    assert proposal(PORTAL, 1, [recent(7, "Kundportalen")], rarity(COUNTS, 50)) is None


def test_nobody_makes_a_problem_alone_but_may_join_one() -> None:
    text = "Tom sida i kundportalen"
    assert proposal(PORTAL, 2, [recent(7, text)], rarity(COUNTS, 50)) is None
    found = proposal(PORTAL, 2, [recent(7, text, problem=3)], rarity(COUNTS, 50))
    assert found is not None
    assert found.problem == 3


def test_a_chain_of_resemblances_does_not_join() -> None:
    far = [recent(n, "Faktura betalning dröjsmål ränta", problem=3) for n in (8, 9)]
    near = recent(7, "Tom sida i kundportalen", problem=3)
    assert proposal(PORTAL, 1, [near, *far], rarity(COUNTS, 50)) is None
    assert proposal(PORTAL, 1, [near], rarity(COUNTS, 50)) is not None


def test_a_mail_is_of_a_problem_when_it_has_most_of_its_core_words() -> None:
    assert is_of(PORTAL, ["kundportalen", "tom", "felkoden"])
    assert not is_of(PORTAL, ["kundportalen", "faktura", "ränta"])
    assert not is_of(PORTAL, ["kundportalen"])


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_whatever_is_written_there_are_words_or_none(subject: str, text: str, other: str) -> None:
    words = said(subject, text, sender=other)
    assert len(words) <= 30
    assert all(0 < len(root) <= 40 for root in words)
    found = proposal(words, 1, [recent(2, other)], rarity(dict.fromkeys(words, 1), 9))
    assert found is None or set(found.words) <= set(words.values())
