"""What is attached to a mail: named, typed, told inline from attached, and decoded only when somebody asks."""

import re
from collections.abc import Iterable

from inflow.mail.body import disposition_of, encoding_of
from inflow.mail.embedded import as_attachment
from inflow.mail.message import Attachment
from inflow.mail.mime import Part
from inflow.mail.tnef import unpack
from inflow.mail.words import clean, decode_words

_BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_TNEF = {"application/ms-tnef", "application/vnd.ms-tnef"}
MAX_NAME = 200


def attachments(attached: Iterable[Part], read: Iterable[Part]) -> tuple[Attachment, ...]:
    """The attached parts, winmail.dat unpacked (MS-OXTNEF), and the files found in the text of the parts that were `read`."""
    found: list[Attachment] = []
    for part in attached:
        one = _attachment(part)
        found.extend(_unpacked(one) if is_tnef(part) else (one,))
    files = (
        as_attachment(file_name(name), encoding, content) for part in read for name, encoding, content in part.files
    )
    return (*found, *files)


def is_tnef(part: Part) -> bool:
    """Whether a part is Outlook's winmail.dat."""
    return part.content_type in _TNEF or part.parameters.get("name", "").lower() == "winmail.dat"


def _unpacked(container: Attachment) -> tuple[Attachment, ...]:
    """What a TNEF stream holds; the container itself when it holds no file or cannot be read."""
    stream = unpack(container.content)
    if stream is None or not stream.attachments:
        return (container,)
    return tuple(
        Attachment(
            filename=file_name(one.filename),
            content_type=clean(one.content_type),
            inline=bool(one.content_id),
            content_id=clean(one.content_id.strip("<>")),
            source=one.content,
        )
        for one in stream.attachments
    )


def file_name(name: str) -> str:
    """A sender's file name made safe to show and to store: no path, no control or direction character, bounded."""
    name = _BIDI.sub("", clean(decode_words(name) if "=?" in name else name))
    name = name.replace("\\", "/").rstrip("/").rpartition("/")[2].strip().lstrip(".") if name.strip(". ") else ""
    if len(name) > MAX_NAME:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[: MAX_NAME - 20]}.{extension}" if dot and len(extension) < 20 else name[:MAX_NAME]  # noqa: PLR2004
    return name


def _attachment(part: Part) -> Attachment:
    disposition, found = disposition_of(part)
    content_id = part.first("content-id").decode("ascii", "replace").strip().strip("<>")
    name = (
        found.get("filename")
        or found.get("name")
        or part.parameters.get("name")
        or part.parameters.get("filename")
        or ""
    )
    inline = disposition == "inline" or (
        disposition != "attachment" and bool(content_id) and part.content_type.startswith("image/")
    )
    return Attachment(
        filename=file_name(name),
        content_type=part.content_type,
        inline=inline,
        content_id=clean(content_id),
        source=part.raw,
        span=(part.start, part.end),
        encoding=encoding_of(part),
    )
