import pytest

from inflow.mail.language import language_of
from inflow.mail.parse import LANGUAGES
from tests.mail.letters import read


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hej, min skrivare fungerar inte längre och jag behöver hjälp så fort som möjligt.", "sv"),
        ("Hei, skriveren min virker ikke lenger og jeg trenger hjelp så fort som mulig.", "nb"),
        ("Hej, min printer virker ikke længere, og jeg har brug for hjælp så hurtigt som muligt.", "da"),
        ("Hei, tulostimeni ei enää toimi ja tarvitsen apua mahdollisimman pian.", "fi"),
        ("Hello, my printer no longer works and I need help as soon as possible.", "en"),
        ("Hallo, mein Drucker funktioniert nicht mehr und ich brauche so schnell wie möglich Hilfe.", "de"),
        ("12345 67890", ""),
        ("", ""),
        ("ok", ""),
        ("대부분의 마찬가지로, 우리는 하나님을 믿습니다.", ""),
    ],
)
def test_the_language_of_a_text(text: str, language: str) -> None:
    assert language_of(text, LANGUAGES) == language


def test_only_languages_asked_for_are_answered() -> None:
    assert language_of("Hello, my printer no longer works and I need help.", ("sv", "de")) in {"sv", "de"}
    assert language_of("Hello there, my friend", ()) == ""


def test_quoted_history_does_not_count() -> None:
    body = (
        "Tack för hjälpen, nu fungerar skrivaren igen!\n\nOn 1 May 2026, Bo Test <bo@x.test> wrote:\n"
        + "> we will look into your printer tomorrow\n" * 9
    )
    assert read(body=body).language == "sv"


def test_a_language_that_nobody_knows_does_no_harm() -> None:
    assert language_of("Skrivaren på plan tre fungerar inte", ("xx", "sv", "en")) == "sv"
