"""What a mail says: the values that `parse` makes of bytes and that everything else decides on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as Day  # noqa: N812 - Message has a field `date`
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from hashlib import sha256

from inflow.mail.transfer import decode_transfer


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


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A part that is not the text: what it is called and holds. Decoded only when its content, size or sha256 is asked for.

    `source[span]` is the content as it stands in the mail, under the transfer encoding `encoding` (empty: as it is).
    """

    filename: str
    content_type: str
    inline: bool = False
    content_id: str = ""
    source: bytes = field(default=b"", repr=False, compare=False)
    span: tuple[int, int] | None = None
    encoding: str = ""

    @property
    def content(self) -> bytes:
        """The decoded octets; decoded anew at each call, so that they need not stay in memory."""
        start, end = self.span or (0, len(self.source))
        return decode_transfer(self.source[start:end], self.encoding)

    @cached_property
    def size(self) -> int:
        """Octets of the decoded content."""
        return self._measure[0]

    @cached_property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the decoded content."""
        return self._measure[1]

    @cached_property
    def _measure(self) -> tuple[int, str]:
        content = self.content
        return len(content), sha256(content).hexdigest()


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
class Invitation:
    """A calendar part (RFC 5546): `method` as sent (REQUEST, REPLY, CANCEL ...), times as ISO 8601 with the sender's zone."""

    method: str = ""
    summary: str = ""
    description: str = ""
    place: str = ""
    organizer: str = ""
    starts: str = ""
    ends: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticity:
    """What the trusted server says of the sender (RFC 8601): `verdict` is pass, fail or none; `evidence` says why in words, and
    `tricks` what of it pretends."""

    verdict: str = "none"
    evidence: tuple[str, ...] = ()
    tricks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One mail as a person would read it. Ids are without angle brackets; `headers` maps lower-case names to decoded values.

    `text` is the readable body, whole; `reply_text` only what this message adds. `defects` says in words where the parser
    had to guess. Attachments are decoded on first use: large ones cost nothing until somebody asks.
    `absent_until`: when the sender of an absence reply is back. `protection`: signed, encrypted or empty.
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
    absent_until: Day | None = None
    invitation: Invitation | None = None
    protection: str = ""
    attachments: tuple[Attachment, ...] = ()
    authenticity: Authenticity = Authenticity()
    defects: tuple[str, ...] = ()

    @property
    def sender(self) -> Address:
        """The first From address, or an empty one."""
        return self.from_[0] if self.from_ else Address()
