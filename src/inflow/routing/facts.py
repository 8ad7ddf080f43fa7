"""What is known about a message beside what it says: where it came in and who its sender has been."""

from dataclasses import dataclass
from enum import StrEnum


class PartyKind(StrEnum):
    """What kind of party a sender is to the organisation."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    AUTHORITY = "authority"
    MEDIA = "media"
    PUBLIC = "public"
    INTERNAL = "internal"
    APPLICANT = "applicant"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Earlier cases that ended with one role: how many, and how many days ago the latest was opened."""

    role: str
    cases: int
    days: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The mailbox's name, the sender's party kind if known, the roles of its and its domain's earlier cases."""

    mailbox: str = ""
    party: PartyKind | None = None
    sender_roles: tuple[Earlier, ...] = ()
    domain_roles: tuple[Earlier, ...] = ()
