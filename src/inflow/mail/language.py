"""The language a text is written in, offline, among those the organisation meets; unknown rather than wrong."""

import re
from collections.abc import Sequence
from functools import lru_cache

from py3langid.langid import LanguageIdentifier, _load_identifier

_SAMPLE = 600
_LETTERS = 8
_LETTER = re.compile(r"[\W\d_]+")
_BEYOND_LATIN = "\u0370"
_OTHER_SCRIPTS = {"ar", "bg", "el", "fa", "he", "hi", "ja", "ko", "mk", "ru", "sr", "th", "uk", "zh"}
_MODEL_CODES = {"nb": "no"}
_OWN_CODES = {"no": "nb", "nn": "nb"}


def language_of(text: str, languages: Sequence[str]) -> str:
    """The ISO 639-1 code among `languages` that fits best; empty below a few letters, or in a script none of them has."""
    words = " ".join(word for word in text[: _SAMPLE * 2].split() if "://" not in word and "@" not in word)[:_SAMPLE]
    letters = _LETTER.sub("", words)
    foreign = 0 if letters.isascii() else sum(letter >= _BEYOND_LATIN for letter in letters)
    if (
        not languages
        or len(letters) < _LETTERS
        or (foreign * 2 > len(letters) and _OTHER_SCRIPTS.isdisjoint(languages))
    ):
        return ""
    code = str(_identifier(tuple(languages)).classify(words)[0])
    return _OWN_CODES.get(code, code)


@lru_cache(maxsize=8)
def _identifier(languages: tuple[str, ...]) -> LanguageIdentifier:
    identifier = _load_identifier()
    identifier.set_languages([_MODEL_CODES.get(code, code) for code in languages])
    return identifier
