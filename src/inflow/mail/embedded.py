"""Files written into the text itself: uuencode and yEnc. They are taken out of the text and become attachments."""

import re

from inflow.mail.message import Attachment

_START = re.compile(
    rb"^begin [0-7]{3,4} (?P<uu>[^\r\n]{1,255})\r?\n|^=ybegin (?P<head>[^\r\n]{0,200}?)name=(?P<yenc>[^\r\n]{1,255})\r?\n",
    re.MULTILINE,
)
_UU_LINES = re.compile(rb"(?:[\x20-\x60]{0,90}[^\n\S]*\n)*+")
_UU_FULL = 62
_UU_END = re.compile(rb"end[ \t]*\r?(?:\n|\Z)")
_PART = re.compile(rb"\bpart=(\d{1,6})\b")
_TOTAL = re.compile(rb"\btotal=(\d{1,6})\b")
_Parts = dict[int, tuple[bytes, int]]
_YENC_PART = re.compile(rb"=ypart [^\r\n]*\r?\n")


def take_out(content: bytes) -> tuple[bytes, tuple[tuple[str, str, bytes], ...], list[str]]:
    """The text without the files in it; the files: name, encoding, encoded content; what is missing of them in words.

    One pass over the content. The parts of a yEnc file that stand in one text are one file.
    """
    files: list[tuple[str, str, bytes]] = []
    parts: dict[str, _Parts] = {}
    kept: list[bytes] = []
    done = position = 0
    while (found := _START.search(content, position)) is not None:
        block = _yenc_block(content, found.end()) if found["yenc"] else _uu_block(content, found.end())
        if block is None:
            position = _lines_end(content, found.end())
            continue
        start, end, position = block
        name = _name(found["yenc"] or found["uu"])
        if found["yenc"] and (number := _PART.search(found["head"])):
            parts.setdefault(name, {})[int(number[1])] = (content[start:end], _total(found["head"]))
        else:
            files.append((name, "x-yenc" if found["yenc"] else "x-uuencode", content[start:end]))
        kept.append(content[done : found.start()])
        done = position
    if not done:
        return content, (), []
    joined = [(name, "x-yenc", b"".join(some[number][0] for number in sorted(some))) for name, some in parts.items()]
    missing = [
        f"only {len(some)} of {whole} parts of a yEnc file" for some in parts.values() if (whole := _missing(some))
    ]
    return b"".join([*kept, content[done:]]), (*files, *joined), missing


def _total(head: bytes) -> int:
    found = _TOTAL.search(head)
    return int(found[1]) if found else 0


def _missing(some: _Parts) -> int:
    """How many parts a file has that is not whole here; 0 where it is whole."""
    whole = max(*some, *(total for _, total in some.values()))
    return whole if len(some) < whole else 0


def as_attachment(filename: str, encoding: str, content: bytes) -> Attachment:
    """A file found in the text."""
    return Attachment(filename=filename, content_type="application/octet-stream", source=content, encoding=encoding)


def _uu_block(content: bytes, start: int) -> tuple[int, int, int] | None:
    """Where uuencoded lines begin and end, and what comes after their `end` line; cut off at the end of the mail they are a file too."""
    lines_end = _lines_end(content, start)
    end = _UU_END.match(content, lines_end)
    if end:
        return start, end.start(), end.end()
    return (start, lines_end, lines_end) if lines_end == len(content) > start + _UU_FULL else None


def _lines_end(content: bytes, start: int) -> int:
    found = _UU_LINES.match(content, start)
    return found.end() if found else start


def _yenc_block(content: bytes, start: int) -> tuple[int, int, int]:
    """Where yEnc lines begin and end, and what comes after their `=yend`; without one all that follows belongs to the file."""
    end = content.find(b"\n=yend", start - 1) + 1 or len(content)
    part = _YENC_PART.match(content, start)
    after = content.find(b"\n", end) + 1 or len(content)
    return (part.end() if part else start), end, after


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").strip().strip('"')
