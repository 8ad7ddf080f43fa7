"""Pages from templates, in Swedish and English: English is the key, `words.toml` has the Swedish, and both for codes.

Nothing is put in unescaped.
"""

import re
import tomllib
from collections.abc import Callable
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from inflow import __version__
from inflow.casework.case import Status
from inflow.casework.happenings import by_whom, happened
from inflow.casework.numbers import decimal
from inflow.casework.reasons import told
from inflow.casework.refusals import refused
from inflow.store import board
from inflow.web.hostile import runs
from inflow.web.visitor import Visitor, world_of

LANGUAGES = ("sv", "en")
MONTHS = {
    "sv": ("jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
_LINK = re.compile(r"https?://[^\s<>\"']{3,2000}[^\s<>\"'.,;:!?)\]}]")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_ENVIRONMENT = Environment(
    loader=PackageLoader("inflow.web"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


class _Titles(dict[str, str]):
    """Titles of roles; one that the config does not know is called by its name."""

    def __missing__(self, role: str) -> str:
        return role


@cache
def words(language: str) -> dict[str, str]:
    """What the texts of the pages are in a language, where they are not themselves."""
    table = tomllib.loads((files("inflow.web") / "words.toml").read_text(encoding="utf-8"))
    if language == "sv":
        return {text: said if isinstance(said, str) else said[1] for text, said in table.items()}
    return {text: said[0] for text, said in table.items() if not isinstance(said, str)}


def language_of(request: Request) -> str:
    """The language somebody reads: what they chose, else the organisation's."""
    chosen = request.cookies.get("language", "")
    return chosen if chosen in LANGUAGES else world_of(request).settings.organisation.language


def page(request: Request, asking: Visitor | None, name: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of a template; `values` are what it shows."""
    language = language_of(request)
    world = world_of(request)
    waiting = 0
    if asking is not None:
        with world.database.reading() as connection:
            waiting = board.counts(connection, asking.reader, [Status.UNCLAIMED])["unclaimed"]
    html = _ENVIRONMENT.get_template(name).render(
        _=translator(language),
        language=language,
        visitor=asking,
        organisation=world.settings.organisation.name,
        version=__version__,
        auth=world.settings.web.auth,
        path=request.url.path,
        here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        unclaimed=waiting,
        titles=_Titles((role.name, role.title or role.name) for role in world.settings.roles),
        when=_when(language, request),
        decimal=lambda value: decimal(value, language),
        told=lambda reason: told(reason, language),
        refused=lambda fault: refused(fault, language),
        happened=lambda kind, text: happened(kind, text, language),
        by_whom=lambda by: by_whom(by, language),
        **values,
    )
    return HTMLResponse(html, status_code=status)


def translator(language: str) -> Callable[..., str]:
    """A text of the pages in a language; its {names} are filled in."""
    table = words(language)

    def translate(text: str, **values: object) -> str:
        said = table.get(text, text)
        return said.format(**values) if values else said

    return translate


def _when(language: str, request: Request) -> Callable[[datetime | None], Markup]:
    """A time as people read it, in the organisation's zone."""
    world = world_of(request)
    zone, now = world.settings.organisation.zone, world.now()

    def when(moment: datetime | None) -> Markup:
        if moment is None:
            return Markup("–")
        local = moment.astimezone(zone)
        day = f"{local.day} {MONTHS[language][local.month - 1]}"
        short = f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else f"{day} {local:%H:%M}"
        if local.year != now.astimezone(zone).year:
            short = f"{day} {local.year}"
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            moment.isoformat(), f"{local:%Y-%m-%d %H:%M}", short
        )

    return when


def linked(text: str) -> Markup:
    """Text of a mail: escaped, without characters that turn it around, its web addresses as links that show where they lead."""
    text = _UNSEEN.sub("\u2423", text)
    out, end = Markup(), 0
    for found in _LINK.finditer(text):
        out += text[end : found.start()]
        out += Markup('<a href="{0}" rel="noopener noreferrer nofollow" target="_blank">{0}</a>').format(found[0])
        end = found.end()
    return out + text[end:]


def octets(size: int) -> str:
    """A size as people read it."""
    for unit in ("B", "kB", "MB"):
        if size < 1000:  # noqa: PLR2004
            return f"{size} {unit}"
        size = round(size / 1000)
    return f"{size} GB"


def plain(text: str) -> str:
    """Text of a mail without characters that turn it around."""
    return _UNSEEN.sub("\u2423", text)


def query(values: dict[str, Any], **changes: Any) -> str:
    """What stands behind the ? of an address: the values that are not empty."""
    return urlencode({key: value for key, value in (values | changes).items() if value not in ("", None)})


def local_path(path: str) -> str:
    """A path on this board to go to; `/` for anything that leads elsewhere."""
    parts = urlsplit(path)
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc and "\\" not in path
    return path if is_ours and path.isprintable() else "/"


_ENVIRONMENT.filters |= {"linked": linked, "octets": octets, "plain": plain, "runs": runs}
_ENVIRONMENT.globals |= {
    "query": query,
    "done_codes": frozenset(text[5:] for text in words("en") if text.startswith("done ")),
}
