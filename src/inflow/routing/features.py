"""What the classifier reads of a message: words, pieces of words, what words mean, and the facts around them, each as a 32-bit hash.

The same sample always gives the same features, in every process and on every machine.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inflow.mail.message import Message
from inflow.routing.facts import Facts
from inflow.routing.meanings import meaning
from inflow.routing.words import STOPWORDS, routing_text, stem, words_of

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
    """The hashed features of a sample in four blocks."""

    words: Tally
    pieces: Tally
    meanings: Tally
    facts: Tally


class Trace(NamedTuple):
    """The features of a block as they occur, and the numbers of the one or two words or facts whose each is: -1 for none."""

    hashes: Hashes
    owners: NDArray[np.int64]


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
    traces = (*traces_of(sample_words(sample)), traced_facts(list(facts_of(sample))))
    return Features(*(_tally(trace.hashes) for trace in traces))


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


def traces_of(words: Sequence[str]) -> tuple[Trace, Trace, Trace]:
    """The features of words, of their pieces, and of what they mean: in pairs a word stands for its meaning, or else its stem."""
    known = [_hashes(word) for word in words]
    numbers = np.arange(len(words))
    stems, meanings = np.array([hashes[:2] for hashes in known], dtype=np.uint32).reshape(-1, 2).T
    content, meant = np.flatnonzero(meanings), np.flatnonzero((meanings != 0) & (meanings != stems))
    pieces = np.repeat(numbers, np.array([len(hashes) - 2 for hashes in known], dtype=np.int64))
    return (
        _joined(_alone(stems, numbers), _near(meanings[content], content)),
        _alone(np.concatenate([_NONE, *(hashes[2:] for hashes in known)]), pieces),
        _joined(_alone(meanings[meant], meant), _following(np.where(meanings == 0, stems, meanings))),
    )


def traced_facts(facts: Sequence[str]) -> Trace:
    """The features of facts as `facts_of` writes them."""
    return _alone(np.array([_hash(fact) for fact in facts], dtype=np.uint32), np.arange(len(facts)))


def _joined(*traces: Trace) -> Trace:
    return Trace(np.concatenate([one.hashes for one in traces]), np.concatenate([one.owners for one in traces]))


def _alone(hashes: Hashes, numbers: NDArray[np.int64]) -> Trace:
    return Trace(hashes, np.stack([numbers, np.full(len(numbers), -1)], axis=1))


def _following(words: Hashes) -> Trace:
    """Pairs of words that follow each other, beginning and end of the text among them."""
    edged, numbers = np.concatenate([_EDGE, words, _EDGE]), np.append(np.arange(-1, len(words)), -1)
    pairs = (edged[:-1] * _MIX) ^ (edged[1:] + _SALT)
    return Trace(pairs, np.stack([numbers[:-1], numbers[1:]], axis=1)) if words.size else _alone(_NONE, numbers[:0])


def _near(words: Hashes, numbers: NDArray[np.int64]) -> Trace:
    """Pairs of words that stand near, in either order: the nearer only, the longer the text."""
    reach = range(1, 1 + min(_NEAR, _NEAR_PAIRS // max(1, len(words))))
    pairs = [(words[:-apart] + words[apart:]) * _MIX ^ _SALT for apart in reach]
    owners = [np.stack([numbers[:-apart], numbers[apart:]], axis=1) for apart in reach]
    return Trace(np.concatenate([_NONE, *pairs]), np.concatenate([np.zeros((0, 2), dtype=np.int64), *owners]))


@lru_cache(maxsize=32_768)
def _hashes(word: str) -> Hashes:
    """The stem of a word, its meaning (or else its stem, or 0 if it is too common to mean anything), and its pieces."""
    edged, root, meant = f" {word} ", _hash(f"s:{stem(word)}"), meaning(word)
    means = _hash(f"m:{meant}") if meant else 0 if word in STOPWORDS else root
    pieces = [edged[at : at + _PIECE] for at in range(len(edged) - _PIECE + 1)]
    return np.array([root, means, *map(_hash, pieces)], dtype=np.uint32)


@lru_cache(maxsize=32_768)
def _plain(word: str) -> str:
    return "".join("0" if letter.isdigit() else letter for letter in word[:_LONGEST_WORD])


def _hash(text: str) -> int:
    return zlib.crc32(text.encode(errors="surrogatepass"))


_NONE: Hashes = np.zeros(0, dtype=np.uint32)
_EDGE: Hashes = np.full(1, _hash("edge"), dtype=np.uint32)
