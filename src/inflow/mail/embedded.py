"""Files written into the text itself: uuencode and yEnc. They are taken out of the text and become attachments."""

import re

from inflow.mail.message import Attachment

_START = re.compile(
    rb"^begin [0-7]{3,4} (?P<uu>[^\r\n]{1,255})\r?\n|^=ybegin [^\r\n]{0,200}?name=(?P<yenc>[^\r\n]{1,255})\r?\n",
    re.MULTILINE,
)
_UU_LINES = re.compile(rb"(?:[\x20-\x60]{0,90}[^\n\S]*\n)*+")
_UU_END = re.compile(rb"end[ \t]*\r?(?:\n|\Z)")
_YENC_PART = re.compile(rb"=ypart [^\r\n]*\r?\n")


def take_out(content: bytes) -> tuple[bytes, tuple[tuple[str, str, bytes], ...]]:
    """The text without the files in it, and the files: name, encoding, encoded content. One pass over the content."""
    files: list[tuple[str, str, bytes]] = []
    kept: list[bytes] = []
    done = position = 0
    while (found := _START.search(content, position)) is not None:
        block = _yenc_block(content, found.end()) if found["yenc"] else _uu_block(content, found.end())
        if block is None and found["yenc"]:
            break
        if block is None:
            position = _lines_end(content, found.end())
            continue
        start, end, position = block
        files.append(
            (_name(found["yenc"] or found["uu"]), "x-yenc" if found["yenc"] else "x-uuencode", content[start:end])
        )
        kept.append(content[done : found.start()])
        done = position
    return (b"".join([*kept, content[done:]]), tuple(files)) if files else (content, ())


def as_attachment(filename: str, encoding: str, content: bytes) -> Attachment:
    """A file found in the text."""
    return Attachment(filename=filename, content_type="application/octet-stream", source=content, encoding=encoding)


def _uu_block(content: bytes, start: int) -> tuple[int, int, int] | None:
    """Where uuencoded lines begin and end, and what comes after their `end` line."""
    end = _UU_END.match(content, _lines_end(content, start))
    return (start, end.start(), end.end()) if end else None


def _lines_end(content: bytes, start: int) -> int:
    found = _UU_LINES.match(content, start)
    return found.end() if found else start


def _yenc_block(content: bytes, start: int) -> tuple[int, int, int] | None:
    end = content.find(b"\n=yend", start - 1) + 1
    if not end:
        return None
    part = _YENC_PART.match(content, start)
    after = content.find(b"\n", end) + 1 or len(content)
    return (part.end() if part else start), end, after


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip().strip('"')
