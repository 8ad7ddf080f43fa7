"""How the classifier fares in use: what it did or would have done, beside what people made of it.

When recent corrections show that the promise no longer holds, the threshold is raised; only training lowers it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inflow.routing.calibration import NEVER, UNPROVEN, Threshold, binomial_tail, fit_threshold

_ALARM = 0.05
_SHARES_OFFERED = (0.01, 0.02, 0.05, 0.1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A case that people are done with: the role the classifier proposed, how sure, and the role that had it in the end."""

    proposed: str
    confidence: float
    final: str

    @property
    def right(self) -> bool:
        """Whether people left it where the classifier proposed."""
        return self.proposed == self.final


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many, with an exact 90% interval of the true share."""

    part: int
    whole: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was or would have been routed, and of that wrong, in all and by role; and what each promise would route."""

    routed: Share
    wrong: Share
    wrong_by_role: dict[str, Share]
    routed_at: dict[float, float]


def report(settled: Sequence[Settled], threshold: Threshold) -> Report:
    """Compare the classifier with people over settled cases."""
    routed = [case for case in settled if case.confidence >= threshold.confidence]
    roles = sorted({case.proposed for case in routed})
    confidence, right = _columns(settled)
    bought = {share: fit_threshold(confidence, right, max_misrouted=share).routed for share in _SHARES_OFFERED}
    return Report(
        routed=share_of(len(routed), len(settled)),
        wrong=_wrong(routed),
        wrong_by_role={role: _wrong([case for case in routed if case.proposed == role]) for role in roles},
        routed_at={share: routed / max(1, len(settled)) for share, routed in bought.items()},
    )


def tightened(threshold: Threshold, recent: Sequence[Settled], *, max_misrouted: float) -> Threshold:
    """The threshold as it stands, or a higher one when so many wrong among the recent could hardly be chance (5%)."""
    routed = [case for case in recent if case.confidence >= threshold.confidence]
    wrong = sum(not case.right for case in routed)
    if not wrong or 1 - binomial_tail(wrong - 1, len(routed), max_misrouted) > _ALARM:
        return threshold
    found = fit_threshold(*_columns(routed), max_misrouted=max_misrouted)
    return found if found.confidence != NEVER else UNPROVEN


def share_of(part: int, whole: int) -> Share:
    """The share with its exact (Clopper-Pearson) interval; from 0 to 1 when there is nothing to go by."""
    low = 0.0 if part == 0 else 1 - _upper(whole - part, whole)
    high = 1.0 if part == whole else _upper(part, whole)
    return Share(part=part, whole=whole, low=low, high=high)


def _upper(part: int, whole: int) -> float:
    """The share at which so few would be a one-in-twenty chance, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if binomial_tail(part, whole, middle) > _ALARM else (low, middle)
    return high


def _wrong(cases: Sequence[Settled]) -> Share:
    return share_of(sum(not case.right for case in cases), len(cases))


def _columns(
    cases: Sequence[Settled],
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float32]], np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    return np.array([case.confidence for case in cases], np.float32), np.array([case.right for case in cases], bool)
