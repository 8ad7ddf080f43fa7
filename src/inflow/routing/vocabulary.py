"""The features a model knows, with their weight by rarity; it turns features into vectors of length one a block."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from inflow.routing.features import Features, Hashes

_BLOCK_WEIGHTS = (1.0, 1.0, 1.0, 0.5)
_RARE_KEPT = 150_000
_TELLING = 0.2


class Vector(NamedTuple):
    """A sparse vector: which features, in rising order within a block, and their values."""

    at: NDArray[np.int32]
    values: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The known features of one block, sorted, and the rarity (smoothed idf) of each."""

    known: Hashes
    rarity: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The four blocks of known features; `rarest` is the rarity of a feature seen once."""

    blocks: tuple[Block, ...]
    rarest: float

    def __len__(self) -> int:
        return sum(len(block.known) for block in self.blocks)

    def vector(self, features: Features) -> Vector:
        """The vector of a sample's features; unknown ones are left out."""
        found, values, offset = [], [], 0
        for number, tally in enumerate(features):
            at, weighed = self.weigh(number, tally.hashes, tally.counts)
            found.append((at[at >= 0] + offset).astype(np.int32))
            values.append(weighed[at >= 0].astype(np.float32))
            offset += len(self.blocks[number].known)
        return Vector(np.concatenate(found), np.concatenate(values))

    def weigh(self, number: int, hashes: Hashes, counts: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Where each distinct feature of a block stands (-1: unknown) and its value by how often it occurs.

        Unknown features have length too: a message of which little is known is a short vector, and leans nowhere.
        """
        block = self.blocks[number]
        at = positions(block.known, hashes)
        rarity = np.full(len(at), self.rarest)
        rarity[at >= 0] = block.rarity[at[at >= 0]]
        raw = (1 + np.log(counts)) * rarity
        length = float(np.sqrt(raw @ raw)) or 1.0
        return at, raw * (_BLOCK_WEIGHTS[number] / length)

    def extended(self, features: Features) -> tuple["Vocabulary", NDArray[np.int64]]:
        """With a sample's unknown features as the rarest, and where the features it had stand now."""
        blocks, places, offset = [], [], 0
        for block, tally in zip(self.blocks, features, strict=True):
            known = np.union1d(block.known, tally.hashes)
            kept = np.searchsorted(known, block.known)
            rarity = np.full(len(known), self.rarest, dtype=np.float32)
            rarity[kept] = block.rarity
            blocks.append(Block(known, rarity))
            places.append(kept + offset)
            offset += len(known)
        return Vocabulary(tuple(blocks), self.rarest), np.concatenate(places)


def positions(known: Hashes, hashes: Hashes) -> NDArray[np.int64]:
    """Where each hash stands among the known ones; -1 where it is unknown."""
    if not known.size:
        return np.full(len(hashes), -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.where(known[at] == hashes, at, -1)


def build_vocabulary(samples: Sequence[Features], described: Sequence[Features]) -> Vocabulary:
    """The vocabulary of samples and role descriptions; of very many features those seen once are left out."""
    counted = [_counted((*samples, *described), number) for number, _ in enumerate(_BLOCK_WEIGHTS)]
    total = len(samples) + len(described)
    many = sum(len(known) for known, _ in counted) > _RARE_KEPT
    blocks = []
    for number, (known, frequency) in enumerate(counted):
        wanted = (frequency > 1) | np.isin(known, _counted(described, number)[0]) | (not many)
        rarity = log(1 + total) - np.log(1 + frequency[wanted]) + 1
        blocks.append(Block(known[wanted], rarity.astype(np.float32)))
    return Vocabulary(tuple(blocks), rarest=log((1 + total) / 2) + 1)


def telling(vocabulary: Vocabulary, by_role: Sequence[Sequence[Features]]) -> Vocabulary:
    """The vocabulary with more weight for features that keep to fewer roles than chance would have it."""
    return replace(
        vocabulary, blocks=tuple(_told(block, by_role, number) for number, block in enumerate(vocabulary.blocks))
    )


def _told(block: Block, by_role: Sequence[Sequence[Features]], number: int) -> Block:
    frequency, spread = np.zeros(len(block.known)), np.zeros(len(block.known))
    for samples in by_role:
        hashes, counts = _counted(samples, number)
        at = positions(block.known, hashes)
        frequency[at[at >= 0]] += counts[at >= 0]
        spread[at[at >= 0]] += 1
    shares = [len(samples) / sum(map(len, by_role)) for samples in by_role]
    by_chance = np.sum([1 - (1 - share) ** frequency for share in shares], axis=0)
    return replace(block, rarity=(block.rarity * (by_chance / spread) ** _TELLING).astype(np.float32))


def _counted(samples: Sequence[Features], number: int) -> tuple[Hashes, NDArray[np.int64]]:
    """The features of a block over all samples, and in how many each occurs."""
    hashes = (features[number].hashes for features in samples)
    return np.unique(np.concatenate([np.zeros(0, dtype=np.uint32), *hashes]), return_counts=True)
