"""Dates of mail (RFC 5322 section 3.3 and what clients make of it): UTC or nothing."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_tz

_DAY = r"(?:[^\W\d_]{2,10}\.?,?\s*)?(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]*\.?,?[\s-]+(\d{2,4})"
_CLOCK = (
    r"[\s,]+(?:at\s+|kl\.?\s+)?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\s*([AaPp][Mm]\b)?"
    r"[\s(]*((?:GMT|UTC)?[+-]\d{1,2}:?\d{2}|[A-Za-z]{1,5}\b)?"
)
_USUAL = re.compile(_DAY + _CLOCK)
_NUMBERS = re.compile(r"(?:[A-Za-z]{2,10}\.?,?\s*)?(\d{1,2})([./-])(\d{1,2})[./-](\d{4})" + _CLOCK)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d{1,9})?\s*(?:Z|[+-]\d{2}:?\d{2})?")
MAX_OFFSET = 24 * 60
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "maj": 5, "okt": 10, "mai": 5, "mär": 3, "dez": 12, "juin": 6,
}  # fmt: skip


_ZONES = {
    "wet": 0, "west": 60, "bst": 60, "cet": 60, "met": 60, "mez": 60, "cest": 120, "mest": 120, "mesz": 120, "eet": 120, "eest": 180,
    "msk": 180, "jst": 540, "kst": 540, "hkt": 480, "sgt": 480, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780,
    "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
}  # fmt: skip


def parse_date(value: str) -> datetime | None:
    """The moment a Date field names, in UTC; without a zone, or with one nobody knows, it is taken as UTC (RFC 5322 section 4.3);
    None when nobody could tell."""
    value = value[:200].strip()
    try:
        return _usual(value) or _iso(value) or _numbers(value) or _odd(value)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _usual(value: str) -> datetime | None:
    found = _USUAL.match(value)
    if not found or found[2].lower() not in _MONTHS:
        return None
    return _moment(_year(int(found[3])), _MONTHS[found[2].lower()], int(found[1]), found.groups()[3:])


def _numbers(value: str) -> datetime | None:
    """A day in numbers: with slashes the month comes first where it can (as in America), else the day."""
    found = _NUMBERS.match(value)
    if not found:
        return None
    day, month = int(found[1]), int(found[3])
    if month > 12 or (found[2] == "/" and found[8]):  # noqa: PLR2004
        day, month = month, day
    return _moment(int(found[4]), month, day, found.groups()[4:])


def _moment(year: int, month: int, day: int, clock: tuple[str | None, ...]) -> datetime:
    hour, minute, second, half, zone = clock
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + 12 * (half.lower() == "pm")
    moment = datetime(year, month, day, hours, int(minute or 0), min(int(second or 0), 59), tzinfo=UTC)
    return moment - timedelta(minutes=_offset(zone or ""))


def _offset(zone: str) -> int:
    """Minutes east of Greenwich."""
    number = zone.lstrip("GMTUC").replace(":", "")
    if number[:1] in {"+", "-"}:
        minutes = int(number[1:-2] or 0) * 60 + int(number[-2:])
        if minutes > MAX_OFFSET:
            raise ValueError(zone)
        return -minutes if number[0] == "-" else minutes
    return _ZONES.get(zone.lower(), 0)


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
