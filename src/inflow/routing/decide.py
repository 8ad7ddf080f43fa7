"""Whose is this message? Rules, then keywords, then history, then the classifier if it is sure enough, else other.

A pure function of the message, what is known of its sender and the policy; the reasons say all there is to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from inflow.mail.message import Message
from inflow.routing.decision import Candidate, DecidedBy, Decision
from inflow.routing.facts import Facts
from inflow.routing.history import Evidence, history_evidence
from inflow.routing.keywords import Hit, keyword_hits, keyword_scores
from inflow.routing.parties import party_kind
from inflow.routing.roles import Role
from inflow.routing.rules import Outcome, Rule, apply_rules
from inflow.routing.settings import ClassifierSettings, PartySettings

_KEYWORDS_ENOUGH = 0.6
_KEYWORDS_CLEAR = 1.5
_HISTORY_ENOUGH = 0.75
_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the organisation has said: roles (other among them), rules, own domains, other settings."""

    roles: tuple[Role, ...]
    other: str
    rules: tuple[Rule, ...] = ()
    internal_domains: tuple[str, ...] = ()
    parties: PartySettings = field(default_factory=PartySettings)
    classifier: ClassifierSettings = field(default_factory=ClassifierSettings)

    @property
    def choices(self) -> tuple[Role, ...]:
        """The roles that a message can be recognised for: those that answer first, but for other."""
        return tuple(role for role in self.roles if role.name != self.other and role.level == 1)


@dataclass(frozen=True, slots=True)
class _Keywords:
    """What keywords say: candidates best first, the reason, and whether they alone may route."""

    candidates: tuple[Candidate, ...]
    reason: str
    clear: bool


def decide(message: Message, facts: Facts, policy: Policy) -> Decision:
    """Route a message that starts a new case: to whom, by what, how sure, why, and who else came into question."""
    known = party_kind(
        message.sender,
        internal_domains=policy.internal_domains,
        listed=policy.parties.domains,
        earlier=facts.party,
    )
    outcome = apply_rules(policy.rules, message, replace(facts, party=known))
    if outcome.rule and outcome.rule.route:
        reason = f'the rule "{outcome.rule.name}" matches'
        return _decision(outcome.rule.route, DecidedBy.RULE, outcome, confidence=1.0, reasons=(reason,), candidates=())
    keywords = _read_keywords(keyword_hits(message, policy.choices))
    history = history_evidence(message, facts, (role.name for role in policy.choices))
    return _weigh(keywords, history, outcome, policy)


def _weigh(keywords: _Keywords, history: Sequence[Evidence], outcome: Outcome, policy: Policy) -> Decision:
    sure = history[0] if history and history[0].confidence >= _HISTORY_ENOUGH else None
    best = keywords.candidates[0] if keywords.candidates else None
    candidates = _merged(
        keywords.candidates, tuple(Candidate(role=one.role, confidence=one.confidence) for one in history)
    )
    told = tuple(one.reason for one in history[:1])
    if best and keywords.clear and (sure is None or sure.role == best.role):
        reasons = (keywords.reason, *(one.reason for one in history if one.role == best.role))
        return _decision(
            best.role, DecidedBy.RULE, outcome, confidence=best.confidence, reasons=reasons, candidates=candidates
        )
    if sure and not (best and keywords.clear):
        return _decision(
            sure.role, DecidedBy.HISTORY, outcome, confidence=sure.confidence, reasons=told, candidates=candidates
        )
    unclear = _why_unclear(keywords, sure)
    reasons = tuple(reason for reason in (unclear, keywords.reason, *told) if reason)
    confidence = 1.0 - candidates[0].confidence if candidates else 1.0
    return _decision(
        policy.other, DecidedBy.OTHER, outcome, confidence=confidence, reasons=reasons, candidates=candidates
    )


def _read_keywords(hits: dict[str, tuple[Hit, ...]]) -> _Keywords:
    scores = sorted(keyword_scores(hits).items(), key=lambda item: (-item[1], item[0]))
    if not scores:
        return _Keywords((), "", clear=False)
    total = sum(score for _, score in scores) + 0.5
    (best, score), rest = scores[0], [score for _, score in scores[1:]]
    candidates = tuple(Candidate(role=role, confidence=score / total) for role, score in scores)
    clear = score >= _KEYWORDS_ENOUGH and (not rest or score >= _KEYWORDS_CLEAR * rest[0])
    return _Keywords(candidates, f"because of {_quoted(hits[best])} (words of {best})", clear=clear)


def _why_unclear(keywords: _Keywords, sure: Evidence | None) -> str:
    if sure and keywords.clear:
        return f"keywords point to {keywords.candidates[0].role}, earlier mails to {sure.role}"
    if len(keywords.candidates) > 1:
        return f"keywords point to {keywords.candidates[0].role} and {keywords.candidates[1].role} about equally"
    return "no role was recognised surely enough"


def _merged(*lists: Sequence[Candidate]) -> tuple[Candidate, ...]:
    best: dict[str, float] = {}
    for candidate in (one for many in lists for one in many):
        best[candidate.role] = max(best.get(candidate.role, 0.0), candidate.confidence)
    return tuple(
        Candidate(role=role, confidence=confidence)
        for role, confidence in sorted(best.items(), key=lambda item: (-item[1], item[0]))
    )


def _quoted(hits: Sequence[Hit]) -> str:
    return ", ".join(f'"{hit.keyword}"' for hit in hits[:_NAMED])


def _decision(
    role: str,
    by: DecidedBy,
    outcome: Outcome,
    *,
    confidence: float,
    reasons: tuple[str, ...],
    candidates: tuple[Candidate, ...],
) -> Decision:
    return Decision(
        role=role,
        by=by,
        confidence=confidence,
        reasons=(*reasons, *outcome.remarks),
        candidates=candidates or (Candidate(role=role, confidence=confidence),),
        labels=outcome.labels,
        party=outcome.party,
    )
