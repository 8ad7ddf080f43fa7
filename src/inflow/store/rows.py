"""What the store hands out: frozen values, never rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inflow.casework.case import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Someone who writes: `kind` is customer, supplier, authority, media, public, internal or applicant."""

    address: str
    name: str = ""
    kind: str = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A matter someone raised, as it stands now."""

    number: int
    subject: str
    status: Status
    role: str
    level: int
    party: Party
    mailbox: str
    opened_at: datetime
    updated_at: datetime
    decided_by: str
    confidence: float
    reasons: tuple[str, ...]
    candidates: tuple[dict[str, Any], ...]
    labels: tuple[str, ...] = ()
    messages: int = 0
    merged_into: int | None = None
    closed_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """The contract's fields of a case, for the command line and for programs."""
        return {
            "number": self.number,
            "subject": self.subject,
            "status": self.status.value,
            "role": self.role,
            "level": self.level,
            "party": {"address": self.party.address, "name": self.party.name, "kind": self.party.kind},
            "opened_at": self.opened_at,
            "updated_at": self.updated_at,
            "labels": list(self.labels),
            "decision": {
                "role": self.role,
                "by": self.decided_by,
                "confidence": self.confidence,
                "reasons": list(self.reasons),
                "candidates": list(self.candidates),
            },
            "mailbox": self.mailbox,
            "merged_into": self.merged_into,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A received message whose attempt has been booked: it is this process's to triage."""

    id: int
    attempts: int
    mailbox: str
    received_at: datetime
    size: int
    too_big: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A delivery whose attempt has been booked."""

    id: int
    case: int | None
    source: int | None
    kind: str
    sender: str
    recipient: str
    message_id: str
    outgoing: dict[str, Any]
    attempts: int
    queued_at: datetime
