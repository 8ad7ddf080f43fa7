"""Which cases are about the same thing: those that share the words that are rare among the recent ones. Pure; it says which words."""

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inflow.routing.words import STOPWORDS, stem, words_of

ALIKE = 0.4
"""The share of the rarer words that two cases must have in common, of the one that has less to say."""
MOST_WORDS = 30
SHOWN = 4
_READ = 60
_SHARED, _SHORTEST, _CORE = 2, 3, 0.6
_LONG_NUMBER = re.compile(r"\d{4,}")
_POLITENESS = """
tack tackar mvh vänlig vänliga vänligen hälsning hälsningar hälsar bästa snälla hoppas återkomma återkom ber hör gärna väl idag igår
sedan redan bara också heller verkar fungerar går gick hade skulle behöver vill undrar mitt dear regards kind best thanks thank please
hope hoping would could should have has had does did been since just only yours sincerely kindly want need any anyone someone something
again still god morgon hejsan hallå heter good morning hello name
"""
_POLITE = frozenset(map(stem, _POLITENESS.split()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """A recent case: who wrote it (a number, never a name), the problem it is of, and its words by their stems."""

    case: int
    sender: int
    problem: int | None
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A case is about the same thing as a recent one, which may be of a problem already; `words` are what they share."""

    case: int
    problem: int | None
    words: tuple[str, ...]


def said(subject: str, text: str, *, sender: str = "") -> dict[str, str]:
    """The words that tell what a mail is about, by their stems: without politeness, long numbers, and the `sender`'s own name."""
    own = frozenset(words_of(sender))
    words = [*words_of(subject), *words_of(text)[:_READ]]
    kept = {
        stem(word)[:40]: word[:40]
        for word in reversed(words)
        if len(word) >= _SHORTEST
        and word not in STOPWORDS
        and word not in own
        and stem(word) not in _POLITE
        and not _LONG_NUMBER.search(word)
    }
    return dict(list(reversed(kept.items()))[:MOST_WORDS])


def rarity(counts: Mapping[str, int], among: int) -> dict[str, float]:
    """How much it tells that a word is shared, by how many of the recent cases have it."""
    return {word: math.log((among + 1) / max(count, 1)) + 0.1 for word, count in counts.items()}


def proposal(
    words: Mapping[str, str], sender: int, recent: Sequence[Recent], rare: Mapping[str, float]
) -> Proposal | None:
    """What a case is proposed to be the same as; None when nothing is near enough. Somebody who writes again about the same
    makes no problem alone; a chain of resemblances none either: what is of a problem is measured against several of it."""
    near = {one.case: _alike(words, one.words, rare) for one in recent}
    groups: dict[tuple[int, int], list[Recent]] = defaultdict(list)
    for one in recent:
        if one.problem is not None:
            groups[1, one.problem].append(one)
        elif one.sender != sender:
            groups[0, one.case].append(one)
    best, found = 0.0, None
    for group in groups.values():
        ranked = sorted(group, key=lambda one: (-near[one.case], one.case))[:3]
        measure = sum(near[one.case] for one in ranked) / len(ranked)
        if measure >= ALIKE and measure > best:
            best, found = measure, ranked[0]
    if found is None:
        return None
    return Proposal(case=found.case, problem=found.problem, words=_shared(words, found.words, rare))


def is_of(words: Mapping[str, str], core: Sequence[str]) -> bool:
    """Whether a mail with these words seems to be about a problem that is known by its core words."""
    roots = {stem(word)[:40] for word in core}
    return len(roots) >= _SHARED and len(roots & words.keys()) >= max(_SHARED, _CORE * len(roots))


def _alike(one: Mapping[str, str], other: Mapping[str, str], rare: Mapping[str, float]) -> float:
    shared = one.keys() & other.keys()
    if len(shared) < _SHARED:
        return 0.0
    least = min(sum(rare.get(root, 0.1) for root in words) for words in (one, other))
    return sum(rare.get(root, 0.1) for root in shared) / least if least else 0.0


def _shared(words: Mapping[str, str], other: Mapping[str, str], rare: Mapping[str, float]) -> tuple[str, ...]:
    shared = sorted(words.keys() & other.keys(), key=lambda root: (-rare.get(root, 0.1), root))[:SHOWN]
    return tuple(word for root, word in words.items() if root in shared)
