"""Address lists (RFC 5322 section 3.4, 6532), in every shape that mail brings: linear, and never raises."""

import re
from collections.abc import Iterator

from inflow.mail.message import Address
from inflow.mail.words import ENCODED_WORD, clean, decode_words, header_text

MAX_ADDRESSES = 5_000
MAX_FIELD = 131_072
MAX_QUOTED = 500

_TOKEN = re.compile(
    rf'(?P<word>{ENCODED_WORD})|(?P<quoted>"(?:[^"\\]++|\\.)*+")|(?P<angle><[^<>]*>)|(?P<open>\()|(?P<separator>[,;])'
    r'|(?P<colon>:)|(?P<space>\s+)|(?P<atom>[^\s"(),:;<>=]+|=|.)',
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ADDRESS = re.compile(r"[^\s<>,;:\"'()\[\]]+@(?:\[[^\s<>\[\]]+\]|[^\s<>,;:\"'()\[\]]+)")
_EMPTY = re.compile(r"<\s*>|<\s*$")
_SPACED = re.compile(r"\s*([@.])\s*")
_NOTE = re.compile(r"\([^()]{0,200}\)")
_QUOTED_LOCAL = re.compile(r'"(?:[^"\\]++|\\.)*+"@[^\s<>,;:"@]+')
_COMMENT = re.compile(r"[^()\\]+|\\.|[()]", re.DOTALL)


def addresses(value: bytes, charset: str = "") -> tuple[Address, ...]:
    """The mailboxes of one field, groups flattened, encoded words decoded after the commas were told apart."""
    found: list[Address] = []
    mailbox = _Mailbox()
    text = header_text(value[:MAX_FIELD], charset)
    position = 0
    while position < len(text) and len(found) < MAX_ADDRESSES:
        token = _TOKEN.match(text, position)
        if token is None:
            break
        position = token.end()
        if token.lastgroup == "open":
            position = mailbox.comment(text, position)
        elif token.lastgroup == "separator":
            found.extend(mailbox.finish())
            mailbox = _Mailbox()
        elif token.lastgroup == "colon":
            mailbox.colon()
        else:
            mailbox.take(token.lastgroup or "atom", token[0])
    return tuple(_rejoined([*found, *mailbox.finish()]))


def _rejoined(found: list[Address]) -> Iterator[Address]:
    """`Test, Anna <anna@kund.test>` without the quotes it needs is one mailbox: a name without address goes before the next."""
    surname = ""
    for one in found:
        if surname and one.name and one.address:
            yield Address(name=f"{surname}, {one.name}", address=one.address)
        else:
            yield from [Address(name=surname)] * bool(surname)
            yield from [one] * bool(one.address)
        surname = one.name if not one.address else ""
    yield from [Address(name=surname)] * bool(surname)


class _Mailbox:
    """One mailbox being read: the words of its phrase, its angle address, its comments."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.raw = ""
        self.angle: str | None = None
        self.comments: list[str] = []

    def take(self, kind: str, token: str) -> None:
        self.raw += token if len(self.raw) < MAX_QUOTED else ""
        if kind == "angle":
            self.angle = token[1:-1] if self.angle is None or "@" not in self.angle else self.angle
        elif kind == "quoted":
            self.words.append(_ESCAPE.sub(r"\1", token[1:-1]) if "@" not in token or self.words else token)
        else:
            self.words.append(token)

    def comment(self, text: str, start: int) -> int:
        """Read a comment, nested ones inside (RFC 5322 section 3.2.2): where it ends."""
        depth, position, content = 1, start, []
        for found in _COMMENT.finditer(text, start):
            depth += {"(": 1, ")": -1}.get(found[0], 0)
            position = found.end()
            if depth == 0:
                break
            content.append(found[0].removeprefix("\\"))
        self.comments.append("".join(content))
        return position

    def colon(self) -> None:
        """A group name ends here (RFC 5322 section 3.4), unless the colon stands inside an address."""
        if self.angle is None and "@" not in "".join(self.words):
            self.words = []

    def finish(self) -> list[Address]:
        phrase = "".join(self.words).strip()
        if self.angle is not None:
            return [Address(name=_name(phrase), address=_address(self.angle))]
        if not phrase:
            return []
        return self._without_angle(phrase, _name(" ".join(self.comments)))

    def _without_angle(self, phrase: str, comment: str) -> list[Address]:
        """An address without brackets, with or without a name beside it; only a name where there is no address."""
        if quoted := _QUOTED_LOCAL.fullmatch(self.raw.strip()):
            return [Address(name=comment, address=quoted[0])]
        words = phrase.split()
        if len(words) > 1 and all(_ADDRESS.fullmatch(word) for word in words):  # the commas were forgotten
            return [Address(address=_address(word)) for word in words]
        if "@" in words:  # white space around it (RFC 5322 section 4.4)
            phrase = _SPACED.sub(r"\1", phrase)
        if "@" not in phrase or not (found := _ADDRESS.search(phrase)):
            return [Address(name=_name(phrase))]
        rest = phrase.replace(found[0], " ", 1).strip(" '\"<>[]")
        if rest.startswith("."):  # white space around the dots of a domain (RFC 5322 section 4.4)
            return [Address(name=comment, address=_address(phrase))]
        return [Address(name=_name(rest) or comment, address=_address(found[0]))]


def _name(phrase: str) -> str:
    text = clean(decode_words(phrase) if "=?" in phrase else phrase)
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return " ".join(_EMPTY.sub("", text).split())


def _address(text: str) -> str:
    """The bare address: no source route, no `mailto:`, no white space or control characters in it."""
    text = decode_words(text) if "=?" in text else text
    text = _NOTE.sub("", text) if "(" in text else text
    text = "".join(clean(text).split()).strip("<>")
    if text.startswith("@") and ":" in text:
        text = text.partition(":")[2]
    return text.removeprefix("mailto:").removeprefix("MAILTO:")
