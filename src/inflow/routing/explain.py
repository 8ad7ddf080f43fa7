"""Why a model leans to a role: the words and facts that speak for and against it, in numbers that add up."""

from collections import defaultdict

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


def explain(model: Model, sample: Sample, role: str) -> tuple[Contribution, ...]:
    """What each word and fact adds to the score of `role` over the mean of all, heaviest first, the rest last."""
    summed: dict[str, float] = defaultdict(float)
    words = sample_words(sample)
    for block, (hashes, owners, shares) in enumerate(_traced_words(words)):
        for word, weight in zip(
            words, _shared_out(model, block, role, hashes=hashes, owners=owners, shares=shares), strict=True
        ):
            summed[word] += weight
    facts = list(facts_of(sample))
    hashes = np.array([fact_hash(fact) for fact in facts], dtype=np.uint32)
    added = _shared_out(model, 2, role, hashes=hashes, owners=np.arange(len(facts)), shares=np.ones(len(facts)))
    summed.update(zip(facts, added, strict=True))
    rest = BIAS * float(_leaning(model, role, np.array([-1]))[0])
    named = sorted(
        ((what, weight) for what, weight in summed.items() if _nameable(what)), key=lambda item: -abs(item[1])
    )[:_NAMED]
    rest += sum(summed.values()) - sum(weight for _, weight in named)
    return (
        *(Contribution(what=what, weight=weight) for what, weight in named),
        Contribution(what=THE_REST, weight=rest),
    )


def told(contributions: tuple[Contribution, ...]) -> str:
    """The contributions as a reason a person reads: `because of "faktura", "ocr"; against it: "login"`."""
    named = contributions[:-1]
    least = _WORTH_NAMING * max((abs(one.weight) for one in named), default=0.0)
    speaks_for = [_quoted(one.what) for one in named if one.weight > least][:4]
    against = [_quoted(one.what) for one in named if one.weight < -least][:2]
    reason = f"because of {', '.join(speaks_for)}" if speaks_for else "by its words as a whole"
    return f"{reason}; against it: {', '.join(against)}" if against else reason


def _traced_words(words: list[str]) -> tuple[tuple[Hashes, NDArray[np.int64], NDArray[np.float64]], ...]:
    """For the blocks of words and of pieces: each occurrence, the number of its word, and with what share."""
    if not words:
        none = (np.zeros(0, np.uint32), np.zeros(0, np.int64), np.zeros(0))
        return none, none
    known = [word_hashes(word) for word in words]
    numbers = np.arange(len(words))
    whole = np.concatenate([hashes for hashes, _ in known])
    pairs = pairs_of(whole[::2])
    found = np.concatenate([whole, pairs, pairs])
    owners = np.concatenate([np.repeat(numbers, 2), numbers[:-1], numbers[1:]])
    shares = np.concatenate([np.ones(len(whole)), np.full(2 * len(pairs), 0.5)])
    pieces = [len(some) for _, some in known]
    of_pieces = (np.concatenate([some for _, some in known]), np.repeat(numbers, pieces), np.ones(sum(pieces)))
    return (found, owners, shares), of_pieces


def _shared_out(
    model: Model, block: int, role: str, *, hashes: Hashes, owners: NDArray[np.int64], shares: NDArray[np.float64]
) -> list[float]:
    """The contribution of one block's features, shared out among their owners."""
    features, inverse = np.unique(hashes, return_inverse=True)
    occurrences = np.bincount(inverse, weights=shares, minlength=len(features))
    at, values = model.vocabulary.weigh(block, features, occurrences)
    offset = sum(len(one.known) for one in model.vocabulary.blocks[:block])
    each = np.where(at >= 0, values * _leaning(model, role, np.maximum(at, 0) + offset), 0.0) / occurrences
    shared = np.bincount(owners, weights=each[inverse] * shares, minlength=int(owners.max(initial=-1)) + 1)
    return [float(weight) for weight in shared]


def _leaning(model: Model, role: str, features: NDArray[np.int64]) -> NDArray[np.float64]:
    weights = model.weights[features].astype(np.float64)
    return np.asarray(weights[:, model.roles.index(role)] - weights.mean(axis=1))


def _nameable(what: str) -> bool:
    return len(what) >= _SHORTEST_NAMED and what not in STOPWORDS


def _quoted(what: str) -> str:
    kind, colon, value = what.partition(":")
    return f"{kind} {value}" if colon else f'"{what}"'
