"""Which of the unclaimed mails to ask people about first: those whose answer teaches most, near-duplicates once."""

from collections import Counter
from collections.abc import Sequence

from inflow.routing.features import Sample, features_of
from inflow.routing.folds import group_examples
from inflow.routing.model import Model, predict


def ask_first(model: Model, waiting: Sequence[Sample]) -> tuple[tuple[int, int], ...]:
    """The numbers of the samples to ask about, best first, each with how many near-duplicates its answer settles (itself 1).

    An answer teaches the more, the less the model tells the two likeliest roles apart and the more mails are like it.
    """
    groups = group_examples([features_of(sample) for sample in waiting], [""] * len(waiting)).tolist()
    alike = Counter(groups)
    first = {group: number for number, group in reversed(list(enumerate(groups)))}
    worth = {number: alike[group] * (1 - _margin(model, waiting[number])) for group, number in first.items()}
    ranked = sorted(worth, key=lambda number: (-worth[number], number))
    return tuple((number, alike[groups[number]]) for number in ranked)


def _margin(model: Model, sample: Sample) -> float:
    confidences = [one.confidence for one in predict(model, sample).candidates]
    return confidences[0] - confidences[1] if len(confidences) > 1 else 0.0
