"""What a mail says: the values that `parse` makes of bytes and that everything else decides on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Nature(StrEnum):
    """What kind of thing wrote a mail (RFC 3834, 3464, 2369)."""

    PERSON = "person"
    AUTO_REPLY = "auto-reply"
    BOUNCE = "bounce"
    LIST = "list"
    BULK = "bulk"
    LOOP = "loop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mailbox of RFC 5322 section 3.4: `name` as a person reads it, `address` as it stands (`local@domain`, may be empty)."""

    name: str = ""
    address: str = ""

    @property
    def domain(self) -> str:
        """The part after the last @, lower-case; empty when there is none."""
        return self.address.rpartition("@")[2].lower() if "@" in self.address else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A part that is not the text: what it is called and holds. `size` (octets) and `sha256` are of the decoded content."""

    filename: str
    content_type: str
    size: int
    sha256: str
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedRecipient:
    """One recipient of a bounce (RFC 3464 section 2.3); `reason` is one of the contract's words."""

    address: str
    action: str = "failed"
    status: str = ""
    reason: str = "other"
    diagnostic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """A delivery report: who was not reached and which message it speaks of (Message-ID without angle brackets)."""

    recipients: tuple[FailedRecipient, ...] = ()
    original_message_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticity:
    """What the trusted server says of the sender (RFC 8601): `verdict` is pass, fail or none; `evidence` says why in words."""

    verdict: str = "none"
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail as a person would read it. Ids are without angle brackets; `headers` maps lower-case names to decoded values.

    `text` is the readable body, whole; `reply_text` only what this message adds. `defects` says in words where the parser
    had to guess. `attachments` are computed on first use: large ones cost nothing until somebody asks.
    """

    raw: bytes = field(repr=False)
    headers: Mapping[str, tuple[str, ...]]
    subject: str = ""
    from_: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    date: datetime | None = None
    message_id: str | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    text: str = ""
    reply_text: str = ""
    language: str = ""
    nature: Nature = Nature.PERSON
    nature_evidence: tuple[str, ...] = ()
    bounce: Bounce | None = None
    attachments: tuple[Attachment, ...] = ()
    authenticity: Authenticity = Authenticity()
    defects: tuple[str, ...] = ()

    @property
    def sender(self) -> Address:
        """The first From address, or an empty one."""
        return self.from_[0] if self.from_ else Address()
