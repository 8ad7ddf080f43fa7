"""How well a model does on labelled messages it has not seen: the figures of `inflow evaluate`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inflow.routing.model import Model, predict
from inflow.routing.training import Example

_BINS = 15


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Judged:
    """One row an example: the best role's confidence, whether it is right, in scope, and routed without a person."""

    confidence: NDArray[np.float64]
    right: NDArray[np.bool_]
    in_scope: NDArray[np.bool_]
    routed: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Shares between 0 and 1, None where there is nothing to measure on; the contract says what each means."""

    accuracy: float | None
    coverage: float | None
    misrouted: float | None
    other_recall: float | None
    auroc: float | None
    ece: float | None


def judge(model: Model, examples: Sequence[Example]) -> Judged:
    """What the model makes of each example; a role it does not know is out of scope."""
    predictions = [predict(model, example.sample) for example in examples]
    best = [prediction.candidates[0] if prediction.candidates else None for prediction in predictions]
    return Judged(
        confidence=np.array([one.confidence if one else 0.0 for one in best]),
        right=np.array(
            [one is not None and one.role == example.role for one, example in zip(best, examples, strict=True)], bool
        ),
        in_scope=np.array([example.role in model.roles for example in examples], bool),
        routed=np.array([prediction.sure for prediction in predictions], bool),
    )


def quality(judged: Judged) -> Quality:
    """The figures over all rows."""
    inside = judged.in_scope
    return Quality(
        accuracy=_share(judged.right[inside]),
        coverage=_share(judged.routed[inside]),
        misrouted=_share(~judged.right[judged.routed]),
        other_recall=_share(~judged.routed[~inside]),
        auroc=_auroc(judged.confidence[inside], judged.confidence[~inside]),
        ece=calibration_error(judged.confidence[inside], judged.right[inside]),
    )


def calibration_error(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> float | None:
    """The expected calibration error: how far confidence is from the share right, on average over 15 bins."""
    bins = np.minimum((confidence * _BINS).astype(np.int64), _BINS - 1)
    gaps = [abs(float((confidence[bins == one] - right[bins == one]).sum())) for one in range(_BINS)]
    return sum(gaps) / len(confidence) if len(confidence) else None


def coverage_at(judged: Judged, misrouted: float) -> float | None:
    """The share of in-scope rows that could route themselves at this share wrong, the threshold known in hindsight."""
    order = np.argsort(-judged.confidence[judged.in_scope], kind="stable")
    wrong = np.cumsum(~judged.right[judged.in_scope][order])
    if not order.size:
        return None
    allowed = np.flatnonzero(wrong <= misrouted * np.arange(1, len(order) + 1))
    return float(allowed[-1] + 1) / len(order) if allowed.size else 0.0


def _auroc(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float | None:
    if not inside.size or not outside.size:
        return None
    ranked = np.sort(outside)
    below = (np.searchsorted(ranked, inside, "left") + np.searchsorted(ranked, inside, "right")) / 2
    return float(below.mean()) / len(outside)


def _share(rows: NDArray[np.bool_]) -> float | None:
    return float(rows.mean()) if rows.size else None
