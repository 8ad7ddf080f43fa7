"""What kind of party writes: by the organisation's own domains, by the lists an operator keeps, else what was known, else by
what was learned of the words that each kind writes, where that is sure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from inflow.mail.message import Address, Message, Nature
from inflow.routing.facts import Facts, PartyKind
from inflow.routing.features import Sample, sample_of
from inflow.routing.model import Model, predict


def party_kind(
    sender: Address,
    *,
    internal_domains: Iterable[str],
    listed: Mapping[PartyKind, Iterable[str]],
    earlier: PartyKind | None = None,
) -> PartyKind | None:
    """The kind of party a sender is, or None when nothing tells. `earlier` is what its last case said."""
    if any(in_domain(sender.domain, domain) for domain in internal_domains):
        return PartyKind.INTERNAL
    by_list = (kind for kind, domains in listed.items() if any(in_domain(sender.domain, domain) for domain in domains))
    return next(by_list, earlier)


def in_domain(domain: str, listed: str) -> bool:
    """Whether `domain` is `listed` (which may be written with a leading @ or *.) or below it."""
    wanted = listed.lower().removeprefix("@").removeprefix("*").strip(".")
    return bool(wanted) and (domain == wanted or domain.endswith(f".{wanted}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A kind of party told by words alone, and why in words."""

    party: PartyKind
    reason: str


def learned_kind(model: Model, message: Message) -> Learned | None:
    """What kind of party a person writes as who is not known yet; None where nothing was learned of that, or it is not sure."""
    if model.kinds is None or message.nature is not Nature.PERSON:
        return None
    prediction = predict(model.kinds, anonymous(sample_of(message, Facts())))
    if not prediction.sure:
        return None
    best = prediction.candidates[0]
    return Learned(
        party=PartyKind(best.role),
        reason=f"its words are those of one who is {best.role} (learned: {best.confidence:.0%})",
    )


def anonymous(sample: Sample) -> Sample:
    """A sample without what says who wrote: kinds are learned of words, for senders nobody has seen."""
    return replace(sample, sender="", party="", mailbox="")
