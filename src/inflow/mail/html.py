"""HTML as a person sees it, as text: links, lists, tables; what is hidden stays out, what is quoted is marked with `> `."""

import re
from collections.abc import Mapping

from lxml import etree

from inflow.mail.quote_marks import HISTORY_MARK

Attributes = Mapping[str, str]
_SKIPPED = {"script", "style", "head", "title", "template", "noscript", "object", "svg", "map", "select", "textarea"}
_BLOCKS = {
    "p", "div", "table", "tr", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "section", "article",
    "header", "footer", "center", "dl", "dt", "dd", "form", "fieldset", "address", "body", "hr", "tbody", "thead", "caption",
}  # fmt: skip
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre", "dl"}
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?:px|pt)?\s*(?:;|$)|mso-hide\s*:\s*all",
    re.IGNORECASE,
)
_SPACE = re.compile(r"[ \t\r\n\f\u200b\u200c\u034f\u00ad\ufeff]+")
_HISTORY_IDS = {
    "appendonsend",
    "divrplyfwdmsg",
    "x_divrplyfwdmsg",
    "olk_src_body_section",
    "mail-editor-reference-message-container",
    "reply-intro",
    "isreplycontent",
    "zwchr",
    "stopspelling",
}
_HISTORY_CLASSES = {
    "gmail_quote",
    "yahoo_quoted",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "moz-cite-prefix",
    "x_gmail_quote",
}
MAX_LINK = 2000
MAX_QUOTES = 5
_PREFIXES = tuple("> " * depth for depth in range(MAX_QUOTES + 1))
_BLANKS = tuple(prefix.rstrip() for prefix in _PREFIXES)


def html_text(html: str) -> str:
    """The readable text of an HTML body. Never raises; empty for what holds no text."""
    writer = _Writer()
    parser = etree.HTMLParser(target=writer, encoding="utf-8", recover=True, no_network=True, huge_tree=True)
    try:
        parser.feed(html.replace("\x00", "").encode("utf-8", "replace"))
        parser.close()
    except (etree.XMLSyntaxError, ValueError):
        return writer.close()
    return writer.close()


def _is_hidden(tag: str, attributes: Attributes) -> bool:
    if tag in _SKIPPED:
        return True
    style = attributes.get("style")
    return bool((style and _HIDDEN.search(style)) or "hidden" in attributes)


class _Writer:
    """What the parser tells, as lines: no tree is built, so memory stays small. Knows how deep in what is hidden, quotes and
    lists it is, and what blank space is owed before the next word."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.owed = 0
        self.hidden = 0
        self.quotes: list[bool] = []
        self.depth = 0
        self.preformatted = 0
        self.lists: list[int] = []
        self.links: list[tuple[str, int]] = []

    def start(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        if self.hidden or _is_hidden(tag, attributes):
            self.hidden += 1
        elif tag == "br":
            self.break_line(keep=True)
        elif tag in _BLOCKS:
            self.block(2 if tag in _SPACED else 1)
            self._start_block(tag, attributes)
        elif tag in {"td", "th"} and self.line:
            self._write("\t" if not self.line[-1].endswith("\t") else "")
        elif tag == "img" and self.links and (alternative := (attributes.get("alt") or "").strip()):
            self._write(f"[{_SPACE.sub(' ', alternative)}]")
        elif tag == "a":
            self.links.append((attributes.get("href") or "", len(self.line)))

    def end(self, tag: str) -> None:
        """An element ends: its text is known by now."""
        if self.hidden:
            self.hidden -= 1
        elif tag in _BLOCKS:
            self.block(2 if tag in _SPACED else 1)
            self._end_block(tag)
        elif tag == "a" and self.links:
            self._end_link()

    def data(self, text: str) -> None:
        """Text, in pieces as the parser likes."""
        if not self.hidden:
            self.text(text)

    def close(self) -> str:
        """All that was told, as text."""
        self.break_line()
        return "\n".join(self.lines).strip("\n")

    def text(self, text: str) -> None:
        if self.preformatted:
            first, *others = text.replace("\r\n", "\n").split("\n")
            self._write(first)
            for other in others:
                self.break_line(keep=True)
                self._write(other)
            return
        folded = _SPACE.sub(" ", text)
        if not self.line or self.line[-1].endswith((" ", "\n")):
            folded = folded.lstrip(" ")
        if folded:
            self._write(folded)

    def _write(self, text: str) -> None:
        if not text:
            return
        if self.owed and not self.line:
            if self.lines:
                self.lines.extend([_BLANKS[min(self.depth, MAX_QUOTES)]] * (self.owed - 1))
            self.owed = 0
        self.line.append(text)

    def break_line(self, *, keep: bool = False) -> None:
        text = "".join(self.line).replace("\xa0", " ").rstrip()
        if text or keep:
            self.lines.append(f"{self._prefix()}{text}".rstrip() if not text else self._prefix() + text)
        self.line = []

    def _prefix(self) -> str:
        return _PREFIXES[min(self.depth, MAX_QUOTES)]

    def block(self, blank: int) -> None:
        self.break_line()
        self.owed = max(self.owed, blank)

    def _start_block(self, tag: str, attributes: Attributes) -> None:
        if attributes and not self.depth and _begins_history(tag, attributes):
            self.lines.append(HISTORY_MARK)
        if tag == "blockquote":
            self.quotes.append(_quotes(attributes))
            self.depth += self.quotes[-1]
        if tag == "pre":
            self.preformatted += 1
        elif tag in {"ul", "ol"}:
            self.lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self._bullet()
        elif tag == "hr":
            self._write("-" * 20)
            self.block(1)

    def _bullet(self) -> None:
        indent = "  " * max(min(len(self.lists), 6) - 1, 0)
        if self.lists and self.lists[-1] >= 0:
            self.lists[-1] += 1
            self._write(f"{indent}{self.lists[-1]}. ")
        else:
            self._write(f"{indent}* ")

    def _end_block(self, tag: str) -> None:
        if tag == "blockquote" and self.quotes:
            self.depth -= self.quotes.pop()
        if tag == "pre":
            self.preformatted -= 1
        elif tag in {"ul", "ol"} and self.lists:
            self.lists.pop()

    def _end_link(self) -> None:
        address, start = self.links.pop()
        shown = "".join(self.line[start:]).strip() if start <= len(self.line) else ""
        bare = address.removeprefix("mailto:").removeprefix("tel:").rstrip("/")
        if not shown or not address.startswith(("http://", "https://", "mailto:", "ftp://")) or len(address) > MAX_LINK:
            return
        if bare.split("?")[0] not in shown and shown.rstrip("/") not in address:
            self._write(f" <{address}>")


def _quotes(attributes: Attributes) -> bool:
    """A quotation, not what Outlook and Gmail use to indent a paragraph."""
    return "margin:0 0 0 40px" not in (attributes.get("style") or "").replace("0px", "0")


def _begins_history(tag: str, attributes: Attributes) -> bool:
    """What mail programs put around the mail they answer."""
    name = attributes.get("id")
    if name and name.lower() in _HISTORY_IDS:
        return True
    if attributes.get("name") == "quote":
        return True
    kinds = attributes.get("class")
    return kinds is not None and tag != "blockquote" and not _HISTORY_CLASSES.isdisjoint(kinds.split())
