"""Why each of the likeliest roles may be the one: reasons beside the candidates of a message that went to *other*."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from inflow.mail.message import Message
from inflow.routing.decide import Policy
from inflow.routing.decision import Candidate, Decision
from inflow.routing.explain import explain, told
from inflow.routing.facts import Facts
from inflow.routing.features import Sample, sample_of
from inflow.routing.history import history_evidence
from inflow.routing.keywords import Hit, keyword_hits
from inflow.routing.model import Model

BEST = 3
_NAMED = 4


def with_reasons(
    decision: Decision, message: Message, facts: Facts, policy: Policy, *, model: Model | None
) -> Decision:
    """A decision for other whose best three candidates say why: keywords found, the sender's earlier cases, what was learned."""
    best = [one for one in decision.candidates if one.role != policy.other][:BEST]
    if decision.role != policy.other or not best:
        return decision
    hits = keyword_hits(message, policy.choices)
    earlier = {one.role: one.reason for one in history_evidence(message, facts, [role.name for role in policy.choices])}
    sample = sample_of(message, facts)
    said = {one.role: _reasons(one, hits, earlier, sample, model=model) for one in best}
    return replace(
        decision, candidates=tuple(replace(one, reasons=said.get(one.role, ())) for one in decision.candidates)
    )


def _reasons(
    one: Candidate,
    hits: Mapping[str, Sequence[Hit]],
    earlier: Mapping[str, str],
    sample: Sample,
    *,
    model: Model | None,
) -> tuple[str, ...]:
    reasons = []
    if found := hits.get(one.role):
        quoted = ", ".join(f'"{hit.keyword}"' for hit in found[:_NAMED])
        reasons.append(f"because of {quoted} (words of {one.role})")
    if one.role in earlier:
        reasons.append(earlier[one.role])
    if model is not None and model.examples and one.role in model.roles:
        reasons.append(f"{told(explain(model, sample, one.role))} (learned: {one.role} {one.confidence:.0%})")
    return tuple(reasons)
