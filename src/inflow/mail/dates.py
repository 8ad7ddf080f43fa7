"""Dates of mail (RFC 5322 section 3.3 and what clients make of it): UTC or nothing."""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_DAY = r"(?:[A-Za-z]{2,10}\.?,?\s*)?(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]*\.?,?[\s-]+(\d{2,4})"
_CLOCK = r"[\s,]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([+-]\d{4})?"
_USUAL = re.compile(_DAY + _CLOCK)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d{1,9})?\s*(?:Z|[+-]\d{2}:?\d{2})?")
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "maj": 5, "okt": 10, "mai": 5, "mär": 3, "dez": 12, "juin": 6,
}  # fmt: skip


def parse_date(value: str) -> datetime | None:
    """The moment a Date field names, in UTC; without a zone it is taken as UTC; None when nobody could tell."""
    value = value[:200].strip()
    try:
        return _usual(value) or _iso(value) or _odd(value)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _usual(value: str) -> datetime | None:
    found = _USUAL.match(value)
    if not found or found[2].lower() not in _MONTHS or not found[7]:
        return None
    zone = int(found[7][:3]) * 60 + int(found[7][0] + found[7][3:])
    moment = datetime(
        _year(int(found[3])), _MONTHS[found[2].lower()], int(found[1]),
        int(found[4]), int(found[5]), min(int(found[6] or 0), 59), tzinfo=timezone(timedelta(minutes=zone)),
    )  # fmt: skip
    return moment.astimezone(UTC)


def _year(year: int) -> int:
    """RFC 5322 section 4.3: two digits below 50 are this century, other short years the last."""
    if year < 50:  # noqa: PLR2004
        return year + 2000
    return year + 1900 if year < 1000 else year  # noqa: PLR2004


def _iso(value: str) -> datetime | None:
    found = _ISO.match(value)
    if not found:
        return None
    moment = datetime.fromisoformat(found[0].replace(" ", "T", 1).replace(" ", ""))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _odd(value: str) -> datetime | None:
    parts = parsedate_tz(value)
    if not parts:
        return None
    moment = datetime(_year(parts[0]), *parts[1:5], min(parts[5], 59), tzinfo=UTC)
    return moment - timedelta(seconds=parts[9] or 0)
