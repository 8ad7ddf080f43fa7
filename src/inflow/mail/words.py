"""Header text: raw bytes and encoded words (RFC 2047, 6532) made readable. No control character survives."""

import binascii
import re
from collections.abc import Iterator

from inflow.mail.charsets import decode
from inflow.mail.transfer import from_base64

ENCODED_WORD = r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*(?:\?(?!=)[^?]*){0,3}\?="
_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,20})?\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,3})\?=")
MAX_DECODED = 40_000
_CUT = re.compile(r"=\?([^?\s*]{1,60})\?([bBqQ])\?([^?\s]{1,200})\??$")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def header_text(value: bytes, charset: str = "") -> str:
    """Raw field bytes as text: UTF-8 where it is (RFC 6532), else in `charset` or guessed. Encoded words stay as they are."""
    if value.isascii() and not (b"+" in value and b"=?" not in value and charset.lower().endswith("utf-7")):
        return value.decode("ascii")
    return decode(value, charset)[0]


def decode_field(value: bytes, charset: str = "") -> str:
    """An unstructured field as a person reads it: decoded, on one line, without control characters.

    `charset`: that of the body, for 8-bit bytes that nobody declared.
    """
    text = header_text(value, charset)
    return clean(decode_words(text) if "=?" in text else text)


def clean(text: str) -> str:
    """Text on one line: runs of control characters become a space (RFC 2047 must not smuggle line breaks)."""
    return _CONTROL.sub(" ", text).strip() if not text.isprintable() else text.strip()


def decode_words(text: str) -> str:
    """Encoded words decoded where they stand; white space between two of them vanishes (RFC 2047 section 6.2).

    Neighbours in one charset are joined before they are decoded: many clients split inside a character.
    """
    out: list[str] = []
    run: list[tuple[str, str, str]] = []
    position = 0
    for found in _WORD.finditer(text, 0, MAX_DECODED):
        between = text[position : found.start()]
        if not run:
            out.append(between)
        elif between.strip():
            out.extend(_decode_run(run))
            out.append(between)
            run = []
        run.append((found[1], found[2].lower(), found[3]))
        position = found.end()
    if run:
        out.extend(_decode_run(run))
    rest = text[position:]
    if cut := _CUT.search(rest):  # somebody cut the field off
        out.append(rest[: cut.start()] if rest[: cut.start()].strip() or not position else "")
        out.extend(_decode_run([(cut[1], cut[2].lower(), cut[3])]))
        rest = ""
    return "".join([*out, rest])


def _decode_run(run: list[tuple[str, str, str]]) -> Iterator[str]:
    charset, content = "", bytearray()
    for word_charset, encoding, payload in _joined_base64(run):
        if word_charset.lower() != charset.lower():
            yield decode(bytes(content), charset)[0]
            content.clear()
            charset = word_charset
        content += _payload(encoding, payload)
    yield decode(bytes(content), charset)[0]


def _joined_base64(run: list[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Base64 split in the middle of a quantum goes on in the next word."""
    pending: tuple[str, str, str] | None = None
    for word in run:
        current = word
        if pending and pending[:2] == (word[0], "b") and word[1] == "b":
            current = (word[0], "b", pending[2] + word[2])
        elif pending:
            yield pending
        pending = None
        if current[1] == "b" and len(current[2]) % 4 and not current[2].endswith("="):
            pending = current
        else:
            yield current
    if pending:
        yield pending


def _payload(encoding: str, payload: str) -> bytes:
    raw = payload.encode("utf-8", "surrogateescape")
    return from_base64(raw) if encoding == "b" else binascii.a2b_qp(raw, header=True)
