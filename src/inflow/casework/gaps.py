"""Questions that had no owner, grouped by what they are about: those that share the words that are rare among them."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inflow.routing.words import STOPWORDS, stem, words_of

_ALIKE = 0.4
"""The share of the rarer words that two questions must have in common, of the one that has less to say."""
_READ = 60
_SHORTEST = 3
_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A question without an owner, with its first words, where it lies now, and how many were asked and passed. `sender` is a number:
    who wrote is counted, never named."""

    case: int
    at: datetime
    asked: int
    passed: int
    subject: str
    text: str
    role: str
    status: str
    sender: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Questions about the same thing, the oldest first, and the words they share."""

    gaps: tuple[Gap, ...]
    words: tuple[str, ...]

    @property
    def senders(self) -> int:
        """How many asked."""
        return len({one.sender for one in self.gaps})


def grouped(gaps: Sequence[Gap]) -> list[Group]:
    """The questions in groups, those that most people asked first."""
    said = [_words(one) for one in gaps]
    spread = Counter(root for words in said for root in words)
    rare = {root: math.log((len(gaps) + 1) / count) + 0.1 for root, count in spread.items()}
    found = [
        Group(gaps=tuple(gaps[at] for at in group), words=_shared([said[at] for at in group], rare))
        for group in _groups(said, rare)
    ]
    return sorted(found, key=lambda group: (-group.senders, -len(group.gaps), group.gaps[0].case))


def _words(gap: Gap) -> dict[str, str]:
    words = [*words_of(gap.subject), *words_of(gap.text)[:_READ]]
    return {stem(word): word for word in reversed(words) if word not in STOPWORDS and len(word) >= _SHORTEST}


def _groups(said: Sequence[Mapping[str, str]], rare: Mapping[str, float]) -> list[list[int]]:
    """Each question with the group whose first one is most like it, if any is; only those that share a word are looked at."""
    weights = [sum(rare[root] for root in words) for words in said]
    groups: dict[int, list[int]] = {}
    firsts: dict[str, list[int]] = defaultdict(list)
    for at, words in enumerate(said):
        shared: dict[int, float] = defaultdict(float)
        for root in words:
            weight = rare[root]
            for first in firsts[root]:
                shared[first] += weight
        alike = {first: weight / min(weights[at], weights[first]) for first, weight in shared.items()}
        near = max(alike, key=lambda first: (alike[first], -first), default=at)
        if alike.get(near, 0.0) >= _ALIKE:
            groups[near].append(at)
        else:
            groups[at] = [at]
            for root in words:
                firsts[root].append(at)
    return list(groups.values())


def _shared(said: Sequence[dict[str, str]], rare: dict[str, float]) -> tuple[str, ...]:
    """The words that most of a group have, the rarest elsewhere first."""
    counts = Counter(root for words in said for root in words)
    common = [root for root, count in counts.items() if 2 * count > len(said)]
    common.sort(key=lambda root: (-counts[root] * rare[root], root))
    return tuple(next(words[root] for words in said if root in words) for root in common[:_NAMED])
