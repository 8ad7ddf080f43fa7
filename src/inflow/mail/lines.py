"""Lines that no server need take (RFC 5321 section 4.5.3.1.6): a part that has one is encoded anew, all others stay byte for byte."""

import base64
import re

from inflow.mail.identity import fields, split

LONGEST = 998
_BOUNDARY = re.compile(rb'(?is)\bboundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))')
_MULTIPART = re.compile(rb"(?i)content-type\s*:\s*multipart/")
_DEEPEST = 20


def is_too_long(content: bytes) -> bool:
    """Whether any line is longer than 998 octets."""
    at = 0
    while at < len(content):
        end = content.rfind(b"\n", at, at + LONGEST + 2)
        if end < 0:
            return len(content) - at > LONGEST
        at = end + 1
    return False


def within(entity: bytes, *, depth: int = 0) -> bytes:
    """A MIME entity whose lines any server takes: what is too long is base64 in it, and reads the same when decoded."""
    if not is_too_long(entity):
        return entity
    head, body = split(entity)
    if not is_too_long(body):
        return entity
    content = [field for name, field in fields(head) if name.lower().startswith(b"content-")]
    parted = next((_BOUNDARY.search(field) for field in content if _MULTIPART.match(field)), None)
    if parted and depth < _DEEPEST:
        return head + b"\r\n\r\n" + _parts(body, b"--" + (parted[1] or parted[2]), depth)
    kept = [field for field in content if not field.lower().startswith(b"content-transfer-encoding")]
    encoded = base64.encodebytes(body).replace(b"\n", b"\r\n")
    return b"".join(field + b"\r\n" for field in [*kept, b"Content-Transfer-Encoding: base64"]) + b"\r\n" + encoded


def _parts(body: bytes, mark: bytes, depth: int) -> bytes:
    """The parts between boundary lines, each within the limit; what stands around them, and no part, is cut to it."""
    pieces = re.split(rb"(?m)^(" + re.escape(mark) + rb"(?:--)?[ \t]*\r?\n?)", body)
    done = [_cut(pieces[0])]
    for line, part in zip(pieces[1::2], pieces[2::2], strict=True):
        is_last = line.startswith(mark + b"--")
        done += [line, _cut(part) if is_last else _part(part, depth)]
    return b"".join(done)


def _part(part: bytes, depth: int) -> bytes:
    """One part; the line end before the next boundary belongs to the boundary (RFC 2046 section 5.1.1)."""
    end = b"\r\n" if part.endswith(b"\r\n") else b"\n" if part.endswith(b"\n") else b""
    inner = part[: len(part) - len(end)]
    found = within(inner, depth=depth + 1)
    return found.rstrip(b"\r\n") + b"\r\n" if found is not inner else part


def _cut(text: bytes) -> bytes:
    """Text that nobody reads, with its long lines cut."""
    return re.sub(rb"([^\n]{%d})(?=[^\n])" % LONGEST, rb"\1\r\n", text)
