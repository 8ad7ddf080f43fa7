"""Why a model leans to a role: the words and facts that speak for and against it, in numbers that add up."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inflow.routing.decision import Contribution
from inflow.routing.features import Hashes, Sample, fact_hash, facts_of, pairs_of, sample_words, word_hashes
from inflow.routing.model import Model
from inflow.routing.solver import BIAS
from inflow.routing.words import STOPWORDS

_NAMED = 8
_WORTH_NAMING = 0.1
_SHORTEST_NAMED = 3
THE_REST = "everything else"


class _Trace(NamedTuple):
    """The occurrences of a block's features: the number of whose each is, and with what share."""

    hashes: Hashes
    owners: NDArray[np.int64]
    shares: NDArray[np.float64]


def explain(model: Model, sample: Sample, role: str) -> tuple[Contribution, ...]:
    """What each word and fact adds to the score of `role` over the mean of all, heaviest first, the rest last."""
    words, facts = sample_words(sample), list(facts_of(sample))
    owners = [*words, *facts]
    traces = (*_traced_words(words), _traced_facts(facts, first=len(words)))
    added = sum(_shared_out(model, trace, role, block=block, among=len(owners)) for block, trace in enumerate(traces))
    summed: dict[str, float] = defaultdict(float)
    for owner, weight in zip(owners, np.asarray(added).tolist(), strict=True):
        summed[owner] += weight
    nameable = (Contribution(what=what, weight=weight) for what, weight in summed.items() if _nameable(what))
    named = sorted(nameable, key=lambda one: -abs(one.weight))[:_NAMED]
    bias = BIAS * float(_leaning(model, role, np.array([-1]))[0])
    rest = bias + sum(summed.values()) - sum(one.weight for one in named)
    return (*named, Contribution(what=THE_REST, weight=rest))


def told(contributions: tuple[Contribution, ...]) -> str:
    """The contributions as a reason a person reads: `because of "faktura", "ocr"; against it: "login"`."""
    named = contributions[:-1]
    least = _WORTH_NAMING * max((abs(one.weight) for one in named), default=0.0)
    speaks_for = [_quoted(one.what) for one in named if one.weight > least][:4]
    against = [_quoted(one.what) for one in named if one.weight < -least][:2]
    reason = f"because of {', '.join(speaks_for)}" if speaks_for else "by its words as a whole"
    return f"{reason}; against it: {', '.join(against)}" if against else reason


def _traced_words(words: list[str]) -> tuple[_Trace, _Trace]:
    known = [word_hashes(word) for word in words]
    numbers = np.arange(len(words))
    none = np.zeros(0, dtype=np.uint32)
    whole = np.concatenate([none, *(hashes for hashes, _ in known)])
    pieces = np.concatenate([none, *(hashes for _, hashes in known)])
    pairs, pairs_owners = pairs_of(whole)
    beside = pairs_owners >= 0
    pairs_shares = beside / np.maximum(1, beside.sum(axis=1, keepdims=True))
    found = np.concatenate([whole, np.repeat(pairs, 2)[beside.ravel()]])
    owners = np.concatenate([np.repeat(numbers, 2), pairs_owners[beside]])
    shares = np.concatenate([np.ones(len(whole)), pairs_shares[beside]])
    of_pieces = np.repeat(numbers, np.array([len(hashes) for _, hashes in known], dtype=np.int64))
    return _Trace(found, owners, shares), _Trace(pieces, of_pieces, np.ones(len(pieces)))


def _traced_facts(facts: list[str], *, first: int) -> _Trace:
    hashes = np.array([fact_hash(fact) for fact in facts], dtype=np.uint32)
    return _Trace(hashes, first + np.arange(len(facts)), np.ones(len(facts)))


def _shared_out(model: Model, trace: _Trace, role: str, *, block: int, among: int) -> NDArray[np.float64]:
    """The contribution of one block's features, shared out among so many owners."""
    features, inverse = np.unique(trace.hashes, return_inverse=True)
    occurrences = np.bincount(inverse, weights=trace.shares, minlength=len(features))
    at, values = model.vocabulary.weigh(block, features, occurrences)
    offset = sum(len(one.known) for one in model.vocabulary.blocks[:block])
    each = np.where(at >= 0, values * _leaning(model, role, np.maximum(at, 0) + offset), 0.0) / occurrences
    shared = np.bincount(trace.owners, weights=each[inverse] * trace.shares, minlength=among)
    return np.asarray(shared, dtype=np.float64)


def _leaning(model: Model, role: str, features: NDArray[np.int64]) -> NDArray[np.float64]:
    weights = model.weights[features].astype(np.float64)
    return np.asarray(weights[:, model.roles.index(role)] - weights.mean(axis=1))


def _nameable(what: str) -> bool:
    """Common words, scraps and numbers (whose digits were read as 0) are no reason a person would give."""
    return ":" in what or (len(what) >= _SHORTEST_NAMED and what.isalpha() and what not in STOPWORDS)


def _quoted(what: str) -> str:
    kind, colon, value = what.partition(":")
    return f"{kind} {value}" if colon else f'"{what}"'
