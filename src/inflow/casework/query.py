"""What somebody searches for, read from one line: words, "phrases", -words that must not be there, and `from:anna` and its like.

Nothing is an error: what is no operator of ours is words.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from typing import Any, Literal

from inflow.routing.words import stem

Place = Literal["", "sender", "subject"]
_LONGEST, _MOST_TERMS, _MOST_WORDS = 1_000, 20, 20
_SHORTEST_BEGINNING = 2
_PIECE = re.compile(r'(-?)(?:(\w+):)?(?:"([^"]*)"?|([^\s"]+))')
_WORD = re.compile(r"[^\W_]+")
_KEYS = {
    "from": "from", "från": "from", "subject": "subject", "ämne": "subject",
    "role": "role", "roll": "role", "status": "status", "party": "party", "part": "party",
    "before": "before", "före": "before", "after": "after", "efter": "after", "since": "after",
    "label": "label", "etikett": "label", "has": "has", "har": "has",
}  # fmt: skip
_PLACES: dict[str, Place] = {"from": "sender", "subject": "subject"}
_FILES = frozenset({"attachment", "attachments", "file", "bilaga", "bilagor", "fil"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words that follow each other. `is_exact`: just so; else the last may go on, and a single one may be inflected."""

    words: tuple[str, ...]
    place: Place = ""
    is_exact: bool = False
    is_absent: bool = False

    @property
    def goes_on(self) -> bool:
        """Whether a longer word is found by the last of these."""
        return not self.is_exact and len(self.words[-1]) >= _SHORTEST_BEGINNING

    @property
    def stem(self) -> str | None:
        """What its inflections have in common."""
        is_single = len(self.words) == 1 and not self.is_exact and not self.place
        return stem(self.words[0]) if is_single else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is searched for: all of it must hold. `after` and `before`: when a mail came, from and up to (not with)."""

    terms: tuple[Term, ...] = ()
    roles: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    after: datetime | None = None
    before: datetime | None = None
    has_files: bool = False

    @property
    def words(self) -> tuple[Term, ...]:
        """What must be there."""
        return tuple(term for term in self.terms if not term.is_absent)

    @property
    def asks(self) -> bool:
        """Whether anything is asked at all."""
        others = replace(self, terms=())
        return bool(self.words) or others != Query()


def words_in(text: str) -> list[str]:
    """The words of a text as both engines keep them: NFC and lower case, in order."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def parse(text: str, *, zone: tzinfo = UTC) -> Query:
    """Read a line; days in it are of a zone."""
    query = Query()
    for minus, key, phrase, word in _PIECE.findall(
        text[:_LONGEST].replace("\0", " ").replace("”", '"').replace("“", '"')
    ):
        said = phrase or word
        known = _KEYS.get(key.lower(), "")
        operated = _operator(query, known, said, zone) if known and not minus else None
        if operated is not None:
            query = operated
            continue
        whole = said if known in _PLACES or not key else f"{key} {said}"
        if len(query.terms) < _MOST_TERMS and (words := tuple(words_in(whole)[:_MOST_WORDS])):
            place: Place = _PLACES.get(known, "")
            term = Term(words=words, place=place, is_exact=bool(phrase), is_absent=bool(minus))
            query = replace(query, terms=(*query.terms, term))
    return query


def _operator(query: Query, key: str, said: str, zone: tzinfo) -> Query | None:
    """The query with what an operator says; None: it says nothing that can be meant."""
    lists = {"role": "roles", "status": "statuses", "party": "parties", "label": "labels"}
    changes: dict[str, Any] | None = None
    if key in lists and said:
        name = lists[key]
        value = said if key == "label" else said.lower()
        changes = {name: (*getattr(query, name), value)[:_MOST_TERMS]}
    elif key == "has" and said.lower() in _FILES:
        changes = {"has_files": True}
    elif key in ("before", "after") and (moment := _begins(said, zone)):
        changes = {key: moment}
    return replace(query, **changes) if changes else None


def _begins(said: str, zone: tzinfo) -> datetime | None:
    """When a year, a month or a day begins."""
    parts = said.split("-")
    try:
        year, month, day = (int(part) for part in (*parts, "1", "1")[:3])
        begun = datetime.combine(date(year, month, day), datetime.min.time(), zone)
        return begun.astimezone(UTC) if len(parts) <= 3 and year > 1 else None  # noqa: PLR2004
    except (ValueError, OverflowError):
        return None
