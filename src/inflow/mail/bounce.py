"""Delivery reports (RFC 3464, 6533): who was not reached, why, and which message it was."""

import re

from inflow.mail.body import encoding_of
from inflow.mail.message import Bounce, FailedRecipient
from inflow.mail.mime import Part, read_fields, walk
from inflow.mail.transfer import decode_transfer
from inflow.mail.words import decode_field

_ID = re.compile(rb"^Message-ID:\s*<?([^\s<>]{1,500})", re.IGNORECASE | re.MULTILINE)


def read_bounce(root: Part) -> Bounce | None:
    """What a delivery report says; None for any other mail."""
    report = next(
        (
            part
            for part in walk(root)
            if part.content_type in {"message/delivery-status", "message/global-delivery-status"}
        ),
        None,
    )
    if report is None:
        return None
    content = decode_transfer(report.body, encoding_of(report)).replace(b"\r\n", b"\n")
    recipients = []
    for block in re.split(rb"\n\s*\n", content)[:1000]:
        fields = dict(
            reversed([(name, decode_field(value)) for name, value in read_fields(block.strip() + b"\n\n")[0]])
        )
        address = fields.get("final-recipient") or fields.get("original-recipient") or ""
        if address and (action := fields.get("action", "failed").lower()) not in {"delivered", "relayed", "expanded"}:
            status = fields.get("status", "").partition(" ")[0]
            recipients.append(
                FailedRecipient(
                    address=address.partition(";")[2].strip().strip("<>") or address,
                    action=action,
                    status=status,
                    diagnostic=fields.get("diagnostic-code", ""),
                )  # fmt: skip
            )
    original = next(
        (
            part
            for part in walk(root)
            if part.content_type in {"message/rfc822", "text/rfc822-headers", "message/global"}
        ),
        None,
    )
    found = _ID.search(decode_transfer(original.body, encoding_of(original))[:100_000]) if original else None
    return Bounce(
        recipients=tuple(recipients), original_message_id=found[1].decode("ascii", "replace") if found else None
    )
