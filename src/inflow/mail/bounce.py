"""Delivery reports: who was not reached, why, and which message it was (RFC 3464, 6533, and servers that know neither)."""

import re
from dataclasses import replace

from inflow.mail.body import encoding_of, part_text
from inflow.mail.bounce_reasons import reason_of, status_in
from inflow.mail.bounce_texts import failed_addresses, looks_like_report, told_part
from inflow.mail.message import Bounce, FailedRecipient
from inflow.mail.mime import Part, leaves, read_fields
from inflow.mail.transfer import decode_transfer
from inflow.mail.words import decode_field

MAX_RECIPIENTS = 1000
MAX_REPORT = 1_000_000
MAX_SCAN = 200_000

_REPORTS = {"message/delivery-status", "message/global-delivery-status"}
_ORIGINALS = {
    "message/rfc822",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
    "message/rfc822-headers",
}
_REACHED = {"delivered", "relayed", "expanded"}
_ID = re.compile(rb"^[ \t>]*Message-ID:\s*<?([^\s<>]{1,500})", re.IGNORECASE | re.MULTILINE)
_TYPED = re.compile(r"^\s*[\w-]+\s*;\s*")
_BLANK = re.compile(rb"\n[ \t]*\n")
_DELAYED = re.compile(
    r"delay|fördröj|försen|forsink|verzöger|warning|will (?:keep|continue to) (?:try|retry)|still being", re.IGNORECASE
)


def read_bounce(root: Part, headers: dict[str, tuple[str, ...]]) -> Bounce | None:
    """What a delivery report says of those not reached; None for any other mail, also for a report of success."""
    parts = leaves(root)
    recipients: tuple[FailedRecipient, ...] = ()
    for part in parts:
        if part.content_type in _REPORTS:
            recipients += _recipients(part)
    if recipients:
        recipients = _explained(recipients, parts)
    elif looks_like_report(root, headers):
        recipients = _told(root, parts, headers)
    if not recipients:
        return None
    return Bounce(recipients=recipients[:MAX_RECIPIENTS], original_message_id=_original_id(root, parts))


def _explained(recipients: tuple[FailedRecipient, ...], parts: list[Part]) -> tuple[FailedRecipient, ...]:
    """Where the report itself gives no reason, what its first part says to people may."""
    if all(one.reason != "other" for one in recipients):
        return recipients
    text = told_part(next((part_text(part)[:MAX_SCAN] for part in parts if part.content_type.startswith("text/")), ""))
    reason = reason_of("", text[:2000])
    return tuple(replace(one, reason=reason) if one.reason == "other" else one for one in recipients)


def _recipients(part: Part) -> tuple[FailedRecipient, ...]:
    """The per-recipient blocks of a report (RFC 3464 section 2.3)."""
    content = decode_transfer(part.raw[part.start : min(part.end, part.start + MAX_REPORT)], encoding_of(part))
    blocks = [_fields(block) for block in _BLANK.split(content.replace(b"\r\n", b"\n").strip())[: MAX_RECIPIENTS + 1]]
    found = [recipient for fields in blocks if (recipient := _recipient(fields)) is not None]
    return tuple({(one.address.lower(), one.action): one for one in reversed(found)}.values())[::-1]


def _fields(block: bytes) -> dict[str, str]:
    fields, _, _ = read_fields(block.strip() + b"\n\n")
    return {name: decode_field(value) for name, value in reversed(fields)}


def _recipient(fields: dict[str, str]) -> FailedRecipient | None:
    address = _address(fields.get("original-recipient", "")) or _address(fields.get("final-recipient", ""))
    action = fields.get("action", "failed").lower().partition(" ")[0].strip("();")
    if not address or action in _REACHED:
        return None
    diagnostic = _TYPED.sub("", fields.get("diagnostic-code", ""))
    status = status_in(fields.get("status", "")) or status_in(diagnostic)
    if action not in {"failed", "delayed"}:
        action = "delayed" if "delay" in action or status.startswith("4") else "failed"
    return FailedRecipient(
        address=address, action=action, status=status, reason=reason_of(status, diagnostic), diagnostic=diagnostic
    )


def _address(value: str) -> str:
    """The address behind `rfc822;` or `utf-8;` (RFC 6533 section 3)."""
    text = _TYPED.sub("", value).strip().strip("<>").strip()
    return text.partition(" ")[0].strip("<>") if "@" in text else ""


def _told(root: Part, parts: list[Part], headers: dict[str, tuple[str, ...]]) -> tuple[FailedRecipient, ...]:
    """Recipients of a report in words."""
    texts = [
        part for part in parts[:10] if part.content_type.startswith("text/") and part.content_type not in _ORIGINALS
    ]
    text = "\n".join(part_text(part)[:MAX_SCAN] for part in texts)
    temporary, permanent = failed_addresses(root, headers, text)
    subject = " ".join(headers.get("subject", ()))[:1000]
    late = bool(_DELAYED.search(subject))
    return tuple(
        _from_text(address, text, delayed=delayed or (late and not permanent))
        for addresses, delayed in ((permanent, False), (temporary, True))
        for address in addresses
    )


def _from_text(address: str, text: str, *, delayed: bool) -> FailedRecipient:
    """What the words around an address say of it."""
    told = told_part(text)[:20_000]
    place = max(told.lower().find(address.lower()), 0)
    around = " ".join(told[place : place + 600].split())
    status = status_in(around) or status_in(told)
    reason = reason_of(status, around)
    if reason == "other":
        reason = reason_of("", told[:2000].replace(address, " "))
    if reason == "other" and delayed:
        reason = "system"
    return FailedRecipient(
        address=address,
        action="delayed" if delayed else "failed",
        status=status,
        reason=reason,
        diagnostic=around[:300],
    )


def _original_id(root: Part, parts: list[Part]) -> str | None:
    """The Message-ID of the mail that was not delivered, from its copy or its headers."""
    for part in parts:
        if part.content_type in _ORIGINALS:
            found = _ID.search(
                decode_transfer(part.raw[part.start : min(part.end, part.start + MAX_SCAN)], encoding_of(part))
            )
            if found:
                return found[1].decode("ascii", "replace")
    found = _ID.search(root.raw, root.start, min(len(root.raw), root.start + MAX_SCAN))
    return found[1].decode("ascii", "replace") if found else None
