"""A decision: where a message goes and why."""

from dataclasses import dataclass
from enum import StrEnum

from inflow.routing.facts import PartyKind


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
    """A role that might have it, with a confidence between 0 and 1 and, where it is proposed to people, why."""

    role: str
    confidence: float
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """A word (or `kind:value` of a fact) and what it adds to a role's score; negative speaks against."""

    what: str
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Which role, by whom, how sure (0 to 1), why in words a person understands, who came into question (best first).

    `labels` and `party` are what rules say of the case beside its role. `contributions` are what the classifier's
    leaning is made of. `shadow` is where the classifier would have routed it, were it not in shadow mode.
    """

    role: str
    by: DecidedBy
    confidence: float
    reasons: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()
    labels: tuple[str, ...] = ()
    party: PartyKind | None = None
    contributions: tuple[Contribution, ...] = ()
    shadow: Candidate | None = None
