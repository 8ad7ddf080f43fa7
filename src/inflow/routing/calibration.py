"""From scores to a promise: what makes probabilities honest, and the least confidence to route at.

All are chosen on scores of examples by weights that never saw them.
"""

from dataclasses import dataclass
from math import lgamma, log, log1p

import numpy as np
from numpy.typing import NDArray

from inflow.routing.solver import Floats, softmax

NEVER = 2.0
_TEMPERATURES = np.geomspace(0.1, 10.0, 61)
_SLOPES = np.geomspace(0.4, 1.0, 31)
_PRIOR_ROWS = 3.0
_LEAST = 1e-12
_DOUBT = 0.05
_RESERVE = 0.5
_STRANGE = 0.05
_PLAIN = 0.92


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The least confidence to route at (NEVER: no evidence yet), and on what it rests."""

    confidence: float
    routed: int
    wrong: int


UNPROVEN = Threshold(confidence=NEVER, routed=0, wrong=0)


def fit_temperature(scores: Floats, targets: NDArray[np.int64]) -> float:
    """The temperature of least log loss, pulled a little towards 1 while there are few rows."""
    rows = np.arange(len(targets))
    losses = [
        -np.log(softmax(scores / heat)[rows, targets] + 1e-9).sum() + _PRIOR_ROWS * log(heat) ** 2
        for heat in _TEMPERATURES
    ]
    return float(_TEMPERATURES[int(np.argmin(losses))])


def fit_slope(likely: Floats, right: NDArray[np.bool_]) -> float:
    """The power, at most 1, at which the odds of the best role are right as often as they say; pulled a little towards 1.

    Where roles are many and examples few, no temperature is right both for the sure ones and for the doubtful ones.
    """
    odds = np.log(_odds(likely))
    losses = [
        np.logaddexp(0, np.where(right, -odds, odds) * slope).sum() + _PRIOR_ROWS * log(slope) ** 2 for slope in _SLOPES
    ]
    return float(_SLOPES[int(np.argmin(losses))])


def honest(likely: Floats, slope: float) -> Floats:
    """Probabilities with the odds of the best raised to the power `slope`; the others share the rest as before."""
    odds = np.expand_dims(_odds(likely), -1)
    raised = odds**slope
    found = likely / likely.max(axis=-1, keepdims=True) * odds / (1 + raised)
    np.put_along_axis(found, likely.argmax(axis=-1, keepdims=True), raised / (1 + raised), axis=-1)
    return np.asarray(found, dtype=np.float32)


def _odds(likely: Floats) -> NDArray[np.float64]:
    """The best of the roles (along the last axis) against all others together."""
    best = likely.max(axis=-1).astype(np.float64)
    return np.asarray(best / np.maximum(likely.sum(axis=-1, dtype=np.float64) - best, _LEAST))


def fit_threshold(confidence: Floats, right: NDArray[np.bool_], *, max_misrouted: float) -> Threshold:
    """The lowest confidence at which the promise holds for the more confident, by an exact binomial bound at 95%.

    Held-out scores cannot show kinds of mail nobody has seen yet. For these, part of the promise is kept in reserve, and
    the strangest of what was seen are left to people even when the closest role is right. Few examples can prove no
    bound: then only the plain ones are routed, and only if not one of them was wrong.
    """
    order = np.argsort(-confidence, kind="stable")
    wrong = np.cumsum(~right[order])
    best = UNPROVEN
    for at in _ends(confidence[order], at_most=int((1 - _STRANGE) * len(order))):
        found = Threshold(confidence=float(confidence[order[at]]), routed=int(at) + 1, wrong=int(wrong[at]))
        if _holds(found, len(order), max_misrouted):
            best = found
    return best


def _holds(found: Threshold, rows: int, share: float) -> bool:
    proven = binomial_tail(found.wrong, found.routed, share) <= _DOUBT
    plain = found.wrong == 0 and found.confidence >= _PLAIN and found.routed >= max(0.5 / share, rows / 3)
    return (proven and found.wrong <= (1 - _RESERVE) * share * found.routed) or plain


def binomial_tail(wrong: int, routed: int, share: float) -> float:
    """How likely at most so many would be wrong, were the true share `share`: at most 1 - c, a bound at level c."""
    logs = [
        lgamma(routed + 1) - lgamma(k + 1) - lgamma(routed - k + 1) + k * log(share) + (routed - k) * log1p(-share)
        for k in range(wrong + 1)
    ]
    return float(np.exp(np.logaddexp.reduce(logs)))


def _ends(confidence: Floats, *, at_most: int) -> NDArray[np.int64]:
    """The last row of each run of equal confidence among the first `at_most`, some 400 of them."""
    ends = np.flatnonzero(np.append(confidence[1:] != confidence[:-1], True)[:at_most])
    return ends[:: max(1, len(ends) // 400)]
