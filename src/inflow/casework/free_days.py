"""Public holidays of a country or a part of one, and the days an organisation closes by itself: the days on which nobody works."""

import re
from collections.abc import Collection
from datetime import date

_OWN = re.compile(r"(?:\d{4}-)?\d\d-\d\d")
_CATEGORIES = frozenset({"public", "de_facto"})
"""`de_facto`: days like the eves of Midsummer and Christmas in Sweden, that the law does not name and nobody works on."""


class FreeDays:
    """The free days as a container: of a country by its code (`SE`, `DE-BY`; none: no country's), and own ones, `2026-05-15` or
    each year's `12-24`."""

    def __init__(self, country: str | None, own: Collection[str]) -> None:
        self._own = frozenset(own)
        self._public = _of_country(country) if country else frozenset[date]()

    def __contains__(self, day: object) -> bool:
        """Whether nobody works on a day."""
        if not isinstance(day, date):
            return False
        return f"{day:%Y-%m-%d}" in self._own or f"{day:%m-%d}" in self._own or day in self._public


def _of_country(code: str) -> Collection[date]:
    import holidays

    country, _, part = code.partition("-")
    categories = _CATEGORIES & set(getattr(holidays, country).supported_categories)
    return holidays.country_holidays(country, subdiv=part or None, categories=tuple(sorted(categories)) or None)


def unknown(code: str) -> str:
    """Why a code names no country whose holidays are known; empty when it does."""
    import holidays

    known = holidays.list_supported_countries()
    country, _, part = code.partition("-")
    if country not in known:
        return f"{country!r} is no country whose holidays are known; write its ISO code, for example 'SE'"
    if part and part not in known[country]:
        return f"{part!r} is no part of {country}; there are: {', '.join(known[country]) or 'none'}"
    return ""


def is_day(text: str) -> bool:
    """Whether a text is a date, or a day of each year."""
    if not _OWN.fullmatch(text):
        return False
    try:
        date.fromisoformat(text if len(text) > len("12-24") else f"2024-{text}")
    except ValueError:
        return False
    return True
