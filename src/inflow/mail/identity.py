"""Which mail is it? Two copies of one mail have one identity; two mails never do, even when they share a Message-ID.

Identity is a digest over what the sender wrote: chosen headers and the body. What servers on the way add or change
(Received, Delivered-To, Return-Path, results of checks, line endings) is not part of it.
"""

import hashlib
import re

_WRITTEN = frozenset(
    {
        b"from", b"sender", b"reply-to", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"references",
        b"auto-submitted", b"mime-version", b"content-type", b"content-transfer-encoding", b"content-disposition",
    }
)  # fmt: skip
_TRACE = re.compile(
    rb"received|x-received|delivered-to|x-delivered-to|return-path|x-original-to|envelope-to|x-envelope-.*|delivery-date|lines|status"
    rb"|x-status|x-uid|x-keywords|x-mozilla-.*|x-gmail-labels|x-gm-.*|authentication-results|x-authentication-.*|arc-.*|received-spf"
    rb"|dkim-signature|x-google-.*|x-spam.*|x-virus.*|x-ms-exchange-.*|x-microsoft-.*|x-forefront.*|x-sieve|x-getmail-.*|x-fetchmail-.*"
)
_FOLD = re.compile(rb"\s+")


def identity(raw: bytes) -> str:
    """The identity of a raw mail, as 64 hexadecimal digits."""
    head, body = split(raw)
    digest = hashlib.sha256()
    for line in sorted(_written(head)):
        digest.update(line + b"\n")
    digest.update(b"\n")
    digest.update(body.replace(b"\r\n", b"\n").rstrip(b"\n").replace(b"\r", b"\n"))
    return digest.hexdigest()


def split(raw: bytes) -> tuple[bytes, bytes]:
    """The header block and the body; the empty line between them belongs to neither (RFC 5322 section 2.1)."""
    if raw.startswith((b"\r\n", b"\n")):
        return b"", raw.lstrip(b"\r\n")
    before, gap, after = raw.partition(b"\r\n\r\n")
    head, bare, _ = before.partition(b"\n\n")
    if bare:
        return head, raw[len(head) + len(bare) :]
    return (before, after) if gap else (raw, b"")


def fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """The fields of a header block in their order: name as it stands, and everything of the field, its folding included."""
    found: list[list[bytes]] = []
    for line in head.replace(b"\r\n", b"\n").split(b"\n"):
        if line[:1] in (b" ", b"\t") and found:
            found[-1].append(line)
        elif line:
            found.append([line])
    return [(lines[0].partition(b":")[0].strip(), b"\r\n".join(lines)) for lines in found if b":" in lines[0]]


def _written(head: bytes) -> list[bytes]:
    """What of a header block is the sender's. A mail without Message-ID is known by its content alone, so everything counts
    that no server on the way adds; and so do lines that are no fields at all."""
    found = [(name.lower(), field) for name, field in fields(head)]
    has_id = any(name == b"message-id" for name, _ in found)
    kept = [
        name + b":" + _FOLD.sub(b" ", field.partition(b":")[2]).strip()
        for name, field in found
        if name in _WRITTEN or not (has_id or _TRACE.fullmatch(name))
    ]
    return kept + [line for line in head.splitlines() if line.strip() and b":" not in line and line[:1] not in b" \t"]
