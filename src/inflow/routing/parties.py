"""What kind of party writes: by the organisation's own domains, by the lists an operator keeps, else what was known."""

from collections.abc import Iterable, Mapping

from inflow.mail.message import Address
from inflow.routing.facts import PartyKind


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
