"""RTF that Outlook puts into winmail.dat, made readable: unpacked (MS-OXRTFCP), then its text, or the HTML it was made from
(MS-OXRTFEX). Never raises; what is cut off gives what it holds.
"""

import re
import struct
from dataclasses import dataclass, field, replace

from inflow.mail.charsets import decode
from inflow.mail.html import html_text

MAX_RTF = 500_000
MAX_GROUPS = 500
_COMPRESSED, _PLAIN = b"LZFu", b"MELA"
_HEAD = 16
_RING = 4096
_KNOWN = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier"
    b"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,9})? ?|\\'(?P<octet>[0-9A-Fa-f]{2})"
    r"|\\(?P<symbol>.)|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)
_CHARSETS = {
    128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256, 186: 1257, 204: 1251,
    222: 874, 238: 1250,
}  # fmt: skip
_SKIPPED = {
    "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "headerl", "headerr", "footerl", "footerr", "footnote",
}  # fmt: skip
_LETTERS = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "cell": "\t", "tab": "\t", "emdash": "—", "endash": "–",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ",
}  # fmt: skip
_SYMBOLS = {"~": "\xa0", "_": "-", "\n": "\n", "\r": "\n", "\\": "\\", "{": "{", "}": "}"}


def rtf_text(packed: bytes) -> str:
    """The readable text of a compressed RTF body, quotations of its HTML marked as `html_text` marks them; empty when it has none."""
    content = decompress(packed)
    reader = _Reader(from_html=b"\\fromhtml" in content[:1000])
    reader.read(content.decode("latin-1"))
    text = "".join(reader.out)
    return html_text(text) if reader.from_html else text.strip()


def decompress(packed: bytes) -> bytes:
    """The RTF of a compressed stream (MS-OXRTFCP section 3); empty when it is none, at most half a megabyte of it."""
    if len(packed) < _HEAD or packed[8:12] not in {_COMPRESSED, _PLAIN}:
        return b""
    size = min(struct.unpack_from("<I", packed, 4)[0], MAX_RTF)
    if packed[8:12] == _PLAIN:
        return packed[_HEAD : _HEAD + size]
    out = bytearray(_KNOWN)
    position, end = _HEAD, len(packed)
    while position < end and len(out) < size + len(_KNOWN):
        control = packed[position]
        position += 1
        for bit in range(8):
            if not control >> bit & 1:
                out += packed[position : position + 1]
                position += 1
            elif position + 1 >= end or not _repeat(out, packed[position] << 8 | packed[position + 1]):
                return bytes(out[len(_KNOWN) :][:size])
            else:
                position += 2
    return bytes(out[len(_KNOWN) :][:size])


def _repeat(out: bytearray, reference: int) -> bool:
    """Say again what stands at a place of the ring of the last 4096 octets; False at the mark of the end."""
    back = (len(out) - (reference >> 4)) % _RING
    if back == 0:
        return False
    length = (reference & 15) + 2
    piece = bytes(out[max(len(out) - back, 0) :][:length]) if back <= len(out) else b" " * length
    out += (piece * length)[:length]
    return True


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds inside the present braces."""

    skipped: bool = False
    tag: bool = False
    fonts: bool = False
    unseen: bool = False
    codepage: int = 0
    follows: int = 1


@dataclass(slots=True)
class _Reader:
    """One walk over the tokens; `octets` wait until their run is whole, so that letters of two octets are read as one."""

    from_html: bool
    out: list[str] = field(default_factory=list)
    octets: bytearray = field(default_factory=bytearray)
    now: _Group = field(default_factory=_Group)
    outer: list[_Group] = field(default_factory=list)
    codepage: int = 1252
    font: int = 0
    fonts: dict[int, int] = field(default_factory=dict)
    pending: int = 0
    optional: bool = False

    def read(self, rtf: str) -> None:
        for found in _TOKEN.finditer(rtf):
            if found["octet"]:
                self._octet(int(found["octet"], 16))
            elif found["word"]:
                self._word(found["word"], int(found["number"] or "1"), given=found["number"] is not None)
            elif found["brace"]:
                self._brace(found["brace"])
            elif found["symbol"]:
                self._symbol(found["symbol"])
            elif found["text"]:
                self._text(found["text"])
        self._flush()

    def _flush(self) -> None:
        if self.octets:
            self.out.append(decode(bytes(self.octets), f"cp{self.now.codepage or self.codepage}")[0])
            self.octets.clear()

    def _say(self, text: str) -> None:
        self._flush()
        if not (self.now.skipped or self.now.fonts or self.now.unseen):
            self.out.append(text)

    def _text(self, text: str) -> None:
        spared, self.pending = min(self.pending, len(text)), max(self.pending - len(text), 0)
        if text := text[spared:]:
            self._say(text)

    def _octet(self, octet: int) -> None:
        if self.pending:
            self.pending -= 1
        elif not (self.now.skipped or self.now.fonts or self.now.unseen):
            self.octets.append(octet)

    def _brace(self, brace: str) -> None:
        self._flush()
        self.optional = False
        if brace == "{" and len(self.outer) < MAX_GROUPS:
            self.outer.append(self.now)
        elif brace == "}" and self.outer:
            self.now = self.outer.pop()

    def _symbol(self, symbol: str) -> None:
        if symbol == "*":
            self.optional = True
        elif symbol in _SYMBOLS:
            self._say(_SYMBOLS[symbol])

    def _word(self, word: str, number: int, *, given: bool) -> None:
        self._flush()
        optional, self.optional = self.optional, False
        if word == "u" and given:
            self._say(chr(number % 65536) if not 0xD800 <= number % 65536 <= 0xDFFF else "\ufffd")  # noqa: PLR2004
            self.pending = self.now.follows
        elif word == "htmltag":
            self.now = replace(self.now, tag=True, unseen=False)
        elif word == "htmlrtf":
            self.now = replace(self.now, unseen=self.from_html and number != 0)
        elif word in _SKIPPED or (optional and not self.now.fonts):
            self.now = replace(self.now, skipped=True)
        elif word in _LETTERS:
            self._say(_LETTERS[word])
        else:
            self._set(word, number)

    def _set(self, word: str, number: int) -> None:
        match word:
            case "ansicpg":
                self.codepage = number
            case "uc":
                self.now = replace(self.now, follows=max(number, 0))
            case "fonttbl":
                self.now = replace(self.now, fonts=True)
            case "f":
                self.font = number
                self.now = replace(self.now, codepage=self.fonts.get(number, 0))
            case "fcharset" if self.now.fonts and number in _CHARSETS:
                self.fonts[self.font] = _CHARSETS[number]
