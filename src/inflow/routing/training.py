"""From examples to a model. Deterministic: the same examples in the same order give the same model, bit for bit."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np

from inflow.routing.calibration import fit_temperature, fit_threshold
from inflow.routing.features import Features, Sample, features_of
from inflow.routing.folds import assign_folds, group_examples
from inflow.routing.model import A_CHOICE, Model, familiarity
from inflow.routing.roles import Role
from inflow.routing.solver import Floats, Problem, Solution, softmax, solve
from inflow.routing.vocabulary import Vocabulary, build_vocabulary

_DESCRIPTION_SPEAKS, _ALWAYS = 14.0, 3.0
_FOLDS = ((60, 20), (300, 10), (inf, 5))
_ROUNDING = 1e-3
_UNUSUAL, _HALF = 0.01, 0.5
_SCORES_AT_ONCE, _WEIGHTS_AT_ONCE = 1_500_000, 8_000_000
_ROOM = 6_000_000


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
    prior = _prior(vocabulary, described, len(known))
    targets = np.array([roles.index(example.role) for example in known], dtype=np.int64)
    taught = len(set(targets.tolist()))
    model = Model(roles=roles, vocabulary=vocabulary, weights=prior, examples=len(known), taught=taught)
    if taught < A_CHOICE:
        return model
    held_out, folds = _plan(len(known), prior)
    usual = np.quantile([familiarity(vocabulary, one, but_once=True) for one in features], _UNUSUAL)
    problem = Problem(
        targets=targets,
        weights=np.array([example.weight for example in known], dtype=np.float32),
        folds=assign_folds(group_examples(features, [example.group for example in known]), targets, folds),
        vectors=[vocabulary.vector(features.popleft()) for _ in known],
        held_out=held_out,
        prior=prior,
    )
    model = replace(model, familiar=min(_HALF, float(usual)))
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


def _plan(examples: int, prior: Floats) -> tuple[int, int]:
    """How many folds are held out, of how many: all where it is cheap, one of five where there is much."""
    folds = next(folds for below, folds in _FOLDS if examples < below)
    held_out = min(_SCORES_AT_ONCE // (examples * prior.shape[1]), _WEIGHTS_AT_ONCE // prior.size - 1)
    return max(1, min(folds, held_out)), folds


def _prior(vocabulary: Vocabulary, described: Sequence[Features], examples: int) -> Floats:
    """What descriptions say, as weights to start from; they count for less the more examples a role has."""
    speaks = max(_ALWAYS, _DESCRIPTION_SPEAKS / max(1.0, examples / max(1, len(described))) ** 0.5)
    prior = np.zeros((len(vocabulary) + 1, len(described)), dtype=np.float32)
    for number, features in enumerate(described):
        vector = vocabulary.vector(features)
        prior[vector.at, number] = speaks * vector.values
    return prior


def _calibrated(model: Model, solution: Solution, problem: Problem, *, max_misrouted: float) -> Model:
    """The solved model with its temperature and threshold; of weak labels only so many count as evidence as they weigh."""
    seen = problem.targets[solution.rows]
    heat = fit_temperature(solution.scores, seen)
    likely = softmax(solution.scores / heat)
    evident = np.diff(np.floor(np.cumsum(np.minimum(problem.weights[solution.rows], 1)) + _ROUNDING), prepend=0) > 0
    right = likely.argmax(axis=1) == seen
    threshold = fit_threshold(likely.max(axis=1)[evident], right[evident], max_misrouted=max_misrouted)
    return replace(model, weights=solution.weights, temperature=heat, threshold=threshold)
