"""From bytes to text: the declared charset where it holds, else the likeliest, West European first. No character is lost."""

import codecs
import re
from functools import lru_cache

from charset_normalizer import from_bytes

_ALIASES = {
    "us-ascii": "cp1252", "ascii": "cp1252", "ansi_x3.4-1968": "cp1252", "iso-8859-1": "cp1252", "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "l1": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874",
    "windows-874": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030",
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932",
    "big5": "big5hkscs", "iso-8859-8-i": "iso-8859-8", "iso-8859-8-e": "iso-8859-8", "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7", "utf8mb4": "utf-8", "x-mac-roman": "mac_roman", "macintosh": "mac_roman", "x-utf-8": "utf-8",
    "iso-2022-jp": "iso2022_jp_ext", "cp-850": "cp850", "x-cp1252": "cp1252", "ansi": "cp1252", "windows1252": "cp1252",
}  # fmt: skip
_UNKNOWN = {
    "",
    "unknown",
    "unknown-8bit",
    "x-unknown",
    "8bit",
    "x-user-defined",
    "default",
    "none",
    "default_charset",
    "binary",
}
_NOT_TEXT = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
_STATEFUL = ("iso2022", "utf-7", "utf_7", "hz", "utf-16", "utf-32", "cp037", "cp500", "cp1140")
_LATIN = {"cp1252", "cp1254", "iso8859-15", "iso8859-2", "cp1250", "mac-roman", "iso8859-4", "iso8859-10", "iso8859-14"}
_NAME = re.compile(r"[A-Za-z0-9_.:+-]{1,40}")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH = re.compile(rb"[\x80-\xff]+")
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NORDIC = "åäöÅÄÖæøÆØéÉüÜàÀ"
_CENTRAL = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰäöüÄÖÜßôľĺ–„”…"
_WESTERN = (
    "åäöÅÄÖæøÆØéèêëáàâãçñóòôõúùûüßíìîïÉÈÊÁÀÂÃÇÑÓÒÔÕÚÙÛÜÍÌÎÏýÝÿœŒðÐþÞšŠžŽ«»“”„‘’‚–—…•€£°§´©®™·¿¡ºª½¼¾²³¹±×\xa0\xad†‰‹›"
)
_RUSSIAN = set("абвгдежзийклмнопрстуфхцчшщъыьэюяё")
_FREQUENT = set("оеаинт")
_LIKELY = (
    ("cp1252", set(_WESTERN)),
    ("cp850", set(_NORDIC)),
    ("mac_roman", set(_NORDIC)),
    ("cp1250", set(_CENTRAL)),
    ("iso8859-2", set(_CENTRAL)),
    ("cp1251", _RUSSIAN),
    ("koi8-r", _RUSSIAN),
)
_INSIDE_WORDS = re.compile(
    r"(?<=[^\W\d_])[¿¡³¹²¼½¾£¶±„”†«»‰…]+(?=[^\W\d_])|(?<=[^\W\d_])[³¹¼½¾£¶±¿¡](?!\w)|(?<=[a-z])[ŒŠŽÝÞÐ](?=[a-z])"
)
_ENOUGH = 0.85
_SAMPLE = 4000
MAX_RUN = 4


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return "".join(_ONE_BYTE[byte] for byte in wrong), error.end


_ONE_BYTE = [bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(256)]
codecs.register_error("inflow-cp1252", _as_cp1252)


def decode(content: bytes, charset: str) -> tuple[str, str]:
    """The text and, where the charset had to be guessed, a defect in words (else empty)."""
    codec = _codec(charset)
    if content.isascii() and not codec.startswith(_STATEFUL):
        if not codec and b"\x1b$" in content:
            return content.decode("iso2022_jp_ext", "replace"), "charset guessed: iso-2022-jp"
        return content.decode("ascii"), ""
    for mark, name in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(name, "replace") if name == "utf-8" else content.decode(
                name, "replace"
            ), ""
    if codec in {"", "utf-8"} or codec in _LATIN:
        return _decode_western(content, codec)
    try:
        return content.decode(codec), ""
    except (UnicodeError, ValueError):
        return _decode_broken(content, codec)


@lru_cache(maxsize=256)
def _codec(charset: str) -> str:
    """Python's name of a declared charset; empty when it says nothing or nobody knows it."""
    found = _NAME.search(charset)
    name = found[0].lower().rstrip(".:") if found else ""
    if name in _UNKNOWN:
        return ""
    try:
        codec = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return ""
    if codec.name in _NOT_TEXT or not codec._is_text_encoding:  # noqa: SLF001 - the only way to tell rot13 from a charset
        return ""
    return codec.name


def _decode_western(content: bytes, codec: str) -> tuple[str, str]:
    """UTF-8 wins wherever it is valid: other text hardly ever is by chance (RFC 3629 section 4)."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return text, "" if codec in {"", "utf-8"} else f"declared {codec} but is utf-8"
    if codec in _LATIN:
        return content.decode(codec, "inflow-cp1252"), ""
    return _guess(content, codec)


def _decode_broken(content: bytes, codec: str) -> tuple[str, str]:
    text = content.decode(codec, "replace")
    wrong = text.count("\ufffd")
    if wrong * 20 <= len(text):
        return text, f"{wrong} characters are not {codec}"
    return _guess(content, codec)


def _guess(content: bytes, codec: str) -> tuple[str, str]:
    named = f"declared {codec} but is not; " if codec else ""
    sample = content[:_SAMPLE]
    high = _HIGH.findall(sample)
    sequences = sum(len(found) for found in _UTF8_SEQUENCE.findall(sample))
    if sequences and sequences * 2 >= sum(map(len, high)):
        return content.decode("utf-8", "inflow-cp1252"), f"{named}charset guessed: utf-8 with stray bytes"
    likely = _likely(sample, longest=max(map(len, high), default=0))
    if likely:
        return content.decode(likely, "inflow-cp1252"), f"{named}charset guessed: {likely}"
    best = from_bytes(sample, steps=3, chunk_size=512, preemptive_behaviour=False).best()
    name = best.encoding if best else "cp1252"
    return content.decode(name, "inflow-cp1252" if name == "cp1252" else "replace"), f"{named}charset guessed: {name}"


def _likely(sample: bytes, longest: int) -> str:
    """The first of the likely charsets in which nearly all high bytes are letters of its languages; empty when none fits.

    Letters of Western Europe stand one or two at a time among plain ones, Cyrillic ones in long runs.
    """
    for codec, letters in _LIKELY:
        cyrillic = letters is _RUSSIAN
        if cyrillic != (longest > MAX_RUN):
            continue
        text = sample.decode(codec, "replace")
        high = [letter for letter in text if letter >= "\x80"]
        if cyrillic and sum(letter in _FREQUENT for letter in high) * 3 < len(high):
            continue
        strange = sum(map(len, _INSIDE_WORDS.findall(text))) if codec == "cp1252" else 0
        if sum(letter in letters for letter in high) - strange >= _ENOUGH * len(high):
            return codec
    return ""
