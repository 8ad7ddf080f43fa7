"""The language a text is written in, offline, among those the organisation meets; unknown rather than wrong."""

import re
from collections.abc import Sequence
from copy import copy
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

_SAMPLE = 400
_LETTERS = re.compile(r"(?:[\W\d_]*+[^\W\d_]){8}")
_LETTER = re.compile(r"[^\W\d_]")
_BEYOND_LATIN = re.compile(r"(?=[^\W\d_])[\u0370-\U0010ffff]")
_LOADING = Lock()
_OTHER_SCRIPTS = {"ar", "bg", "el", "fa", "he", "hi", "ja", "ko", "mk", "ru", "sr", "th", "uk", "zh"}
_MODEL_CODES = {"nb": "no"}
_OWN_CODES = {"no": "nb", "nn": "nb"}


def language_of(text: str, languages: Sequence[str]) -> str:
    """The ISO 639-1 code among `languages` that fits best; empty below a few letters, or in a script none of them has."""
    words = _words(text[: _SAMPLE * 2])
    if not languages or not _LETTERS.match(words):
        return ""
    foreign = 0 if words.isascii() else len(_BEYOND_LATIN.findall(words))
    if foreign and foreign * 2 > len(_LETTER.findall(words)) and _OTHER_SCRIPTS.isdisjoint(languages):
        return ""
    with _LOADING:
        identifier = _identifier(tuple(languages))
    code = str(identifier.classify(words)[0])
    return _OWN_CODES.get(code, code)


def _words(text: str) -> str:
    """The words to judge by, without addresses."""
    words = text.split()
    if "@" in text or "://" in text:
        words = [word for word in words if "://" not in word and "@" not in word]
    return " ".join(words)[:_SAMPLE]


@lru_cache(maxsize=8)
def _identifier(languages: tuple[str, ...]) -> "LanguageIdentifier":
    """The model for these languages; those it does not know are passed over."""
    identifier = copy(_model())
    codes = {_MODEL_CODES.get(code, code) for code in languages} & set(identifier.labels)
    identifier.set_languages(sorted(codes) or None)
    return identifier


@lru_cache(maxsize=1)
def _model() -> "LanguageIdentifier":
    """The model of all languages: half a second, once a process, which is why it is not loaded before somebody asks."""
    from py3langid.langid import _load_identifier

    return _load_identifier()
