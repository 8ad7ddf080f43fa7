"""Keywords: the words an operator gave each role, found inflected and in compounds, weighed by where they stand.

The words of titles and descriptions count too, but little: they must not outvote a keyword.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from inflow.mail.message import Message
from inflow.routing.roles import Role
from inflow.routing.words import STOPWORDS, routing_text, stem, words_of

_IN_SUBJECT, _IN_TEXT = 3.0, 1.0
_DESCRIBED = 0.3
_SHORTEST_COMPOUND = 5
_WORDS_READ = 600


@dataclass(frozen=True, slots=True)
class Hit:
    """A keyword of a role found in a message: as it was written in the config, and what it weighs there."""

    keyword: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Term:
    keyword: str
    stems: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class _Read:
    stems: tuple[str, ...]
    found: frozenset[str]


def keyword_hits(message: Message, roles: Sequence[Role]) -> dict[str, tuple[Hit, ...]]:
    """The keywords found for each role that has any, heaviest first."""
    subject, text = _read(message.subject), _read(routing_text(message))
    found = {role: tuple(_hits(terms, subject, text)) for role, terms in _terms(tuple(roles)).items()}
    return {role: hits for role, hits in found.items() if hits}


def keyword_scores(hits: Mapping[str, Sequence[Hit]]) -> dict[str, float]:
    """The summed weight of each role's hits."""
    return {role: sum(hit.weight for hit in found) for role, found in hits.items()}


@lru_cache(maxsize=16)
def _read(text: str) -> _Read:
    """The stems of a text, and all that counts as found in it: compounds are found by their first and last parts. What was read
    last is asked for again when the reasons are told."""
    stems = tuple(stem(word) for word in words_of(text)[:_WORDS_READ])
    return _Read(stems, frozenset(stems).union(*map(_parts, set(stems))))


@lru_cache(maxsize=10_000)
def _parts(stem: str) -> frozenset[str]:
    """What a compound may begin and end with."""
    return frozenset(part for at in range(_SHORTEST_COMPOUND, len(stem)) for part in (stem[:at], stem[-at:]))


def _hits(terms: Iterable[_Term], subject: _Read, text: _Read) -> list[Hit]:
    weighed = [
        (term, _IN_SUBJECT if _occurs(term.stems, subject) else _IN_TEXT)
        for term in terms
        if _occurs(term.stems, text) or _occurs(term.stems, subject)
    ]
    return sorted((Hit(term.keyword, term.weight * place) for term, place in weighed), key=lambda hit: -hit.weight)


def _occurs(stems: tuple[str, ...], text: _Read) -> bool:
    if len(stems) == 1:
        return stems[0] in text.found
    return text.found.issuperset(stems) and _stand_together(stems, text.stems)


def _stand_together(stems: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Whether these follow each other somewhere; looked for where the first of them stands, and nowhere else."""
    at = -1
    with suppress(ValueError):
        while True:
            at = words.index(stems[0], at + 1)
            if words[at : at + len(stems)] == stems:
                return True
    return False


@lru_cache(maxsize=16)
def _terms(roles: tuple[Role, ...]) -> dict[str, tuple[_Term, ...]]:
    """The terms of each role; the weight of a described word is shared among the roles that have it."""
    described = {role.name: _described(role) for role in roles}
    shared = Counter(root for words in described.values() for root in words)
    terms: dict[str, tuple[_Term, ...]] = {}
    for role in roles:
        by_stems: dict[tuple[str, ...], _Term] = {
            (root,): _Term(word, (root,), _DESCRIBED / shared[root]) for root, word in described[role.name].items()
        }
        by_stems |= {stems: _Term(keyword, stems, 1.0) for keyword, stems in _keywords(role)}
        terms[role.name] = tuple(by_stems.values())
    return terms


def _keywords(role: Role) -> list[tuple[str, tuple[str, ...]]]:
    stemmed = ((keyword, tuple(stem(word) for word in words_of(keyword))) for keyword in role.keywords)
    return [(keyword, stems) for keyword, stems in stemmed if stems]


def _described(role: Role) -> dict[str, str]:
    words = words_of(f"{role.title} {role.description}")
    return {stem(word): word for word in words if word not in STOPWORDS and len(word) > 2}  # noqa: PLR2004
