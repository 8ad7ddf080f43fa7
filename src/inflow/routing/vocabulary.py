"""The features a model knows, with their weight by rarity; it turns features into vectors of length one a block."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inflow.routing.features import Features, Hashes

_BLOCK_WEIGHTS = (1.0, 1.0, 0.5)
_RARE_KEPT = 150_000


class Vector(NamedTuple):
    """A sparse vector: which features, in rising order within a block, and their values."""

    at: NDArray[np.int64]
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The known features of one block, sorted, and the rarity (smoothed idf) of each."""

    known: Hashes
    rarity: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The three blocks of known features; feature numbers run through them in turn."""

    blocks: tuple[Block, ...]

    def __len__(self) -> int:
        return sum(len(block.known) for block in self.blocks)

    def vector(self, features: Features) -> Vector:
        """The vector of a sample's features; unknown ones are left out."""
        found, values, offset = [], [], 0
        for number, (block, hashes) in enumerate(zip(self.blocks, features, strict=True)):
            at, counts = np.unique(positions(block.known, hashes), return_counts=True)
            at, counts = (at[1:], counts[1:]) if at.size and at[0] < 0 else (at, counts)
            found.append(at + offset)
            values.append(self.weigh(number, at, counts).astype(np.float32))
            offset += len(block.known)
        return Vector(np.concatenate(found), np.concatenate(values))

    def weigh(self, number: int, at: NDArray[np.int64], counts: NDArray[Any]) -> NDArray[np.float64]:
        """The values of one block's features by how often each occurs."""
        raw = (1 + np.log(counts)) * self.blocks[number].rarity[at]
        length = float(np.sqrt(raw @ raw)) or 1.0
        return np.asarray(raw * (_BLOCK_WEIGHTS[number] / length), dtype=np.float64)

    def extended(self, features: Features, *, examples: int) -> tuple["Vocabulary", NDArray[np.int64]]:
        """With a sample's unknown features as rare ones of `examples`, and where the features it had stand now."""
        blocks, places, offset = [], [], 0
        for block, hashes in zip(self.blocks, features, strict=True):
            known = np.union1d(block.known, hashes)
            kept = np.searchsorted(known, block.known)
            rarity = np.full(len(known), np.log((1 + examples) / 2) + 1, dtype=np.float32)
            rarity[kept] = block.rarity
            blocks.append(Block(known, rarity))
            places.append(kept + offset)
            offset += len(known)
        return Vocabulary(tuple(blocks)), np.concatenate(places)


def positions(known: Hashes, hashes: Hashes) -> NDArray[np.int64]:
    """Where each hash stands among the known ones; -1 where it is unknown."""
    if not known.size:
        return np.full(len(hashes), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.where(known[at] == hashes, at, -1)


def build_vocabulary(samples: Sequence[Features], described: Sequence[Features]) -> Vocabulary:
    """The vocabulary of samples and role descriptions; of very many features those seen once are left out."""
    counted = [
        _counted([features[number] for features in (*samples, *described)]) for number, _ in enumerate(_BLOCK_WEIGHTS)
    ]
    many = sum(len(known) for known, _ in counted) > _RARE_KEPT
    blocks = []
    for number, (known, frequency) in enumerate(counted):
        wanted = (frequency > 1) | np.isin(known, _joined([features[number] for features in described])) | (not many)
        rarity = np.log((1 + len(samples) + len(described)) / (1 + frequency[wanted])) + 1
        blocks.append(Block(known[wanted], rarity.astype(np.float32)))
    return Vocabulary(tuple(blocks))


def _counted(samples: Sequence[Hashes]) -> tuple[Hashes, NDArray[np.int64]]:
    return np.unique(_joined([np.unique(hashes) for hashes in samples]), return_counts=True)


def _joined(samples: Sequence[Hashes]) -> Hashes:
    return np.concatenate([np.zeros(0, dtype=np.uint32), *samples])
