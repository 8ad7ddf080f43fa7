"""Who may speak for the organisation? A member of the role, at a signed address, vouched for by the receiving server."""

from collections.abc import Sequence
from dataclasses import dataclass

from inflow.mail.message import Authenticity
from inflow.routing.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a reply may go out, and why not in words."""

    may: bool
    reason: str = ""


def is_member(address: str, role: Role, domains: Sequence[str]) -> bool:
    """Whether someone may answer on behalf of a role: by `members`, or without them from its own address or our domains."""
    address = address.lower()
    if "@" not in address:
        return False
    if not role.members:
        return address == role.address.lower() or address.rpartition("@")[2] in {domain.lower() for domain in domains}
    return any(_matches(address, member.lower()) for member in role.members)


def _matches(address: str, member: str) -> bool:
    return address.endswith(member[1:]) if member.startswith("*@") else address == member


def may_speak(
    address: str, role: Role, *, domains: Sequence[str], authenticity: Authenticity, vouching: bool
) -> Verdict:
    """Whether a reply by `address` may be relayed. `vouching`: the mailbox names a server whose results are believed."""
    if not is_member(address, role, domains):
        return Verdict(may=False, reason=f"{address or 'the sender'} is not a member of {role.name}")
    if vouching and authenticity.verdict != "pass":
        evidence = "; ".join(authenticity.evidence) or "no result for this sender"
        return Verdict(may=False, reason=f"the receiving server does not vouch for {address}: {evidence}")
    return Verdict(may=True)
