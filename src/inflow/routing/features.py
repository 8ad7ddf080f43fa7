"""What the classifier reads of a message: words and pieces of words, and the facts around them, each as a 32-bit hash.

The same sample always gives the same features, in every process and on every machine.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inflow.mail.message import Message
from inflow.routing.facts import Facts
from inflow.routing.words import routing_text, stem, words_of

_WORDS_READ = 400
_LONGEST_WORD = 40
_PIECE = 4
_NEAR, _NEAR_PAIRS = 8, 200
_SUBJECT_COUNTS = 2
_MIX = np.uint32(0x9E3779B1)
_SALT = np.uint32(0x85EBCA6B)

Hashes = NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What of a message is learned from: the new text, the subject and the facts around them; empty where unknown."""

    text: str
    subject: str = ""
    sender: str = ""
    mailbox: str = ""
    party: str = ""
    language: str = ""
    attachments: tuple[str, ...] = ()


class Tally(NamedTuple):
    """Distinct features in rising order, and how often each occurs."""

    hashes: Hashes
    counts: NDArray[np.uint16]


class Features(NamedTuple):
    """The hashed features of a sample in three blocks."""

    words: Tally
    pieces: Tally
    facts: Tally


def sample_of(message: Message, facts: Facts) -> Sample:
    """The sample of a message; of an attachment only the kind counts."""
    return Sample(
        text=routing_text(message),
        subject=message.subject,
        sender=message.sender.address.lower(),
        mailbox=facts.mailbox,
        party=facts.party or "",
        language=message.language,
        attachments=tuple(PurePosixPath(attachment.filename).suffix.lower() for attachment in message.attachments),
    )


def features_of(sample: Sample) -> Features:
    """All features of a sample."""
    words = sample_words(sample)
    known = [_hashes(word) for word in words]
    whole = np.concatenate([_NONE, *(hashes[:2] for hashes in known)])
    pairs, _ = pairs_of(whole)
    pieces = np.concatenate([_NONE, *(hashes[2:] for hashes in known)])
    facts = np.array([_hash(fact) for fact in facts_of(sample)], dtype=np.uint32)
    return Features(_tally(np.concatenate([whole, pairs])), _tally(pieces), _tally(facts))


def _tally(hashes: Hashes) -> Tally:
    distinct, counts = np.unique(hashes, return_counts=True)
    return Tally(distinct, counts.astype(np.uint16))


def sample_words(sample: Sample) -> list[str]:
    """The words that count, in order: the subject's more often; every digit is a 0."""
    subject, text = words_of(sample.subject), words_of(sample.text)
    return [_plain(word) for word in (subject * _SUBJECT_COUNTS + text)[:_WORDS_READ]]


def facts_of(sample: Sample) -> Iterator[str]:
    """The facts of a sample as `kind:value`."""
    domain = sample.sender.rpartition("@")[2]
    known = (("from", sample.sender), ("domain", domain), ("mailbox", sample.mailbox), ("party", sample.party))
    yield from (f"{kind}:{value}" for kind, value in (*known, ("language", sample.language)) if value)
    yield from (f"attachment:{kind}" for kind in dict.fromkeys(sample.attachments) if kind)


def pairs_of(whole: Hashes) -> tuple[Hashes, NDArray[np.int64]]:
    """Pairs of words from the hashes of each word and its stem: a hash a pair, and the numbers of its two words, -1 an edge.

    Words that follow each other, beginning and end of the text among them, and in either order the stems of words that
    stand near: the nearer only, the longer the text.
    """
    words, stems = whole[::2], whole[1::2]
    if not words.size:
        return _NONE, np.zeros((0, 2), dtype=np.int64)
    edged, numbers = np.concatenate([_EDGE, words, _EDGE]), np.append(np.arange(-1, len(words)), -1)
    reach = range(1, 1 + min(_NEAR, _NEAR_PAIRS // len(words)))
    following = (edged[:-1] * _MIX) ^ (edged[1:] + _SALT)
    near = [(stems[:-apart] + stems[apart:]) * _MIX ^ _SALT for apart in reach]
    owners = [np.stack([numbers[1 : -1 - apart], numbers[1 + apart : -1]], axis=1) for apart in reach]
    beside = np.stack([numbers[:-1], numbers[1:]], axis=1)
    return np.concatenate([following, *near]), np.concatenate([beside, *owners])


def word_hashes(word: str) -> tuple[Hashes, Hashes]:
    """The hashes of a word as a whole (itself and its stem), and of its pieces."""
    hashes = _hashes(word)
    return hashes[:2], hashes[2:]


def fact_hash(fact: str) -> np.uint32:
    """The hash of a fact as `facts_of` writes it."""
    return np.uint32(_hash(fact))


@lru_cache(maxsize=32_768)
def _hashes(word: str) -> Hashes:
    edged = f" {word} "
    pieces = [edged[at : at + _PIECE] for at in range(len(edged) - _PIECE + 1)]
    return np.array([_hash(f"w:{word}"), _hash(f"s:{stem(word)}"), *map(_hash, pieces)], dtype=np.uint32)


@lru_cache(maxsize=32_768)
def _plain(word: str) -> str:
    return "".join("0" if letter.isdigit() else letter for letter in word[:_LONGEST_WORD])


def _hash(text: str) -> int:
    return zlib.crc32(text.encode(errors="surrogatepass"))


_NONE: Hashes = np.zeros(0, dtype=np.uint32)
_EDGE: Hashes = np.full(1, _hash("edge"), dtype=np.uint32)
