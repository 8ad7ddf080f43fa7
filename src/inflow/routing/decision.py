"""A decision: where a message goes and why."""

from dataclasses import dataclass
from enum import StrEnum


class DecidedBy(StrEnum):
    """Who or what decided."""

    THREAD = "thread"
    RULE = "rule"
    HISTORY = "history"
    MODEL = "model"
    PERSON = "person"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A role that might have it, with a confidence between 0 and 1."""

    role: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Which role, by whom, how sure (0 to 1), why in words a person understands, and who else came into question, best first."""

    role: str
    by: DecidedBy
    confidence: float
    reasons: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()
    labels: tuple[str, ...] = ()
