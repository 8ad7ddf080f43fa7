"""Mail as it may be shown: HTML through a sanitiser, files under safe names and types. Pure.

Whatever a mail says, what comes out runs nothing and loads nothing, but for remote images where somebody asked for them; a
link says which host it leads to. The sanitiser comes last: nothing is changed after it.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import nh3
from lxml import etree

from inflow.mail.body import encoding_of, read
from inflow.mail.charsets import decode
from inflow.mail.message import Attachment
from inflow.mail.mime import Part, split
from inflow.mail.transfer import decode_transfer

LONGEST = 2 << 20
MOST_PICTURES = 8 << 20
MOST_BROUGHT = 50
_TAGS = {
    "a", "abbr", "article", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd",
    "del", "dfn", "dir", "div", "dl", "dt", "em", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins",
    "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}  # fmt: skip
_SIZED = {"width", "height", "align", "valign", "bgcolor"}
_ATTRIBUTES = {
    "*": {"style", "dir", "lang"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "font": {"color", "size", "face"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing", *_SIZED},
    "tr": _SIZED,
    "td": {"colspan", "rowspan", *_SIZED},
    "th": {"colspan", "rowspan", *_SIZED},
}
_STYLES = {
    "border", "border-bottom", "border-collapse", "border-color", "border-left", "border-radius", "border-right", "border-spacing",
    "border-style", "border-top", "border-width", "background-color", "color", "font-family", "font-size", "font-style", "font-weight",
    "height", "letter-spacing", "line-height", "margin", "margin-bottom", "margin-left", "margin-right", "margin-top", "max-width",
    "padding", "padding-bottom", "padding-left", "padding-right", "padding-top", "text-align", "text-decoration", "text-indent",
    "text-transform", "vertical-align", "white-space", "width", "word-break",
}  # fmt: skip
_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
_DATA = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
_TYPES = frozenset(
    {"application/pdf", "application/zip", "image/png", "image/jpeg", "image/gif", "image/webp", "text/csv"}
)
_UNSAFE_NAME = re.compile(r'[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"\\/:*?<>|;]+')
_RUNS = re.compile(
    r"\.(?:ade|app|appx|bat|cmd|com|cpl|dll|dmg|docm|exe|hta|htm|html|img|iso|jar|js|jse|lnk|mht|mhtml|msc|msi|pif|ps1"
    r"|reg|scf|scr|sct|shtml|svg|url|vbe|vbs|vhd|wsf|wsh|xhtml|xlsm|xll|xml)[. ]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """HTML that is safe to show, and the hosts of the images that it would load."""

    html: str
    hosts: tuple[str, ...] = ()


Redraw = Callable[[Sequence[bytes]], Sequence[bytes]]


def shown(raw: bytes, files: Mapping[str, Attachment], *, images: bool, redraw: Redraw) -> Shown | None:
    """The HTML of a mail as it may be shown; None where it has none. `files`: what it brings, by Content-ID; `images`: remote
    images were asked for; `redraw`: makes new pictures of those that the mail itself brings, empty for what is none."""
    source = _html_of(raw)
    if source is None:
        return None
    hosts: dict[str, None] = {}
    prepared, ours = _prepared(source, files, redraw)

    def keep(_tag: str, name: str, value: str) -> str | None:
        if name == "href":
            return value if _scheme(value) in ("http", "https", "mailto", "tel") else None
        if name != "src" or value in ours:
            return value
        if _scheme(value) in ("http", "https"):
            hosts[urlsplit(value.strip()).hostname or "?"] = None
            return value if images else None
        return None

    clean = nh3.clean(
        prepared,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "tel", "data"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}, "img": {"referrerpolicy": "no-referrer"}},
        filter_style_properties=_STYLES,
    )
    return Shown(html=clean, hosts=tuple(hosts)[:10])


def has_html(raw: bytes) -> bool:
    """Whether a mail may bring HTML."""
    return b"text/html" in raw.lower()


def _html_of(raw: bytes) -> str | None:
    reading = read(split(raw))
    for part in (*reading.bodies, *reading.spare):
        if part.content_type == "text/html" and part.end - part.start <= LONGEST:
            return _decoded(part)
    return None


def _decoded(part: Part) -> str:
    text, _ = decode(decode_transfer(part.body, encoding_of(part)), part.parameters.get("charset", ""))
    return text.replace("\0", "")


def _prepared(source: str, files: Mapping[str, Attachment], redraw: Redraw) -> tuple[str, frozenset[str]]:
    """HTML in which every link says where it leads, and the mail's own images are new pictures; and these, as data: addresses."""
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(source.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return "", frozenset()
    if root is None:
        return "", frozenset()
    for link in list(root.iter("a")):
        _say_where(link)
    pictures = _redrawn([image.get("src", "") for image in root.iter("img")], files, redraw)
    for image in root.iter("img"):
        if picture := pictures.get(image.get("src", "")):
            image.set("src", picture)
    return str(etree.tostring(root, encoding="unicode", method="html")), frozenset(pictures.values())


def _say_where(link: Any) -> None:
    """Behind a link the host that it leads to, whatever its text says."""
    where = leads_to(link.get("href", ""))
    last = link[-1] if len(link) else None
    said = f" [{where}]" if where else ""
    if last is None:
        link.text = (link.text or "") + said
    else:
        last.tail = (last.tail or "") + said


def _redrawn(sources: Sequence[str], files: Mapping[str, Attachment], redraw: Redraw) -> dict[str, str]:
    """Of the images that the mail itself brings, by where they stand in it, new pictures as data: addresses."""
    brought: dict[str, bytes] = {}
    room = MOST_PICTURES
    for source in dict.fromkeys(sources):
        content = _brought(source, files)
        if picture_type(content) and len(content) <= room and len(brought) < MOST_BROUGHT:
            room -= len(content)
            brought[source] = content
    drawn = redraw(list(brought.values())) if brought else ()
    return {
        source: f"data:{picture_type(one)};base64,{base64.b64encode(one).decode()}"
        for source, one in zip(brought, drawn, strict=True)
        if one
    }


def _brought(source: str, files: Mapping[str, Attachment]) -> bytes:
    """The octets of an image that the mail itself brings; empty for anything else."""
    if _DATA.fullmatch(source):
        try:
            return base64.b64decode(source.partition(",")[2])
        except binascii.Error:
            return b""
    found = files.get(source.strip()[4:]) if _scheme(source) == "cid" else None
    return found.content if found else b""


def leads_to(href: str) -> str:
    """The host or address a link leads to, as ASCII; empty for one that is taken out."""
    scheme = _scheme(href)
    try:
        parts = urlsplit(href.strip())
        host = parts.hostname or ""
    except ValueError:
        return "?"
    if scheme in ("http", "https"):
        return _ascii(host)
    return parts.path[:100] if scheme in ("mailto", "tel") else ""


def _ascii(host: str) -> str:
    """A host as its owner registered it: letters that look like others are told apart (RFC 3492)."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host.encode("ascii", "replace").decode()


def _scheme(url: str) -> str:
    return re.sub(r"[\x00-\x20]", "", url).partition(":")[0].lower()


def picture_type(content: bytes) -> str:
    """What kind of image some octets begin as: PNG, JPEG, GIF or WebP; empty for everything else, whatever it is called."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for mark, kind in _PICTURES.items() if content.startswith(mark)), "")


def download_type(content_type: str) -> str:
    """A type that no browser runs."""
    if content_type.startswith("text/plain"):
        return "text/plain; charset=utf-8"
    return content_type if content_type in _TYPES else "application/octet-stream"


def safe_name(filename: str) -> str:
    """A file name without folders, characters that turn it around, or a dot at its beginning."""
    name = _UNSAFE_NAME.sub("_", filename.replace("\\", "/").rpartition("/")[2]).strip(". ")
    stem, dot, end = name.rpartition(".")
    return f"{(stem if dot else name)[:120]}{dot}{end[:20] if dot else ''}" or "file"


def runs(filename: str) -> bool:
    """Whether a file of this name is a program, or a page that runs one, to somebody's computer."""
    return _RUNS.search(filename, max(filename.rstrip(". ").rfind("."), 0)) is not None


def attachment_header(filename: str) -> str:
    """A Content-Disposition that saves a file under its name (RFC 6266)."""
    name = safe_name(filename)
    ascii_name = name.encode("ascii", "replace").decode().replace("?", "_")
    return f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(name.encode('utf-8', 'replace'), safe='')}"
