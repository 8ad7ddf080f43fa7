"""Content transfer encodings (RFC 2045 section 6, and uuencode): bytes in, bytes out, never raises."""

import binascii
from collections.abc import Iterable

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOISE = bytes(set(range(256)) - set(_ALPHABET))
_YENC = bytes((octet - 42) % 256 for octet in range(256))


def decode_transfer(content: bytes, encoding: str) -> bytes:
    """The content behind a Content-Transfer-Encoding; an unknown one is taken as it stands."""
    match encoding:
        case "base64":
            return from_base64(content)
        case "quoted-printable":
            return binascii.a2b_qp(content)
        case "x-uuencode" | "uuencode" | "x-uue" | "uue":
            return from_uuencode(content.splitlines())
        case "x-yenc":
            return from_yenc(content)
        case _:
            return content


def from_base64(content: bytes) -> bytes:
    """Base64 whatever is mixed into it; a truncated end gives what it holds."""
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        letters = content.translate(None, _NOISE)
        if len(letters) % 4 == 1:
            letters = letters[:-1]
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def from_uuencode(lines: Iterable[bytes]) -> bytes:
    """The content of uuencoded lines, with or without their begin and end lines."""
    content = []
    for line in lines:
        if line.startswith(b"begin ") or line.rstrip() in {b"", b"end", b"`"}:
            continue
        try:
            content.append(binascii.a2b_uu(line))
        except binascii.Error:
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            content.append(_short_line(line[:length]))
    return b"".join(content)


def from_yenc(content: bytes) -> bytes:
    """The content of yEnc lines: each octet 42 up, `=` before one that is 64 more."""
    letters = content.translate(None, b"\r\n")
    first, *escaped = letters.split(b"=")
    plain = bytearray(first.translate(_YENC))
    for piece in filter(None, escaped):
        plain.append((piece[0] - 106) % 256)
        plain += piece[1:].translate(_YENC)
    return bytes(plain)


def _short_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return b""
