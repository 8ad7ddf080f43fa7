"""Reasons in the reader's language."""

import pytest

from inflow.casework.reasons import told


@pytest.mark.parametrize(
    ("reason", "swedish"),
    [
        ('the rule "fakturor" matches', 'regeln "fakturor" stämmer'),
        ('because of "faktura", "OCR" (words of ekonomi)', 'på grund av "faktura", "OCR" (ord för ekonomi)'),
        ("no role was recognised surely enough", "ingen roll kändes igen med tillräcklig säkerhet"),
        (
            "earlier mails from leverantor.test went to ekonomi (7 of 7)",
            "tidigare mejl från leverantor.test gick till ekonomi (7 av 7)",
        ),
        ("it answers a message of case #3", "det svarar på ett mejl i ärende #3"),
    ],
)
def test_a_swedish_reader_reads_swedish(reason: str, swedish: str) -> None:
    assert told(reason, "sv") == swedish
    assert told(reason, "en") == reason


def test_what_is_not_known_stays_as_it_is() -> None:
    assert told("gäller en faktura", "sv") == "gäller en faktura"
