"""From examples to a model. Deterministic: the same examples in the same order give the same model, bit for bit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray

from inflow.routing.calibration import fit_temperature, fit_threshold
from inflow.routing.features import Features, Sample, features_of
from inflow.routing.folds import assign_folds, group_examples
from inflow.routing.model import Model, familiarity
from inflow.routing.roles import Role
from inflow.routing.solver import Floats, Problem, Solution, softmax, solve
from inflow.routing.vocabulary import Vocabulary, build_vocabulary

_DESCRIPTION_SPEAKS = 3.0
_FOLDS = ((60, 20), (300, 10), (inf, 5))
_A_CHOICE = 2
_UNUSUAL, _HALF = 0.01, 0.5
_SCORES_AT_ONCE = 1_500_000


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
    """Learn to tell the described roles apart. Examples of other roles are left out; those of one role are no choice."""
    roles = tuple(sorted(descriptions))
    known = [example for example in examples if example.role in descriptions]
    features = [features_of(example.sample) for example in known]
    described = [features_of(descriptions[role]) for role in roles]
    vocabulary = build_vocabulary(features, described)
    targets = np.array([roles.index(example.role) for example in known], dtype=np.int64)
    held_out, folds = _plan(len(known), len(roles))
    problem = Problem(
        vectors=[vocabulary.vector(one) for one in features],
        targets=targets,
        weights=np.array([example.weight for example in known], dtype=np.float32),
        folds=assign_folds(group_examples(features, [example.group for example in known]), targets, folds),
        held_out=held_out,
        prior=_prior(vocabulary, described),
    )
    model = Model(roles=roles, vocabulary=vocabulary, weights=problem.prior, examples=len(known))
    if len(set(targets.tolist())) < _A_CHOICE:
        return model
    usual = np.quantile([familiarity(vocabulary, one, but_once=True) for one in features], _UNUSUAL)
    model = replace(model, familiar=min(_HALF, float(usual)))
    return _calibrated(model, solve(problem), targets, max_misrouted=max_misrouted)


def _plan(examples: int, roles: int) -> tuple[int, int]:
    """How many folds are held out, of how many: all where it is cheap, one of five where there is much."""
    folds = next(folds for below, folds in _FOLDS if examples < below)
    return max(1, min(folds, _SCORES_AT_ONCE // (examples * roles + 1))), folds


def _prior(vocabulary: Vocabulary, described: Sequence[Features]) -> Floats:
    prior = np.zeros((len(vocabulary) + 1, len(described)), dtype=np.float32)
    for number, features in enumerate(described):
        vector = vocabulary.vector(features)
        prior[vector.at, number] = _DESCRIPTION_SPEAKS * vector.values
    return prior


def _calibrated(model: Model, solution: Solution, targets: NDArray[np.int64], *, max_misrouted: float) -> Model:
    seen = targets[solution.rows]
    heat = fit_temperature(solution.scores, seen)
    likely = softmax(solution.scores / heat)
    threshold = fit_threshold(likely.max(axis=1), likely.argmax(axis=1) == seen, max_misrouted=max_misrouted)
    return replace(model, weights=solution.weights, temperature=heat, threshold=threshold)
