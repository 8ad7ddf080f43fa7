"""Where the parts of a mail begin and end (RFC 2045, 2046, 5322). One pass over the bytes; nothing is decoded or copied."""

import re
from dataclasses import dataclass, field

from inflow.mail.parameters import parameters

MAX_DEPTH = 100
MAX_PARTS = 20_000
FREE_PARTS, PART_SIZE = 200, 100
MAX_FIELDS = 5_000
MAX_TYPE = 300

_FIELD = re.compile(rb"(?!--)([!-9;-~]{1,200})[ \t]*:")
_FIELD_END = re.compile(rb"\n(?![ \t])")
_LEADING = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]*+")
_TYPE = re.compile(r"[^\s/;,]+/[^\s/;,]+")
_GUESSED = re.compile(rb"^--([^\s][^\r\n]{0,200})\r?\n(?=[Cc]ontent-)", re.MULTILINE)
_BARE_TYPES = {"text": "text/plain", "html": "text/html", "multipart": "multipart/mixed", "": "text/plain"}


@dataclass(slots=True)
class Part:
    """One MIME part: its fields (lower-case name, unfolded bytes), the span of its body in `raw`, its children.

    `text` and `files` are filled when somebody reads the part: its text, and the files written into that text.
    """

    raw: bytes = field(repr=False)
    fields: list[tuple[str, bytes]]
    start: int
    end: int
    content_type: str = "text/plain"
    parameters: dict[str, str] = field(default_factory=dict)
    children: list["Part"] = field(default_factory=list)
    defects: list[str] = field(default_factory=list)
    text: str | None = None
    files: tuple[tuple[str, str, bytes], ...] = ()

    @property
    def body(self) -> bytes:
        """The body as it stands in the mail, still encoded."""
        return self.raw[self.start : self.end]

    def first(self, name: str) -> bytes:
        """The first field of that lower-case name, unfolded; empty when there is none."""
        return next((value for key, value in self.fields if key == name), b"")


def split(raw: bytes) -> Part:
    """The tree of parts of a mail. Never raises; what is out of shape is told in `defects` of its part."""
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    root = _open(raw, _first_field(raw), "text/plain")
    boundary = _boundary(root)
    if boundary:
        _Splitter(root, boundary).run()
    return root


def _first_field(raw: bytes) -> int:
    """Where the fields begin: after a byte order mark or empty lines that something put before them."""
    found = _LEADING.match(raw)
    return found.end() if found and found.end() and _FIELD.match(raw, found.end()) else 0


def walk(part: Part) -> list[Part]:
    """Every part, parents before children, in the order of the mail."""
    found, stack = [], [part]
    while stack:
        current = stack.pop()
        found.append(current)
        stack.extend(reversed(current.children))
    return found


def leaves(part: Part) -> list[Part]:
    """The parts without children, in the order of the mail."""
    return [found for found in walk(part) if not found.children]


def read_fields(raw: bytes, start: int = 0) -> tuple[list[tuple[str, bytes]], int, list[str]]:
    """The header fields at `start`, where the body begins, and what was out of shape (RFC 5322 section 2.2)."""
    fields: list[tuple[str, bytes]] = []
    defects: list[str] = []
    end = len(raw)
    while start < end:
        found = _FIELD.match(raw, start)
        if found and len(fields) < MAX_FIELDS:
            stop = _FIELD_END.search(raw, found.end())
            value = raw[found.end() : stop.start() if stop else end]
            if b"\n" in value:
                value = value.replace(b"\r\n", b"").replace(b"\n", b"")
            fields.append((found[1].decode("ascii").lower(), value.strip()))
            start = stop.end() if stop else end
            continue
        line_end = raw.find(b"\n", start) + 1 or end
        line = raw[start : min(line_end, start + 1000)].rstrip(b"\r\n")
        if not line:
            return fields, line_end, defects
        if line.startswith(b"--") or not _is_noise(raw, line, line_end):
            defects.append("the header block does not end with an empty line")
            return fields, start, defects
        if not line.startswith(b"From "):
            defects.append("a line in the header block is no field")
        start = line_end
    return fields, end, defects


def _is_noise(raw: bytes, line: bytes, after: int) -> bool:
    """A mbox separator, or a stray line with a field right after it: skipped. Else the body began without an empty line."""
    return line.startswith((b"From ", b">From ")) or _FIELD.match(raw, after) is not None


def _open(raw: bytes, start: int, default: str) -> Part:
    fields, body, defects = read_fields(raw, start)
    part = Part(raw=raw, fields=fields, start=body, end=len(raw), content_type=default, defects=defects[:3])
    declared = part.first("content-type")
    if declared:
        value, part.parameters = parameters(declared)
        found = _TYPE.search(value[:MAX_TYPE])
        bare = value.strip().lower()
        part.content_type = found[0].lower() if found else _BARE_TYPES.get(bare, "application/octet-stream")
    return part


def _boundary(part: Part) -> bytes:
    if not part.content_type.startswith("multipart/"):
        return b""
    boundary = part.parameters.get("boundary", "").encode("utf-8", "surrogateescape").rstrip()
    if boundary:
        return boundary
    part.defects.append("a multipart without a boundary")
    guessed = _GUESSED.search(part.raw, part.start)
    return guessed[1].rstrip() if guessed else b""


class _Splitter:
    """One walk over the lines that begin with `--`; a stack holds the multiparts that are open, `levels` their boundaries."""

    def __init__(self, root: Part, boundary: bytes) -> None:
        self.root, self.raw = root, root.raw
        self.stack: list[tuple[Part, bytes]] = [(root, boundary)]
        self.levels = {boundary: 0}
        self.leaf: Part | None = None
        self.left = min(MAX_PARTS, FREE_PARTS + len(self.raw) // PART_SIZE)

    def run(self) -> None:
        position = max(self.root.start - 1, 0)
        while self.stack and self.left and (line := self.raw.find(b"\n--", position) + 1):
            position = self._line(line)
        if self.stack and self.root.children:
            self.root.defects.append("a multipart is not closed, or has too many parts")

    def _line(self, line: int) -> int:
        """Take one line that begins with `--`: where to look on."""
        line_end = self.raw.find(b"\n", line) + 1 or len(self.raw)
        level, closes = self._delimiter(self.raw[line + 2 : line_end].rstrip())
        if level < 0:
            return line_end - 1
        self._end_parts(level, self._content_end(line))
        if closes:
            self._pop(line)
            return line_end - 1
        return self._begin_part(line_end)

    def _delimiter(self, token: bytes) -> tuple[int, bool]:
        if token in self.levels:
            return self.levels[token], False
        if token.endswith(b"--"):
            return self.levels.get(token[:-2], -1), True
        return -1, False

    def _content_end(self, line: int) -> int:
        """The line break before a delimiter belongs to the delimiter (RFC 2046 section 5.1.1)."""
        return line - 2 if self.raw[line - 2 : line] == b"\r\n" else line - 1

    def _end_parts(self, level: int, content_end: int) -> None:
        if self.leaf:
            self.leaf.end = max(self.leaf.start, content_end)
            self.leaf = None
        for part, boundary in self.stack[level + 1 :]:
            part.end = max(part.start, content_end)
            part.defects.append("a multipart is not closed")
            del self.levels[boundary]
        del self.stack[level + 1 :]

    def _pop(self, line: int) -> None:
        part, boundary = self.stack.pop()
        del self.levels[boundary]
        if self.stack:
            part.end = max(part.start, line)

    def _begin_part(self, start: int) -> int:
        self.left -= 1
        parent = self.stack[-1][0]
        default = "message/rfc822" if parent.content_type == "multipart/digest" else "text/plain"
        part = _open(self.raw, start, default)
        parent.children.append(part)
        boundary = _boundary(part)
        if boundary and len(self.stack) < MAX_DEPTH and boundary not in self.levels:
            self.levels[boundary] = len(self.stack)
            self.stack.append((part, boundary))
        else:
            self.leaf = part
            if boundary:
                part.defects.append("a multipart nested too deep, or with the boundary of another: kept as one part")
        return max(start, part.start) - 1
