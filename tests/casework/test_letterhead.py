"""Who an answer says it is from, and what stands under it."""

import pytest

from inflow.casework.letterhead import first_name, from_name, is_internal, signature

ANNA = {"member": "Anna Berg", "role": "Produktsupport", "organisation": "Exempel AB"}
NOBODY = ANNA | {"member": ""}


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Anna Berg", "Anna"),
        ("Berg, Anna", "Anna"),
        ("Berg, Anna (IT)", "Anna"),
        ("Anna-Lena Öberg", "Anna-Lena"),
        ("Åsa", "Åsa"),
        ("anna@exempel.test", ""),
        ("Anna <anna@exempel.test>", ""),
        ("1234 Support", ""),
        ("A. Berg", ""),
        ("", ""),
        (" , ", ""),
    ],
)
def test_the_first_name_is_told_or_there_is_none(name: str, first: str) -> None:
    assert first_name(name) == first


def test_an_answer_is_from_the_organisation_or_as_the_template_says() -> None:
    assert from_name("{organisation}", **ANNA) == "Exempel AB"
    assert from_name("{first_name}, {organisation}", **ANNA) == "Anna, Exempel AB"
    assert from_name("{role} ({organisation})", **ANNA) == "Produktsupport (Exempel AB)"


def test_without_a_first_name_it_is_from_the_organisation() -> None:
    assert from_name("{first_name}, {organisation}", **NOBODY) == "Exempel AB"


def test_a_signature_leaves_out_the_line_that_has_no_value() -> None:
    template = "Hälsningar\n{first_name}\n{role}, {organisation}\n"
    assert signature(template, **ANNA) == "Hälsningar\nAnna\nProduktsupport, Exempel AB"
    assert signature(template, **NOBODY) == "Hälsningar\nProduktsupport, Exempel AB"


def test_a_value_is_never_read_as_a_template() -> None:
    assert signature("{role}", **(ANNA | {"role": "{organisation}"})) == "{organisation}"


@pytest.mark.parametrize(
    ("text", "internal"),
    [
        ("Se nedan.\n── Ärende #12 ─────", True),
        ("── Case #1 ──", True),
        ("svara till info+r1z2k-aaaabbbbccccdddd@exempel.test", True),
        ("svara till info+q1z2k-aaaabbbbccccdddd@exempel.test", True),
        ("svara till info+s1z2k-aaaabbbbccccdddd@exempel.test", False),
        ("Ärende #12 är klart.", False),
    ],
)
def test_what_is_for_us_alone_is_recognised(text: str, internal: bool) -> None:  # noqa: FBT001
    assert is_internal(text) is internal
