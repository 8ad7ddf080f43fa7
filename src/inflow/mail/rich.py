"""The HTML of a reply, cut to the words that go out: sent only when, read as text, it says those words and nothing else.

The plain text decides what is new. Its letters must be found at the beginning of the HTML; all that stands outside of them is
taken away, what is left goes through a sanitiser (nh3) and is read again. In doubt there is no HTML.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import nh3
from lxml import etree

from inflow.mail.answer import signed
from inflow.mail.body import encoding_of, read
from inflow.mail.charsets import decode
from inflow.mail.mime import Part, split
from inflow.mail.page import Page, letters, shown
from inflow.mail.transfer import decode_transfer

LONGEST = 1 << 20
_TAGS = {
    "p", "div", "span", "br", "hr", "b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "font", "a", "ul", "ol", "li",
    "dl", "dt", "dd", "blockquote", "pre", "code", "table", "thead", "tbody", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "img",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"style", "dir", "lang"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_STYLES = {
    "font-weight", "font-style", "font-family", "font-size", "text-decoration", "text-align", "color", "background-color",
    "margin", "margin-left", "padding",
}  # fmt: skip
_LINK = r"<(?:https?:|mailto:|tel:)[^>\s]{0,2000}>"
_NOTED = re.compile(rf"\[[^\]\n]{{1,200}}\]\s?{_LINK}|\[(?:cid|image|bild)\b[^\]\n]{{0,200}}\]|{_LINK}", re.IGNORECASE)
_NUMBERED = re.compile(r"^[ \t]*\d{1,3}[.)][ \t]", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rich:
    """HTML that may go out. `shows`: its images, new Content-ID to old; `left`: the old ones that only the rest showed."""

    html: str
    shows: Mapping[str, str]
    left: frozenset[str]


def rich(
    raw: bytes, said: str, *, new: str, exchange: Callable[[str], str], images: Collection[str], mark: str
) -> Rich | None:
    """The HTML of a mail whose `new` text was read, cut to `said`, with its `images` under Content-IDs made of `mark`. None
    where it is not certain. `exchange` puts another address in place of the member's."""
    root = _html_of(raw)
    if root is None:
        return None
    page = Page(root, exchange)
    found = _found(page, exchange(said), [exchange(signed(raw)), exchange(new)])
    if found is None:
        return None
    start, words = found
    shows = page.cut(start, start + len(words), images=images, mark=mark)
    clean = _sanitised(etree.tostring(root, encoding="unicode", method="html"), shows)
    told = unquote(clean)
    if letters(shown(clean)) != words or exchange(told) != told:
        return None
    return Rich(html=clean, shows=shows, left=page.cids - frozenset(shows.values()))


def _html_of(raw: bytes) -> etree._Element | None:
    """The one HTML part of the text of a mail, parsed."""
    reading = read(split(raw))
    found = [part for part in (*reading.bodies, *reading.spare) if part.content_type == "text/html"]
    if len(found) != 1 or found[0].end - found[0].start > LONGEST:
        return None
    parser = etree.HTMLParser(
        encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        return etree.fromstring(_decoded(found[0]).replace("\0", "").encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _decoded(part: Part) -> str:
    text, _ = decode(decode_transfer(part.body, encoding_of(part)), part.parameters.get("charset", ""))
    return text


def _found(page: Page, said: str, texts: list[str]) -> tuple[int, str] | None:
    """Where on a page the words begin that go out, and their letters: they end one of the texts, with which the page begins."""
    for plain in (_without_notes, _without_numbers):
        words = letters(plain(said))
        for text in texts:
            whole = letters(plain(text))
            if words and whole.endswith(words) and page.letters.startswith(whole):
                return len(whole) - len(words), words
    return None


def _without_notes(text: str) -> str:
    """Without what a program writes for images and links."""
    return _NOTED.sub("", text)


def _without_numbers(text: str) -> str:
    """Without the numbers of lists, too."""
    return _NUMBERED.sub("", _without_notes(text))


def _sanitised(html: str, shows: Mapping[str, str]) -> str:
    def allowed(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if value.removeprefix("cid:") in shows else None
        wrong = (name == "style" and "url(" in value.lower()) or (tag == "a" and value.lower().startswith("cid:"))
        return None if wrong else value

    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=allowed,
        filter_style_properties=_STYLES,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        link_rel=None,
    )
