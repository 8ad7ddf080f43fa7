"""Whose is this message? Rules, then keywords, then history, then the classifier if it is sure enough, else other.

A pure function of the message, what is known of its sender and the policy; the reasons say all there is to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from inflow.mail.message import Message
from inflow.routing.decision import Candidate, Contribution, DecidedBy, Decision
from inflow.routing.explain import explain, told
from inflow.routing.facts import Facts
from inflow.routing.features import Sample, sample_of
from inflow.routing.history import Evidence, history_evidence
from inflow.routing.keywords import Hit, keyword_hits, keyword_scores
from inflow.routing.model import Model, predict
from inflow.routing.parties import learned_kind, party_kind
from inflow.routing.roles import Role
from inflow.routing.rules import Outcome, Rule, apply_rules
from inflow.routing.settings import ClassifierSettings, Mode, PartySettings

_KEYWORDS_ENOUGH = 0.6
_KEYWORDS_CLEAR = 1.5
_HISTORY_ENOUGH = 0.75
_LEANS = 0.5
_NAMED = 5
_AT_MOST = 0.99


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """What one source says: candidates best first, why, and whether it may route by itself."""

    by: DecidedBy
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""
    clear: bool = False
    contributions: tuple[Contribution, ...] = ()

    @property
    def best(self) -> Candidate | None:
        return self.candidates[0] if self.candidates else None


def decide(message: Message, facts: Facts, policy: Policy, *, model: Model | None = None) -> Decision:
    """Route a message that starts a new case: to whom, by what, how sure, why, and who else came into question."""
    known = party_kind(
        message.sender,
        internal_domains=policy.internal_domains,
        listed=policy.parties.domains,
        earlier=facts.party,
    )
    kind = learned_kind(model, message) if known is None and model and policy.classifier.enabled else None
    facts = replace(facts, party=kind.party if kind else known)
    outcome = apply_rules(policy.rules, message, facts)
    outcome = replace(outcome, remarks=(*outcome.remarks, kind.reason)) if kind else outcome
    if outcome.rule and outcome.rule.route:
        sure = Candidate(role=outcome.rule.route, confidence=1.0)
        reason = f'the rule "{outcome.rule.name}" matches'
        return _told(_View(by=DecidedBy.RULE, candidates=(sure,)), outcome, (reason,), candidates=(sure,))
    keywords = _keywords_say(keyword_hits(message, policy.choices))
    history = _history_says(history_evidence(message, facts, (role.name for role in policy.choices)))
    learned = _UNLEARNED
    if (
        policy.classifier.enabled and model and model.examples and (model.taught or not keywords.clear)
    ):  # untaught, it has no say against words
        learned = _model_says(model, sample_of(message, facts), policy)
    if policy.classifier.mode is Mode.SHADOW:
        decision = _weigh(keywords, history, _UNLEARNED, outcome=outcome, other=policy.other)
        return replace(decision, shadow=learned.best if learned.clear else None)
    return _weigh(keywords, history, learned, outcome=outcome, other=policy.other)


def _weigh(keywords: _View, history: _View, learned: _View, *, outcome: Outcome, other: str) -> Decision:
    """The classifier where it is sure, unless both others agree against it; else these, unless it leans away."""
    views = (learned, keywords, history)
    candidates = _merged(*(view.candidates for view in views))
    chosen = _choose(keywords, history, learned)
    if chosen and chosen.best and chosen.best.role != other:
        agreeing = tuple(
            view.reason for view in views if view is not chosen and view.best and view.best.role == chosen.best.role
        )
        return _told(chosen, outcome, (chosen.reason, *agreeing[:1]), candidates=candidates)
    reasons = (_why_unclear(views), *(view.reason for view in views if view.reason))
    unlikely = 1.0 - candidates[0].confidence if candidates else 1.0
    none = _View(
        by=DecidedBy.OTHER,
        candidates=(Candidate(role=other, confidence=unlikely),),
        contributions=learned.contributions,
    )
    return _told(none, outcome, reasons, candidates=candidates)


def _choose(keywords: _View, history: _View, learned: _View) -> _View | None:
    agreed = keywords.clear and history.clear and _same(keywords, history)
    if learned.clear:
        return None if agreed and not _same(keywords, learned) else learned
    leans = learned.best is not None and learned.best.confidence >= _LEANS
    clear = [view for view in (keywords, history) if view.clear]
    if not clear or (leans and not _same(clear[0], learned)) or not _same(clear[0], clear[-1]):
        return None
    return clear[0]


def _same(one: _View, another: _View) -> bool:
    return one.best is not None and another.best is not None and one.best.role == another.best.role


def _keywords_say(hits: dict[str, tuple[Hit, ...]]) -> _View:
    scores = sorted(keyword_scores(hits).items(), key=lambda item: (-item[1], item[0]))
    if not scores:
        return _View(by=DecidedBy.RULE)
    total = sum(score for _, score in scores) + 0.5
    (best, score), rest = scores[0], [score for _, score in scores[1:]]
    quoted = ", ".join(f'"{hit.keyword}"' for hit in hits[best][:_NAMED])
    return _View(
        by=DecidedBy.RULE,
        candidates=tuple(Candidate(role=role, confidence=score / total) for role, score in scores),
        reason=f"because of {quoted} (words of {best})",
        clear=score >= _KEYWORDS_ENOUGH and (not rest or score >= _KEYWORDS_CLEAR * rest[0]),
    )


def _history_says(evidence: Sequence[Evidence]) -> _View:
    return _View(
        by=DecidedBy.HISTORY,
        candidates=tuple(Candidate(role=one.role, confidence=one.confidence) for one in evidence),
        reason=evidence[0].reason if evidence else "",
        clear=bool(evidence) and evidence[0].confidence >= _HISTORY_ENOUGH,
    )


def _model_says(model: Model, sample: Sample, policy: Policy) -> _View:
    prediction = predict(model, sample)
    existing = {role.name for role in policy.roles}
    candidates = tuple(one for one in prediction.candidates if one.role in existing)[:_NAMED]
    if not candidates:
        return _UNLEARNED
    best = candidates[0]
    contributions = explain(model, sample, best.role)
    leaning = f"{best.role} {min(best.confidence, _AT_MOST):.0%}"
    reason = f"{told(contributions)} (learned: {leaning})"
    strange = f"unlike any mail seen before (closest: {leaning})"
    return _View(
        by=DecidedBy.MODEL,
        candidates=candidates,
        reason=strange if prediction.unlike else reason,
        clear=prediction.sure and best is prediction.candidates[0],
        contributions=contributions,
    )


def _why_unclear(views: Sequence[_View]) -> str:
    clear = [view for view in views if view.clear or (view.by is DecidedBy.MODEL and view.best)]
    ways = {view.best.role: f"{_SOURCES[view.by]} to {view.best.role}" for view in clear if view.best}
    if len(ways) > 1:
        return f"it is unclear: {', '.join(ways.values())}"
    two = next((view.candidates for view in views if view.by is DecidedBy.RULE and len(view.candidates) > 1), None)
    if two:
        return f"keywords point to {two[0].role} and {two[1].role} about equally"
    return "no role was recognised surely enough"


def _merged(*lists: Sequence[Candidate]) -> tuple[Candidate, ...]:
    best: dict[str, float] = {}
    for candidate in (one for many in lists for one in many):
        best[candidate.role] = max(best.get(candidate.role, 0.0), candidate.confidence)
    ranked = sorted(best.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Candidate(role=role, confidence=confidence) for role, confidence in ranked)


def _told(view: _View, outcome: Outcome, reasons: tuple[str, ...], *, candidates: tuple[Candidate, ...]) -> Decision:
    role, confidence = (view.candidates[0].role, view.candidates[0].confidence)
    return Decision(
        role=role,
        by=view.by,
        confidence=confidence,
        reasons=(*reasons, *outcome.remarks),
        candidates=candidates or view.candidates,
        labels=outcome.labels,
        party=outcome.party,
        contributions=view.contributions,
    )


_UNLEARNED = _View(by=DecidedBy.MODEL)
_SOURCES = {DecidedBy.RULE: "keywords point", DecidedBy.HISTORY: "earlier mails", DecidedBy.MODEL: "what was learned"}
