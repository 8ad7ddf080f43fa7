"""Files written into the text itself: uuencode and yEnc. They are taken out of the text and become attachments."""

import re

from inflow.mail.message import Attachment

_BLOCK = re.compile(
    rb"^begin(?:-base64)? [0-7]{3,4} (?P<uuname>[^\r\n]{1,255})\r?\n(?P<uudata>(?:[\x20-\x60][^\r\n]{0,90}\r?\n|[`\x20]?\r?\n)*?)end[ \t]*(?:\r?\n|\Z)"
    rb"|^=ybegin [^\r\n]{0,200}?name=(?P<yname>[^\r\n]{1,255})\r?\n(?:=ypart [^\r\n]*\r?\n)?(?P<ydata>(?:(?!=yend)[^\n]*\n)*)=yend[^\r\n]*(?:\r?\n|\Z)",
    re.MULTILINE,
)


def take_out(content: bytes) -> tuple[bytes, tuple[tuple[str, str, bytes], ...]]:
    """The text without the files in it, and the files: name, encoding, encoded content."""
    if b"begin " not in content and b"begin-" not in content:
        return content, ()
    files = []
    kept = []
    position = 0
    for found in _BLOCK.finditer(content):
        kept.append(content[position : found.start()])
        position = found.end()
        if found["yname"]:
            files.append((_name(found["yname"]), "x-yenc", found["ydata"]))
        else:
            files.append((_name(found["uuname"]), "x-uuencode", found["uudata"]))
    if not files:
        return content, ()
    return b"".join([*kept, content[position:]]), tuple(files)


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip().strip('"')


def as_attachment(filename: str, encoding: str, content: bytes) -> Attachment:
    """A file found in the text."""
    return Attachment(filename=filename, content_type="application/octet-stream", source=content, encoding=encoding)
