"""A message as the JSON that scripts rely on (`inflow parse --json`)."""

from collections.abc import Iterable

from inflow.mail.message import Address, Bounce, Invitation, Message


def as_json(message: Message) -> dict[str, object]:
    """The fields of `parse --json` without `file`; `from` is the first From address or null, `from_all` all of them."""
    return {
        "subject": message.subject,
        "from": _address(message.sender) if message.from_ else None,
        "from_all": _addresses(message.from_),
        "to": _addresses(message.to),
        "cc": _addresses(message.cc),
        "reply_to": _addresses(message.reply_to),
        "date": message.date.isoformat() if message.date else None,
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "text": message.text,
        "reply_text": message.reply_text,
        "language": message.language,
        "nature": str(message.nature),
        "nature_evidence": list(message.nature_evidence),
        "bounce": _bounce(message.bounce) if message.bounce else None,
        "absent_until": message.absent_until.isoformat() if message.absent_until else None,
        "invitation": _invitation(message.invitation) if message.invitation else None,
        "protection": message.protection,
        "attachments": [
            {
                "filename": attachment.filename,
                "content_type": attachment.content_type,
                "size": attachment.size,
                "inline": attachment.inline,
                "sha256": attachment.sha256,
            }
            for attachment in message.attachments
        ],
        "authenticity": {"verdict": message.authenticity.verdict, "evidence": list(message.authenticity.evidence)},
        "defects": list(message.defects),
    }


def _address(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _addresses(found: Iterable[Address]) -> list[dict[str, str]]:
    return [_address(address) for address in found]


def _invitation(event: Invitation) -> dict[str, str]:
    return {
        "method": event.method,
        "summary": event.summary,
        "place": event.place,
        "organizer": event.organizer,
        "starts": event.starts,
        "ends": event.ends,
    }


def _bounce(bounce: Bounce) -> dict[str, object]:
    return {
        "recipients": [
            {
                "address": recipient.address,
                "action": recipient.action,
                "status": recipient.status,
                "reason": recipient.reason,
                "diagnostic": recipient.diagnostic,
            }
            for recipient in bounce.recipients
        ],
        "original_message_id": bounce.original_message_id,
    }
