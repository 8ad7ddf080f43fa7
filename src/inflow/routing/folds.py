"""Folds: which examples are held out together. Near-duplicates and one conversation never stand on both sides."""

from collections.abc import Hashable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from inflow.routing.features import Features, Hashes

_BANDS, _ROWS = 8, 5
_MULTIPLIERS = (np.arange(1, _BANDS * _ROWS + 1, dtype=np.uint32) * np.uint32(0x9E3779B1)) | np.uint32(1)


def group_examples(features: Sequence[Features], known: Sequence[str]) -> NDArray[np.int64]:
    """A group number for each example; those that share a known name or nearly all their words (MinHash) are one."""
    parents = list(range(len(features)))
    first: dict[Hashable, int] = {}
    for number, (seen, name) in enumerate(zip(features, known, strict=True)):
        for key in _keys(np.concatenate([seen.words.hashes, seen.meanings.hashes]), name):
            _join(parents, first.setdefault(key, number), number)
    return np.array([_root(parents, number) for number in range(len(parents))], dtype=np.int64)


def assign_folds(groups: NDArray[np.int64], targets: NDArray[np.int64], folds: int) -> NDArray[np.int64]:
    """A fold for each example: whole groups, the roles spread evenly over the folds."""
    held = np.zeros(len(groups), dtype=np.int64)
    members: dict[int, list[int]] = {}
    for number, group in enumerate(groups.tolist()):
        members.setdefault(group, []).append(number)
    filled = np.zeros((folds, int(targets.max(initial=0)) + 1), dtype=np.int64)
    for numbers in sorted(members.values(), key=lambda some: (-len(some), some[0])):
        target = targets[numbers[0]]
        fold = int(np.lexsort((filled.sum(axis=1), filled[:, target]))[0])
        held[numbers] = fold
        np.add.at(filled[fold], targets[numbers], 1)
    return held


def _keys(words: Hashes, name: str) -> Iterable[Hashable]:
    if name:
        yield name
    if words.size:
        lowest = (words[None, :] * _MULTIPLIERS[:, None]).min(axis=1).reshape(_BANDS, _ROWS)
        yield from ((band, row.tobytes()) for band, row in enumerate(lowest))


def _root(parents: list[int], number: int) -> int:
    while parents[number] != number:
        parents[number] = parents[parents[number]]
        number = parents[number]
    return number


def _join(parents: list[int], one: int, other: int) -> None:
    low, high = sorted((_root(parents, one), _root(parents, other)))
    parents[high] = low
