"""Multinomial logistic regression, shrunk towards a prior, by dual coordinate ascent (Shalev-Shwartz & Zhang 2013).

Several stacks are solved in one pass: the first learns from all examples, stack k from all but those of fold k, so that
every example has a score from weights that never saw it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from inflow.routing.vocabulary import Vector

_COST = 40.0
BIAS = 0.1
_SURELY_CURVED = 0.05
_STRIDE = 2_654_435_761
_STILL = 0.0015

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """What is to be solved: `folds` numbers each example's fold from 0; `prior` has a row a feature, and bias last."""

    vectors: Sequence[Vector]
    targets: NDArray[np.int64]
    weights: Floats
    folds: NDArray[np.int64]
    held_out: int
    prior: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The weights learned from all, and for each example of a held-out fold its scores by weights that never saw it."""

    weights: Floats
    rows: NDArray[np.int64]
    scores: Floats


def solve(problem: Problem, *, passes: int = 10) -> Solution:
    """Learn until the duals all but stand still. Deterministic: the order in each pass is a fixed permutation."""
    stacks, (features, roles) = problem.held_out + 1, problem.prior.shape
    weights = np.tile(problem.prior, (1, stacks))
    dual = np.zeros((len(problem.vectors), stacks, roles), dtype=np.float32)
    live = np.ones((len(problem.vectors), stacks, 1), dtype=np.float32)
    for fold in range(problem.held_out):
        live[problem.folds == fold, fold + 1] = 0
    vectors = [with_bias(vector, features - 1) for vector in problem.vectors]
    for turn in range(passes):
        before = dual.copy()
        for number in np.argsort(np.arange(len(problem.vectors)) * (2 * turn + 1) * _STRIDE % 2**32, kind="stable"):
            step(
                weights,
                vectors[number],
                dual[number],
                target=problem.targets[number],
                weight=live[number] * problem.weights[number],
            )
        if np.abs(dual - before).mean() * roles < _STILL:
            break
    rows = np.flatnonzero(problem.folds < problem.held_out)
    scores = [
        (vectors[row].values @ weights[vectors[row].at]).reshape(stacks, roles)[problem.folds[row] + 1] for row in rows
    ]
    return Solution(weights[:, :roles].copy(), rows, np.array(scores, dtype=np.float32).reshape(len(rows), roles))


def step(weights: Floats, vector: Vector, dual: Floats, *, target: int, weight: Floats) -> None:
    """Move one example's dual (stacks by roles) towards its optimum; all others hold still. Changes its arguments."""
    rows = weights[vector.at]
    cost = _COST * weight
    wanted = -softmax((vector.values @ rows).reshape(dual.shape))
    curvature = (-wanted * (1 + wanted)).max(axis=-1, keepdims=True)
    wanted[:, target] += 1
    change = (wanted - dual) / (1 + cost * float(vector.values @ vector.values) * (_SURELY_CURVED + curvature))
    change[weight[:, 0] == 0] = 0
    dual += change
    weights[vector.at] = rows + vector.values[:, None] * (cost * change).reshape(-1)


def with_bias(vector: Vector, bias: int) -> Vector:
    """The vector with the feature that every example has; small, so that a role is not chosen for being common."""
    return Vector(np.append(vector.at, bias), np.append(vector.values, np.float32(BIAS)))


def softmax(scores: Floats) -> Floats:
    """Probabilities from scores, along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)
