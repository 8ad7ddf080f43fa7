"""Parameters of Content-Type and Content-Disposition (RFC 2045, 2231), with every habit of those who never read them."""

import re
from urllib.parse import unquote_to_bytes

from inflow.mail.charsets import decode
from inflow.mail.words import decode_words, header_text

_PARAMETER = re.compile(r';?\s*([^\s=;"]{1,100}?)\s*=\s*("(?:[^"\\]++|\\.)*+"?|[^;]*)', re.DOTALL)
_NAME = re.compile(r"(.+?)(?:\*(\d{1,4}))?(\*)?$")
MAX_PARAMETERS = 500
MAX_VALUE = 65_536


def parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """The value before the first `;` and its parameters, names lower-case, the first of a name winning.

    RFC 2231 continuations and charsets, RFC 2047 words and raw 8-bit text in values are decoded.
    """
    text = header_text(value[:MAX_VALUE])
    main, separator, rest = text.partition(";")
    if "=" in main:  # the `;` was forgotten
        main, rest, separator = (text.split(None, 1)[0] if "=" not in text.split(None, 1)[0] else ""), text, ";"
    if not separator or "=" not in rest:
        return main.strip(), {}
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for number, found in enumerate(_PARAMETER.finditer(rest)):
        if number >= MAX_PARAMETERS:
            break
        name, content = found[1].lower(), _unquote(found[2])
        if "*" not in name:
            plain.setdefault(name, content)
            continue
        shape = _NAME.match(name)
        if shape:
            pieces.setdefault(shape[1], []).append((int(shape[2] or 0), bool(shape[3]), content))
    decoded = {
        name: decode_words(content) if "=?" in content and name != "boundary" else content
        for name, content in plain.items()
    }
    return main.strip(), decoded | {name: _join(found) for name, found in pieces.items()}


def _unquote(value: str) -> str:
    value = value.strip()
    if value.startswith('"'):
        closed = value.endswith('"') and len(value) > 1
        value = value[1:-1] if closed else value[1:]
        if "\\" in value:
            value = value.replace('\\"', '"').replace("\\\\", "\\")
    return value


def _join(pieces: list[tuple[int, bool, str]]) -> str:
    """RFC 2231 section 4: the charset stands in the first piece, before two apostrophes."""
    pieces = sorted(pieces, key=lambda piece: piece[0])
    charset = ""
    content = b""
    for position, (_, encoded, text) in enumerate(pieces):
        value = text
        if encoded and position == 0 and value.count("'") > 1:
            charset, _, value = value.split("'", 2)
        raw = value.encode("utf-8", "surrogateescape")
        content += unquote_to_bytes(raw) if encoded else raw
    joined = decode(content, charset)[0]
    return decode_words(joined) if "=?" in joined else joined
