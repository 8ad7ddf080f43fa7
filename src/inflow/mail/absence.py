"""When an absent person is back, where the automatic reply says it."""

# ruff: noqa: E501 - a list of phrases reads better in long lines than in broken ones

import re
from datetime import date

_MONTHS = (
    ("jan", "tammi", "sty", "gen", "ene"), ("feb", "helmi", "lut", "fév", "fev"), ("mar", "mär", "maalis"), ("apr", "huhti", "kwi", "avr", "abr"),
    ("may", "maj", "mai", "mei", "touko", "mag"), ("jun", "kesä", "cze", "juin", "giu"), ("jul", "heinä", "lip", "juil", "lug"),
    ("aug", "elo", "sie", "aoû", "ago"), ("sep", "syys", "wrz", "set"), ("oct", "okt", "loka", "paź", "ott", "out"), ("nov", "marras", "lis"),
    ("dec", "dez", "des", "joulu", "gru", "déc", "dic"),
)  # fmt: skip
_BACK = (
    r"tillbaka|åter(?:kommer|igen|\b)|t\.?o\.?m\.?|till och med|fram till|until|till|back|return(?:ing|s)?|tilbage|tilbake|til og med|palaan|takaisin|bis|zurück|wieder"
    r"|jusqu|retour|tot(?: en met)?|terug|hasta|regres|vuelv|vuelta|fino al|rientr|torn|do\b|wracam|powr[óo]t|até|volto"
)
_MONTH = f"(?:{'|'.join(start for month in _MONTHS for start in month)})"
_DATE = (
    r"(?P<year>20\d\d)-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})|(?P<d2>\d{1,2})\s*[./]\s*(?P<m2>\d{1,2})(?:\s*[./]\s*(?P<y2>(?:20)?\d\d))?"
    rf"|(?P<d3>\d{{1,2}})(?:st|nd|rd|th|:e|\.|º)?\s+(?:de\s+|of\s+)?(?P<m3>{_MONTH}[^\W\d]{{0,9}})\.?(?:\s+(?:de\s+)?(?P<y3>20\d\d))?"
    rf"|(?P<m4>{_MONTH}[^\W\d]{{0,9}})\.?\s+(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y4>20\d\d))?"
)
_PHRASE = re.compile(rf"\b(?:{_BACK})[^\d\n]{{0,40}}?(?:{_DATE})", re.IGNORECASE)
_BEFORE = re.compile(
    rf"\b(?:{_DATE})\.?[^\d\n.]{{0,12}}?\b(?:asti|saakka|lähtien|wieder|tillbaka|tilbake|tilbage)\b", re.IGNORECASE
)


def back_on(text: str, written: date | None) -> date | None:
    """The date an absence ends by the words of its reply; without a year the next one after `written`."""
    text = text[:5000]
    for found in (*_PHRASE.finditer(text), *_BEFORE.finditer(text)):
        day = int(found["d1"] or found["d2"] or found["d3"] or found["d4"])
        month = _month(found["m1"] or found["m2"] or found["m3"] or found["m4"])
        year = found["year"] or found["y2"] or found["y3"] or found["y4"]
        if month and (moment := _date(year, month, day, written)):
            return moment
    return None


def _month(word: str) -> int:
    if word.isdigit():
        return int(word)
    return next((number for number, starts in enumerate(_MONTHS, 1) if word.lower().startswith(starts)), 0)


def _date(year: str | None, month: int, day: int, written: date | None) -> date | None:
    if not year and written is None:
        return None
    try:
        if year:
            return date(int(year) % 100 + 2000, month, day)
        assert written is not None
        moment = date(written.year, month, day)
        return moment if moment >= written else date(written.year + 1, month, day)
    except ValueError:
        return None
