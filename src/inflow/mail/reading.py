"""The words of a mail, put together from its parts: what a person would read first, wherever the sender's program put it."""

from inflow.mail.attachments import is_tnef
from inflow.mail.body import Reading, encoding_of, part_text, read
from inflow.mail.charsets import decode
from inflow.mail.html import html_text
from inflow.mail.invitation import read_invitation
from inflow.mail.message import Invitation
from inflow.mail.mime import Part, leaves, split, walk
from inflow.mail.protection import signed_content
from inflow.mail.rtf import rtf_text
from inflow.mail.tnef import unpack
from inflow.mail.transfer import decode_transfer

MAX_FORWARDS = 3
_MAILS = {"message/rfc822", "message/global", "message/partial"}
_SIGNED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_TEXTUAL = {"text/plain", "text/html", "text/enriched", "text/richtext"}


def opened(root: Part) -> Part:
    """The content of an opaque S/MIME signature under the fields of the outer mail; any other mail as it is.

    Of the inner fields only Content-* count: nobody on the way has looked at the others.
    """
    if root.content_type not in _SIGNED or root.children:
        return root
    inner = signed_content(decode_transfer(root.body, encoding_of(root)))
    if not inner.strip():
        return root
    part = split(inner)
    outer = [field for field in root.fields if not field[0].startswith("content-")]
    part.fields = [*outer, *(field for field in part.fields if field[0].startswith("content-"))]
    part.defects = [*root.defects, *part.defects]
    return part


def text_of(reading: Reading, depth: int = 0) -> str:
    """The readable text, with the marks of `quotes`; of a mail without one the text of what is attached."""
    texts = [text for part in reading.bodies if (text := part_text(part)).strip()]
    if texts:
        return "\n\n".join(text.strip("\n") for text in texts)
    for part in reading.attached:
        if text := _attached_text(part, depth):
            return text
    return ""


def _attached_text(part: Part, depth: int) -> str:
    if part.content_type in _TEXTUAL:
        return part_text(part).strip("\n")
    if part.content_type in _MAILS and depth < MAX_FORWARDS:
        return _mail_text(part, depth)
    if is_tnef(part):
        stream = unpack(decode_transfer(part.body, encoding_of(part)))
        if stream:
            text = stream.text.replace("\r\n", "\n").strip() or html_text(decode(stream.html, "")[0])
            return text or rtf_text(stream.rtf)
    if part.content_type == "text/calendar" and (event := _invitation(part)):
        lines = [event.summary, event.starts, event.place, event.description]
        return "\n".join(line for line in lines if line)
    return ""


def _mail_text(part: Part, depth: int) -> str:
    """The text of an attached mail, or of the piece of one (RFC 2046 section 5.2.2): only the first has header fields."""
    content = decode_transfer(part.body, encoding_of(part))
    if part.content_type == "message/partial" and part.parameters.get("number", "1") != "1":
        return decode(content, "")[0].replace("\r\n", "\n").strip() if b" " in content[:300] else ""
    return text_of(read(split(content)), depth + 1)


def piece_of(part: Part) -> str:
    """Which piece of a mail sent in several a part is, in words; empty for any other part."""
    if part.content_type != "message/partial":
        return ""
    number, total = (part.parameters.get(name, "") for name in ("number", "total"))
    which = f" {number[:9]}" + (f" of {total[:9]}" if total else "") if number.isdigit() else ""
    return (
        f"only piece{which} of a mail that was sent in several (message/partial): the others come as mails of their own"
    )


def invitation_of(root: Part) -> Invitation | None:
    """The first calendar part that holds an event."""
    parts = (part for part in leaves(root)[:50] if part.content_type in {"text/calendar", "application/ics"})
    return next((event for part in parts if (event := _invitation(part)) is not None), None)


def _invitation(part: Part) -> Invitation | None:
    return read_invitation(part_text(part))


def all_defects(root: Part) -> list[str]:
    """The defects of all parts, each once, in their order."""
    parts = walk(root)[:1000]
    pieces = [piece for part in parts if (piece := piece_of(part))]
    return list(dict.fromkeys([*pieces, *(defect for part in parts for defect in part.defects)]))
