"""Somebody's words without who it was: addresses, numbers, links and names are taken out, the rest stays as it was written. Pure."""

import re
from functools import lru_cache

from inflow.casework.alike import said
from inflow.routing.words import stem, words_of

LONGEST = 140
_OUT = "…"
_UPPER, _LOWER = "A-ZÀ-ÖØ-Þ", "a-zß-öø-ÿ"
_PERSONAL = (
    re.compile(r"\S*@\S*"),
    re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,}(?: ?[A-Z0-9]{1,4})?\b"),
    re.compile(r"(?i)\b(?:https?://|www\.)\S+"),
    re.compile(r"(?<![\w-])\+?\(?\d[\d ()/.-]{4,}\d(?!\w)"),
    re.compile(
        rf"(?i)\b[{_LOWER}-]*(?:gatan|vägen|gränd|stigen|torget|street|road|avenue|lane|straße|strasse) \d+\s?[a-z]?\b"
    ),
    re.compile(r"\b\d{4,}\b"),
    re.compile(
        rf"(?<=\w[ ,] )\b[{_UPPER}][{_LOWER}]+(?:[ -][{_UPPER}][{_LOWER}]+)+|(?<=\w )[{_UPPER}][{_LOWER}]+(?:[ -][{_UPPER}][{_LOWER}]+)+"
    ),
    re.compile(rf"(?i)(?<!\w)(?:jag heter|mitt namn är|my name is|i am called)\s+\S+(?:\s+[{_UPPER}]\S*)?"),
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_SHORTEST_NAME, _MUCH = 2, 5


def anonymous(text: str, *, sender: str) -> str:
    """A text without addresses, links, long numbers, what looks like a full name, and the names in `sender` (its name and address)."""
    for pattern in _PERSONAL:
        text = pattern.sub(_OUT, text)
    names = sorted({word for word in words_of(sender) if len(word) >= _SHORTEST_NAME}, key=len, reverse=True)
    if names:
        text = re.sub(rf"(?i)(?<!\w)(?:{'|'.join(map(re.escape, names))})s?(?!\w)", _OUT, text)
    return re.sub(rf"{_OUT}(?:[\s,;:/-]*{_OUT})+", _OUT, text)


@lru_cache(maxsize=500)
def quotation(text: str, *, sender: str, about: tuple[str, ...] = ()) -> str:
    """The sentence of a text that says most of what it is `about`, short and without who wrote it; empty when there is none. Those
    asked last are remembered: lists quote the same mails again and again, and a text of the store never changes."""
    roots = {stem(word) for word in about}
    sentences = [" ".join(one.split()) for one in _SENTENCE.split(text[:4000])]
    sentences = [anonymous(one, sender=sender) for one in sentences if len(words_of(one)) > 2]  # noqa: PLR2004  two words say nothing
    if not sentences:
        return ""

    def telling(sentence: str) -> tuple[int, int]:
        """How much of it, and how much at all."""
        words = said(sentence, "", sender=sender)
        return len(roots & words.keys()), min(len(words), _MUCH)

    quoted = max(sentences, key=telling).strip(" …,;:-")
    return quoted if len(quoted) <= LONGEST else quoted[:LONGEST].rsplit(" ", 1)[0] + _OUT
