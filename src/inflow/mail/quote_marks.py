"""The lines that mail programs write around what they quote: attributions, header blocks, separators, quote marks."""

import re
from operator import methodcaller

from inflow.mail.reply_words import FORWARDED, FROM, MONTHS, OPENERS, ORIGINAL, OTHER, SENT, SUBJECT, TO, WRITES

HISTORY_MARK = "\ue000"
MAX_ATTRIBUTION = 400
ATTRIBUTION_LINES = 6

_QUOTED = re.compile(r"^\s{0,3}>|^[A-Z][A-Za-z]{0,10}>(?:\s|$)")
_BARRED = re.compile(r"^\s{0,3}\|")
_PREFIX = re.compile(r"^[\s>|]{0,50}")
_OPENER = re.compile(rf"(?:-{{2,}}\s*)?(?:{OPENERS})\b\.?|\d{{1,4}}[\s./年-]|.{{0,100}}<?[^\s<>]+@", re.IGNORECASE)
_WORD_OPENER = re.compile(rf"(?:{OPENERS})\b|\d{{1,4}}[./-]\d|\d{{1,2}}\.?\s+(?:{MONTHS})", re.IGNORECASE)
_WRITES = re.compile(rf"(?<!\w)(?:{WRITES})(?!\w)", re.IGNORECASE)
_DATE = re.compile(
    rf"\b(?:19|20)\d\d\b|\d{{1,2}}[:.]\d{{2}}\b|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\b\d{{1,2}}\.?\s+(?:de\s+)?(?:{MONTHS})|\b(?:{MONTHS})\w*\.?\s+\d{{1,2}}",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>@]{1,80}@[^\s<>@]{2,100}")
_ENDS = re.compile(rf"[:：]\s*$|-{{2,}}\s*$|@\S+ (?:{WRITES})\s*$", re.IGNORECASE)
_ENDINGS = (
    ":",
    "：",
    "--",
    ":*",
    *(
        f" {word}"
        for word in ("wrote", "skrev", "kirjoitti", "schrieb", "écrit", "schreef", "escribió", "scritto", "escreveu")
    ),
)
_HINT = re.compile(rf"\s*(?:[-_*#=~>|—–{HISTORY_MARK}\d]|[^:：>]{{1,30}}[:：>])")
_BARE = re.compile(
    r"(?:\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} GMT[+-]\d{1,2}:\d{2} \S.{0,80}|\d{4}/\d{1,2}/\d{1,2} \S.{0,80}<[^<>\s]+@[^<>\s]+>:?)$"
)
_LABEL = re.compile(
    rf"^\W{{0,4}}(?:(?P<sender>{FROM})|(?P<sent>{SENT})|(?P<to>{TO})|(?P<subject>{SUBJECT})|(?P<other>{OTHER}))\s?\W{{0,3}}?[:：]",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"^\s*(?:[-_=*~#+—–]\s?){2,}\s*$|^\s*(?:ᐧ|—|–)\s*$")
_DECORATED = re.compile(r"^[\s*]*-{3,}[^-]{1,60}-{3,}[\s*]*$")
_ORIGINAL = re.compile(rf"^\W{{0,60}}(?:{ORIGINAL})\W{{0,60}}$", re.IGNORECASE)
_FORWARD = re.compile(rf"^[\W_]{{0,40}}(?:{FORWARDED})\b(?:[^\n]{{0,60}}[-–:]\s*|\W{{0,60}})$", re.IGNORECASE)
_FENCE = "```"
_STARTS_CODE = methodcaller("startswith", _FENCE)
HEADER_LINES = 14
_DASHES = frozenset("-_=*~#+—–ᐧ")
_MARKS = frozenset(f"-_*#=~>|—–{HISTORY_MARK}")


def is_quoted(line: str, *, introduced: bool = False) -> bool:
    """Whether a line is marked as quoted: `>`, `Name>`; after an introduction also `|`."""
    head = line[:15]
    return bool((">" in head and _QUOTED.match(head)) or (introduced and "|" in head and _BARRED.match(head)))


def is_separator(line: str) -> bool:
    """A line of dashes and their like, with nothing to read in it."""
    return line.lstrip()[:1] in _DASHES and len(line) < 200 and bool(_SEPARATOR.match(line))  # noqa: PLR2004


def is_decorated(line: str) -> bool:
    """Words between dashes, as programs set them above what they quote."""
    return len(line) < 200 and bool(_DECORATED.match(line))  # noqa: PLR2004


def is_original(line: str) -> bool:
    """`-----Original Message-----` in any of the languages."""
    return len(line) < 200 and bool(_ORIGINAL.match(line))  # noqa: PLR2004


def is_forward(line: str) -> bool:
    """`---------- Forwarded message ----------` in any of the languages."""
    return len(line) < 200 and bool(_FORWARD.match(line.lstrip("> ")))  # noqa: PLR2004


def fenced(lines: list[str]) -> set[int]:
    """The lines inside closed code fences: nothing there is looked at."""
    inside: set[int] = set()
    if not any(map(_STARTS_CODE, lines)):
        return inside
    start: int | None = None
    for number, line in enumerate(lines):
        if line.startswith(_FENCE):
            if start is None:
                start = number
            else:
                inside.update(range(start, number + 1))
                start = None
    return inside


def noticed(lines: list[str]) -> set[int]:
    """The lines at which something that a program wrote may begin, outside code: a cheap look before the dear ones."""
    found: set[int] = set()
    for number, line in enumerate(lines):
        if line.rstrip().endswith(_ENDINGS):
            found.update(range(max(number - ATTRIBUTION_LINES + 1, 0), number + 1))
        elif _may_hint(line.lstrip()) and _HINT.match(line):
            found.add(number)
    return found - fenced(lines)


def _may_hint(line: str) -> bool:
    """The cheapest look of all: most lines that people write begin with a letter and have no colon near."""
    head = line[:32]
    return head[:1] in _MARKS or head[:1].isdigit() or ":" in head or ">" in head or "：" in head


def attribution_end(lines: list[str], position: int) -> int | None:
    """Where an introduction such as `On 3 May, Someone wrote:` that begins at `position` ends; None when none begins."""
    line = lines[position]
    if line.lstrip()[:1].isdigit() and len(line) < MAX_ATTRIBUTION and _BARE.match(line.strip()):
        return position + 1
    last = _last_line(lines, position)
    if last is None:
        return None
    text = _plain(line)
    if not text or not (_OPENER.match(text) or _WRITES.search(text)):
        return None
    joined = ""
    for number in range(position, last + 1):
        plain = _plain(lines[number])
        joined = f"{joined} {plain}".strip()
        if len(joined) > MAX_ATTRIBUTION or not (plain or (_WORD_OPENER.match(text) and _DATE.search(text))):
            return None
        if _ENDS.search(joined) and _introduces(joined, lines, number + 1):
            return None if _begins_later(lines, position + 1, number) else number + 1
    return None


def _plain(line: str) -> str:
    return _PREFIX.sub("", line[: 2 * MAX_ATTRIBUTION]).strip("* ")


def _last_line(lines: list[str], position: int) -> int | None:
    """The last of the next lines that could end an introduction; a cheap look before the dear one."""
    for number in range(min(position + ATTRIBUTION_LINES, len(lines)) - 1, position - 1, -1):
        if lines[number].rstrip().endswith(_ENDINGS):
            return number
    return None


def _begins_later(lines: list[str], position: int, last: int) -> bool:
    """Whether the introduction found begins on a later line: what stands before it is a person's own text."""
    for start in range(position, last + 1):
        text = " ".join(_plain(line) for line in lines[start : last + 1])
        if _WORD_OPENER.match(text) and _DATE.search(text[:60]) and _WRITES.search(text):
            return True
    return False


def _introduces(text: str, lines: list[str], after: int) -> bool:
    dated, addressed = bool(_DATE.search(text)), bool(_ADDRESS.search(text))
    found = list(_WRITES.finditer(text))
    if not found:
        named = dated and addressed
        return named and (
            _quotes_follow(lines, after) or (bool(_OPENER.match(text)) and text.rstrip(": )").endswith(">"))
        )
    if addressed and len(text) - found[-1].end() < 3:  # noqa: PLR2004
        return True
    if dated and _OPENER.match(text):
        return True
    if dated or addressed:
        return (len(text) < 250 and _quotes_follow(lines, after)) or found[-1].end() >= len(text) - 40  # noqa: PLR2004
    return len(text) < 80 and _quotes_follow(lines, after)  # noqa: PLR2004


def _quotes_follow(lines: list[str], position: int) -> bool:
    for line in lines[position : position + 3]:
        if line.strip():
            return is_quoted(line, introduced=True)
    return False


def header_block_end(lines: list[str], position: int) -> int | None:
    """Where a block such as `From: Sent: To: Subject:` that begins at `position` ends; None when it is none."""
    kinds: set[str] = set()
    above: set[str] = set()  # what stands above an empty line
    end = position
    blank = 0
    for number in range(position, min(position + HEADER_LINES, len(lines))):
        line = lines[number]
        found = _LABEL.match(line) if len(line) < 2000 else None  # noqa: PLR2004
        if found:
            if found.lastgroup in above - {
                "other"
            }:  # said again: what stands above is no part of the block, or all of it
                return end if _is_block(above) else None
            kinds.add(found.lastgroup or "")
            end = number + 1
            blank = 0
        elif not line.strip() or is_separator(line):
            blank += 1
            above |= kinds
            if not kinds or blank > 1:
                break
        elif not kinds or blank:
            break
    return end if _is_block(kinds) else None


def _is_block(kinds: set[str]) -> bool:
    """Whether labels of these kinds make a block."""
    named = kinds - {"other"}
    if "sender" in kinds:
        return len(named) >= 3 or (len(named) == 2 and "sent" in kinds)  # noqa: PLR2004
    return len(named) >= 4  # noqa: PLR2004
