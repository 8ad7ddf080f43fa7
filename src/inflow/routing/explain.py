"""Why a model leans to a role: the words and facts that speak for and against it, in numbers that add up."""

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from inflow.routing.decision import Contribution
from inflow.routing.features import Sample, Trace, facts_of, sample_words, traced_facts, traces_of
from inflow.routing.model import Model
from inflow.routing.solver import BIAS
from inflow.routing.words import STOPWORDS

_NAMED = 8
_WORTH_NAMING = 0.1
_SHORTEST_NAMED = 3
THE_REST = "everything else"


def explain(model: Model, sample: Sample, role: str) -> tuple[Contribution, ...]:
    """What each word and fact adds to the score of `role` over the mean of all, heaviest first, the rest last."""
    words, facts = sample_words(sample), list(facts_of(sample))
    *of_words, of_facts = (*traces_of(words), traced_facts(facts))
    by_words = sum(_shared_out(model, one, role, block=block, among=len(words)) for block, one in enumerate(of_words))
    by_facts = _shared_out(model, of_facts, role, block=len(of_words), among=len(facts))
    summed: dict[str, float] = defaultdict(float)
    for owner, weight in zip([*words, *facts], [*np.asarray(by_words).tolist(), *by_facts.tolist()], strict=True):
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


def _shared_out(model: Model, trace: Trace, role: str, *, block: int, among: int) -> NDArray[np.float64]:
    """The contribution of one block's features, shared out among so many owners; of a pair's each has half."""
    features, inverse, occurrences = np.unique(trace.hashes, return_inverse=True, return_counts=True)
    at, values = model.vocabulary.weigh(block, features, occurrences)
    offset = sum(len(one.known) for one in model.vocabulary.blocks[:block])
    each = np.where(at >= 0, values * _leaning(model, role, np.maximum(at, 0) + offset), 0.0) / occurrences
    owned = trace.owners >= 0
    shares = each[inverse, None] * owned / np.maximum(1, owned.sum(axis=1, keepdims=True))
    shared = np.bincount(trace.owners[owned], weights=shares[owned], minlength=among)
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
