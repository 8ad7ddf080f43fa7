"""What stands below the words of a person: signatures, `Sent from my phone`, disclaimers, list footers."""

import re

from inflow.mail.quote_marks import is_quoted, is_separator
from inflow.mail.reply_words import CLOSINGS, DEVICE, DISCLAIMERS, SENT_FROM

_DASHES = frozenset("-—–_")
MAX_SIGNATURE = 30
MAX_SHORT = 12
MAX_NOTICE = 60

_DELIMITER = re.compile(r"^\s*(?:--|—{1,2}|–{1,2}|__|—{4,}|-{2} )\s*$")
_RULE = re.compile(r"^\s*_{3,}\s*$|^\s*—{3,}\s*$")
_SENT_FROM = re.compile(rf"^[\W_]{{0,5}}(?:{SENT_FROM})\b(?P<what>.{{0,120}})$|^<<.{{2,30}}>>$", re.IGNORECASE)
_LINK = re.compile(r"\(?<?https?:\S+|[\[\]]")
_DEVICE = re.compile(rf"(?:{DEVICE})", re.IGNORECASE)
_EXCUSE = re.compile(r"excuse|typo|brevity|pardon|ursäkta|urskyld|unnskyld|verzeih|excus", re.IGNORECASE)
_CLOSING = re.compile(rf"^\W{{0,3}}(?:{CLOSINGS})\W{{0,4}}$", re.IGNORECASE)
_CONTACT = re.compile(
    r"@|www\.|https?:|\+?\d[\d ()/.-]{5,}\d|\b(?:AB|GmbH|Oy|A/S|AS|Ltd|Inc|LLC|BV|CEO|CTO|VD|Mobil\w*|Tel\w*|Phone|Direct)\b"
)
_DISCLAIMER = re.compile(rf"^\W{{0,5}}(?:{DISCLAIMERS})", re.IGNORECASE)


def without_tail(lines: list[str], kinds: list[int], *, signed: bool = False) -> list[str]:
    """The lines without one signature, footer or disclaimer at their end; unchanged when there is none. `signed`: a person's
    own signature stays."""
    end = _trimmed(lines, len(lines))
    for cut in (_mobile, _disclaimer) if signed else (_delimited, _mobile, _disclaimer, _contact_block):
        start = cut(lines[:end], kinds)
        if start is not None:
            return lines[:start]
    return lines[:end]


def _trimmed(lines: list[str], end: int) -> int:
    while end and not lines[end - 1].strip():
        end -= 1
    return end


def _delimited(lines: list[str], kinds: list[int]) -> int | None:
    """From a `-- ` line (RFC 3676 section 4.3), or a rule with a few lines below, to the end."""
    for start in range(max(0, len(lines) - MAX_SIGNATURE), len(lines)):
        if lines[start].strip()[:1] not in _DASHES:
            continue
        below = len(lines) - start
        strong = _DELIMITER.match(lines[start])
        if (strong or (_RULE.match(lines[start]) and below <= MAX_SHORT)) and not any(kinds[start : len(lines)]):
            return start
    return None


def _mobile(lines: list[str], kinds: list[int]) -> int | None:
    """The last lines when each says what it was sent from."""
    start = len(lines)
    while start and (not lines[start - 1].strip() or _is_sent_from(lines[start - 1])) and not kinds[start - 1]:
        start -= 1
    return start if start < len(lines) and any(line.strip() for line in lines[start:]) else None


def _is_sent_from(line: str) -> bool:
    if len(line) > 250:  # noqa: PLR2004
        return False
    found = _SENT_FROM.match(_LINK.sub("", line).strip())
    if not found:
        return False
    what = found["what"] or ""
    if _EXCUSE.search(what):
        return True
    if re.search(r"[,;?]|\.\s", what):
        return False
    return len(what.split()) <= 5 or bool(_DEVICE.search(line))  # noqa: PLR2004


def _disclaimer(lines: list[str], kinds: list[int]) -> int | None:
    """The last paragraph, or the one before it, when it is a legal notice of some length."""
    start = len(lines)
    for _ in range(3):
        start = _trimmed(lines, start)
        while start and lines[start - 1].strip() and not is_separator(lines[start - 1]):
            start -= 1
            if len(lines) - start > MAX_NOTICE:
                return None
        if (
            start < len(lines)
            and not any(kinds[start : len(lines)])
            and _DISCLAIMER.match(" ".join(lines[start : start + 3])[:500])
        ):
            return start
    return None


def _contact_block(lines: list[str], kinds: list[int]) -> int | None:
    """A closing formula with a name and contact details below."""
    for start in range(len(lines) - 1, max(-1, len(lines) - MAX_SHORT), -1):
        if not _CLOSING.match(lines[start]):
            continue
        below = [line for line in lines[start + 1 :] if line.strip()]
        short = all(len(line) < 90 and not line.rstrip().endswith("?") for line in below)  # noqa: PLR2004
        quoted = any(kinds[start : len(lines)]) or any(is_quoted(line) for line in below)
        if len(below) > 1 and short and not quoted and any(_CONTACT.search(line) for line in below[1:]):
            return start
        return None
    return None
