"""From examples to a model. Deterministic: the same examples in the same order give the same model, bit for bit."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from inflow.routing.calibration import fit_slope, fit_temperature, fit_threshold, honest
from inflow.routing.features import Features, Sample, features_of
from inflow.routing.folds import assign_folds, group_examples
from inflow.routing.model import A_CHOICE, Model, familiarity
from inflow.routing.roles import Role
from inflow.routing.solver import Floats, Problem, Solution, softmax, solve
from inflow.routing.vocabulary import Vector, build_vocabulary, telling

_DESCRIPTION_SPEAKS, _ROWS_HEARD = 14.0, 1000
_FOLDS = ((60, 20), (300, 10), (inf, 5))
_ROUNDING = 1e-3
_UNUSUAL, _HALF = 0.01, 0.5
_SCORES_AT_ONCE, _WEIGHTS_AT_ONCE = 1_500_000, 12_000_000
_ROOM = 5_500_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A message whose role is known: `weight` says how surely, `group` names its conversation (may be empty)."""

    sample: Sample
    role: str
    weight: float = 1.0
    group: str = ""


def describe(role: Role) -> Sample:
    """What a role says of itself, as a sample."""
    words = role.name.replace("-", " ").replace("_", " ")
    return Sample(text=" ".join((words, role.title, role.description, *role.keywords)))


def train(examples: Sequence[Example], descriptions: dict[str, Sample], *, max_misrouted: float) -> Model:
    """Learn to tell the described roles apart from examples, the oldest first; of very many only the latest are read.

    Examples of other roles are left out; those of one role are no choice to learn.
    """
    roles = tuple(sorted(descriptions))
    known, features = _latest([example for example in examples if example.role in descriptions])
    described = [features_of(descriptions[role]) for role in roles]
    vocabulary = build_vocabulary(features, described)
    targets = np.array([roles.index(example.role) for example in known], dtype=np.int64)
    taught = len(set(targets.tolist()))
    if taught < A_CHOICE:
        prior = _prior([vocabulary.vector(one) for one in described], [], targets, len(vocabulary) + 1)
        return Model(roles=roles, vocabulary=vocabulary, weights=prior, examples=len(known), taught=taught)
    usual = np.quantile([familiarity(vocabulary, one, but_once=True) for one in features], _UNUSUAL)
    groups = group_examples(features, [example.group for example in known])
    vocabulary = telling(vocabulary, _by_role(described, features, targets))
    vectors = [vocabulary.vector(features.popleft()) for _ in known]
    prior = _prior([vocabulary.vector(one) for one in described], vectors, targets, len(vocabulary) + 1)
    held_out, folds = _plan(len(known), prior)
    problem = Problem(
        targets=targets,
        weights=np.array([example.weight for example in known], dtype=np.float32),
        folds=assign_folds(groups, targets, folds),
        vectors=vectors,
        held_out=held_out,
        prior=prior,
    )
    model = Model(
        roles=roles,
        vocabulary=vocabulary,
        weights=prior,
        examples=len(known),
        taught=taught,
        familiar=min(_HALF, float(usual)),
    )
    return _calibrated(model, solve(problem), problem, max_misrouted=max_misrouted)


def _latest(examples: Sequence[Example]) -> tuple[list[Example], deque[Features]]:
    """The latest examples that memory has room for, with their features."""
    features: deque[Features] = deque()
    room = _ROOM
    for example in reversed(examples):
        features.appendleft(features_of(example.sample))
        room -= sum(len(tally.hashes) for tally in features[0])
        if room < 0:
            features.popleft()
            break
    return list(examples[len(examples) - len(features) :]), features


def _by_role(
    described: Sequence[Features], features: Sequence[Features], targets: NDArray[np.int64]
) -> list[list[Features]]:
    """For each role its description and its examples."""
    by_role = [[one] for one in described]
    for target, one in zip(targets, features, strict=True):
        by_role[target].append(one)
    return by_role


def _plan(examples: int, prior: Floats) -> tuple[int, int]:
    """How many folds are held out, of how many: all where it is cheap, one of five where there is much."""
    folds = next(folds for below, folds in _FOLDS if examples < below)
    held_out = min(_SCORES_AT_ONCE // (examples * prior.shape[1]), _WEIGHTS_AT_ONCE // prior.size - 1)
    return max(1, min(folds, held_out)), folds


def _prior(described: Sequence[Vector], vectors: Sequence[Vector], targets: NDArray[np.int64], features: int) -> Floats:
    """What descriptions say, as weights to start from: as loud as explains the examples best, less the more a role has."""
    prior = np.zeros((features, len(described)), dtype=np.float32)
    for number, vector in enumerate(described):
        prior[vector.at, number] = _DESCRIPTION_SPEAKS * vector.values
    if not vectors:
        return prior
    some = range(0, len(vectors), 1 + len(vectors) // _ROWS_HEARD)
    scores = np.array([vectors[row].values @ prior[vectors[row].at] for row in some])
    loudness = 1 / fit_temperature(scores, targets[some])
    return np.asarray(prior * (loudness / max(1.0, len(vectors) / len(described)) ** 0.5), dtype=np.float32)


def _calibrated(model: Model, solution: Solution, problem: Problem, *, max_misrouted: float) -> Model:
    """The solved model with its temperature, slope and threshold; of weak labels only so many count as evidence as they weigh."""
    seen = problem.targets[solution.rows]
    heat = fit_temperature(solution.scores, seen)
    likely = softmax(solution.scores / heat)
    right = likely.argmax(axis=1) == seen
    slope = fit_slope(likely, right)
    confidence = honest(likely, slope).max(axis=1)
    evident = np.diff(np.floor(np.cumsum(np.minimum(problem.weights[solution.rows], 1)) + _ROUNDING), prepend=0) > 0
    threshold = fit_threshold(confidence[evident], right[evident], max_misrouted=max_misrouted)
    return replace(model, weights=solution.weights, temperature=heat, slope=slope, threshold=threshold)
