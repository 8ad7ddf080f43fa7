"""Why an order was not carried out, in the reader's language."""

import re
from pathlib import Path

import pytest

from inflow.casework.refusals import refused

SOURCES = Path(__file__).parents[2] / "src" / "inflow"
RAISED = re.compile(r"raise NotPossibleError\(\s*f?\"([^\"]+)\"\s*\)")


@pytest.mark.parametrize(
    ("fault", "swedish"),
    [
        (
            "there is no role 'ekonmi'; there are: ekonomi, hr (ekonomi?)",
            "det finns ingen roll 'ekonmi'; det finns: ekonomi, hr (ekonomi?)",
        ),
        ("case #3 lies with support already", "ärende #3 ligger redan hos support"),
        ("pia@annan.test gets the answers already", "pia@annan.test får redan svaren"),
        ("anna@exempel.test is not a member of hr", "anna@exempel.test är inte medlem av hr"),
        ("/flyga", "/flyga"),
    ],
)
def test_a_swedish_reader_reads_swedish(fault: str, swedish: str) -> None:
    assert refused(fault, "sv") == swedish
    assert refused(fault, "en") == fault


def written() -> list[str]:
    """What the desk raises, a word in place of what it fills in."""
    found = {
        text for path in (SOURCES / "desk").glob("*.py") for text in RAISED.findall(path.read_text(encoding="utf-8"))
    }
    return sorted(re.sub(r"{[^{}]*}", "7", text) for text in found)


def test_what_the_desk_raises_has_swedish_words() -> None:
    texts = written()
    assert len(texts) > 20
    assert [text for text in texts if refused(text, "sv") == text] == []
