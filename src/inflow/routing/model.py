"""What was learned, and what it says of a sample: how likely each role is, and whether it is like any seen before."""

from dataclasses import dataclass, replace

import numpy as np

from inflow.routing.calibration import NEVER, UNPROVEN, Threshold, honest
from inflow.routing.decision import Candidate
from inflow.routing.features import Features, Sample, features_of
from inflow.routing.solver import Floats, softmax, step, with_bias
from inflow.routing.vocabulary import Vocabulary, positions

A_CHOICE = 2
_STEPS_A_CORRECTION = 12


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """The roles it tells apart, a row of weights a feature and one of bias, and how far it may be trusted.

    `taught` counts the roles it has examples of, `corrections` the examples since training; `familiar` is the least share
    of a message's features that must be known. `kinds` tells kinds of party apart, where those are known of enough senders.
    """

    roles: tuple[str, ...]
    vocabulary: Vocabulary
    weights: Floats
    examples: int = 0
    taught: int = 0
    corrections: int = 0
    temperature: float = 1.0
    slope: float = 1.0
    familiar: float = 0.0
    threshold: Threshold = UNPROVEN
    kinds: "Model | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The roles by likelihood, best first; `sure`: enough for the promise; `unlike`: unlike anything seen."""

    candidates: tuple[Candidate, ...]
    sure: bool
    unlike: bool


def standing(model: Model) -> str:
    """What the model may do and on what it rests, as a sentence."""
    if model.taught < A_CHOICE:
        return "it cannot learn a choice yet: there are no cases of two roles"
    if model.threshold.confidence == NEVER:
        return f"it does not route yet: {model.examples} cases are too few, or too hard to tell apart, for the promise"
    held = model.threshold
    return (
        f"it routes from {held.confidence:.0%} sure: of {held.routed} held-out cases that were, {held.wrong} were wrong"
    )


def predict(model: Model, sample: Sample) -> Prediction:
    """What the model says of a sample."""
    features = features_of(sample)
    vector = with_bias(model.vocabulary.vector(features), len(model.vocabulary))
    if not model.roles:
        return Prediction(candidates=(), sure=False, unlike=True)
    likely = honest(softmax((vector.values @ model.weights[vector.at]) / model.temperature), model.slope)
    order = np.argsort(-likely, kind="stable")
    unlike = familiarity(model.vocabulary, features) < model.familiar
    return Prediction(
        candidates=tuple(Candidate(role=model.roles[at], confidence=float(likely[at])) for at in order),
        sure=not unlike and float(likely[order[0]]) >= model.threshold.confidence,
        unlike=unlike,
    )


def familiarity(vocabulary: Vocabulary, features: Features, *, but_once: bool = False) -> float:
    """The share of a sample's distinct pieces of words that are known; 1 when it has none.

    With `but_once`, what is known from one example only, the sample's own, does not count.
    """
    pieces = features.pieces.hashes
    at = positions(vocabulary.blocks[1].known, pieces)
    known = at >= 0
    if but_once:
        known[known] = vocabulary.blocks[1].rarity[at[known]] < np.float32(vocabulary.rarest)
    return float(known.mean()) if pieces.size else 1.0


def correct(model: Model, sample: Sample, role: str, *, weight: float = 1.0) -> Model:
    """The model with one more example, at once: all other examples hold still until the next training.

    Raises ValueError when the model does not know the role: train anew.
    """
    if role not in model.roles:
        raise ValueError(f"the model does not know the role {role!r}: train anew")
    features = features_of(sample)
    vocabulary, places = model.vocabulary.extended(features)
    weights = np.zeros((len(vocabulary) + 1, len(model.roles)), dtype=np.float32)
    weights[places], weights[-1] = model.weights[:-1], model.weights[-1]
    vector = with_bias(vocabulary.vector(features), len(vocabulary))
    dual = np.zeros((1, len(model.roles)), dtype=np.float32)
    for _ in range(_STEPS_A_CORRECTION):
        step(weights, vector, dual, target=model.roles.index(role), weight=np.full((1, 1), weight, dtype=np.float32))
    return replace(
        model, vocabulary=vocabulary, weights=weights, examples=model.examples + 1, corrections=model.corrections + 1
    )
