"""What Outlook hides in winmail.dat: attachments and text of a TNEF stream (MS-OXTNEF). Never raises; stops where it breaks off."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from inflow.mail.charsets import decode

SIGNATURE = b"\x78\x9f\x3e\x22"
MAX_ATTACHMENTS = 1000
MAX_PROPERTIES = 10_000

_RENDDATA, _TITLE, _DATA, _MAPI, _BODY, _MESSAGE_MAPI, _CODEPAGE = (
    0x9002,
    0x8010,
    0x800F,
    0x9005,
    0x800C,
    0x9003,
    0x9007,
)
_LONG_NAME, _SHORT_NAME, _MIME, _CONTENT, _CONTENT_ID, _TEXT, _HTML, _RTF = (
    0x3707,
    0x3704,
    0x370E,
    0x3701,
    0x3712,
    0x1000,
    0x1013,
    0x1009,
)
_STRING, _UNICODE, _BINARY, _OBJECT = 0x1E, 0x1F, 0x102, 0x0D
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0xA: 4, 0xB: 4, 0x14: 8, 0x40: 8, 0x48: 16}


@dataclass(slots=True)
class Enclosed:
    """One attachment of a TNEF stream."""

    filename: str = ""
    content_type: str = "application/octet-stream"
    content_id: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Unpacked:
    """What a TNEF stream held."""

    attachments: list[Enclosed]
    text: str = ""
    html: bytes = b""
    rtf: bytes = b""


def unpack(stream: bytes) -> Unpacked | None:
    """The content of a TNEF stream; None when it is none."""
    if not stream.startswith(SIGNATURE):
        return None
    found = Unpacked([])
    codepage = "cp1252"
    for attribute, content in _attributes(stream):
        current = found.attachments[-1] if found.attachments else None
        if attribute == _CODEPAGE and len(content) >= 4:  # noqa: PLR2004
            codepage = f"cp{struct.unpack_from('<I', content)[0]}"
        elif attribute == _RENDDATA and len(found.attachments) < MAX_ATTACHMENTS:
            found.attachments.append(Enclosed())
        elif attribute == _BODY:
            found.text = found.text or _text(content, codepage)
        elif attribute == _MESSAGE_MAPI:
            _take_message(found, content, codepage)
        elif current is not None:
            _take_attachment(current, attribute, content, codepage)
    return found


def _attributes(stream: bytes) -> Iterator[tuple[int, bytes]]:
    position = 6
    while position + 9 <= len(stream):
        attribute, length = struct.unpack_from("<HxxI", stream, position + 1)
        position += 9
        yield attribute, stream[position : position + length]
        position += length + 2


def _text(content: bytes, codepage: str) -> str:
    return decode(content.rstrip(b"\x00"), codepage)[0]


def _take_message(found: Unpacked, content: bytes, codepage: str) -> None:
    for name, kind, value in _properties(content):
        if name == _TEXT:
            found.text = found.text or _string(kind, value, codepage)
        elif name == _HTML:
            found.html = found.html or value
        elif name == _RTF:
            found.rtf = found.rtf or value


def _take_attachment(current: Enclosed, attribute: int, content: bytes, codepage: str) -> None:
    if attribute == _TITLE:
        current.filename = current.filename or _text(content, codepage)
    elif attribute == _DATA:
        current.content = content
    elif attribute == _MAPI:
        for name, kind, value in _properties(content):
            if name == _LONG_NAME or (name == _SHORT_NAME and not current.filename):
                current.filename = _string(kind, value, codepage)
            elif name == _MIME:
                current.content_type = _string(kind, value, codepage).lower() or current.content_type
            elif name == _CONTENT_ID:
                current.content_id = _string(kind, value, codepage)
            elif name == _CONTENT and not current.content:
                current.content = value[16:] if kind == _OBJECT else value


def _string(kind: int, value: bytes, codepage: str) -> str:
    if kind == _UNICODE:
        return value.decode("utf-16-le", "replace").rstrip("\x00")
    return _text(value, codepage)


def _properties(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    """MAPI properties: id, type, value (MS-OXTNEF section 2.1.3.4). Of several values the first."""
    try:
        yield from _read_properties(content)
    except struct.error:
        return


def _read_properties(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    count = min(struct.unpack_from("<I", content)[0], MAX_PROPERTIES)
    position = 4
    for _ in range(count):
        kind, name = struct.unpack_from("<HH", content, position)
        position += 4
        if name >= 0x8000:  # noqa: PLR2004 - named properties carry their name
            position = _skip_name(content, position)
        multiple, kind = kind & 0x1000, kind & 0x0FFF
        values = 1
        if multiple or kind in {_STRING, _UNICODE, _BINARY, _OBJECT}:
            values = min(struct.unpack_from("<I", content, position)[0], MAX_PROPERTIES)
            position += 4
        for number in range(values):
            length = _SIZES.get(kind, 0)
            if kind in {_STRING, _UNICODE, _BINARY, _OBJECT}:
                length = struct.unpack_from("<I", content, position)[0]
                position += 4
            elif not length:
                return
            if number == 0:
                yield name, kind, content[position : position + length]
            position += length + (-length % 4)


def _skip_name(content: bytes, position: int) -> int:
    named_by = struct.unpack_from("<I", content, position + 16)[0]
    if named_by == 0:
        return position + 24
    length = int(struct.unpack_from("<I", content, position + 20)[0])
    return position + 24 + length + (-length % 4)
