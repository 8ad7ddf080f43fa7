"""What is quoted to decision-makers says what is wrong, and not who said it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.anonymous import LONGEST, anonymous, quotation

EVA = "Eva Ekblad eva.ekblad@kund.test"


@pytest.mark.parametrize(
    "personal",
    [
        "eva@kund.test", "<eva.ekblad@kund.test>", "070-123 45 67", "+46 (0)70 123 45 67", "08-12 34 56", "19811218-9876",
        "811218+9876", "811218-9876", "https://kund.test/konto?id=77", "www.kund.test/eva", "SE35 5000 0000 0549 1000 0003",
        "4111 1111 1111 1111", "Eva", "Ekblads", "EKBLAD", "Storgatan 12 B", "Anna Svensson", "Jean-Luc Picard", "kundnummer 48151623",
    ],
)  # fmt: skip
def test_personal_data_is_taken_out(personal: str) -> None:
    said = anonymous(f"Det går inte att betala, kontakta {personal} om det", sender=EVA)
    for piece in personal.lower().replace("kundnummer", "").split():
        assert piece.strip("<>") not in said.lower().split()
    assert said.startswith("Det går inte att betala")
    assert said.endswith("om det")


def test_what_is_wrong_stays() -> None:
    text = "Kundportalen visar felkoden E42 sedan version 3.1, och Chrome 119 hjälper inte."
    assert anonymous(text, sender=EVA) == text


def test_the_sentence_that_says_most_of_it_is_quoted() -> None:
    text = "Hej! Jag heter Eva Ekblad.\nI går köpte jag en cykel. Kundportalen visar en tom sida när jag loggar in. Mvh Eva"
    assert (
        quotation(text, sender=EVA, about=("kundportalen", "sida"))
        == "Kundportalen visar en tom sida när jag loggar in."
    )


def test_a_quotation_is_short_and_none_is_made_of_nothing() -> None:
    assert len(quotation("ord " * 200, sender=EVA)) <= LONGEST + 1
    assert quotation("Ja.", sender=EVA) == ""


@given(st.text(max_size=300), st.text(max_size=60))
def test_no_address_survives_whatever_stands_around_it(text: str, name: str) -> None:
    assert "eva@kund.test" not in anonymous(f"{text} eva@kund.test {text}", sender=name)
