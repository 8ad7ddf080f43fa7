"""HTML as a person sees it, as text: links, lists, tables; what is hidden stays out, what is quoted is marked with `> `."""

import re

from lxml import etree

from inflow.mail.quote_marks import HISTORY_MARK

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


def html_text(html: str) -> str:
    """The readable text of an HTML body. Never raises; empty for what holds no text."""
    root = _root(html)
    if root is None:
        return ""
    writer = _Writer()
    skipped = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if skipped is not None:
            if event == "end" and element is skipped:
                skipped = None
                writer.text(element.tail)
        elif event == "end":
            writer.end(element)
        elif _is_hidden(element):
            skipped = element
        else:
            writer.start(element)
    return writer.result()


def _root(html: str) -> etree._Element | None:
    content = html.replace("\x00", "").encode("utf-8", "replace")
    parser = etree.HTMLParser(
        encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _is_hidden(element: etree._Element) -> bool:
    if element.tag in _SKIPPED:
        return True
    style = element.get("style")
    return bool((style and _HIDDEN.search(style)) or element.get("hidden") is not None)


class _Writer:
    """Collects lines; knows how deep in quotes and lists it is, and what blank space is owed before the next word."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.owed = 0
        self.quotes = 0
        self.preformatted = 0
        self.lists: list[int] = []
        self.links: list[tuple[str, int]] = []

    def text(self, text: str | None) -> None:
        if not text:
            return
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
                self.lines.extend([self._prefix().rstrip()] * (self.owed - 1))
            self.owed = 0
        self.line.append(text)

    def break_line(self, *, keep: bool = False) -> None:
        text = "".join(self.line).replace("\xa0", " ").rstrip()
        if text or keep:
            self.lines.append(f"{self._prefix()}{text}".rstrip() if not text else self._prefix() + text)
        self.line = []

    def _prefix(self) -> str:
        return "> " * min(self.quotes, 20)

    def block(self, blank: int) -> None:
        self.break_line()
        self.owed = max(self.owed, blank)

    def start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "br":
            self.break_line(keep=True)
        elif tag in _BLOCKS:
            self.block(2 if tag in _SPACED else 1)
            self._start_block(element, str(tag))
        elif tag in {"td", "th"} and self.line:
            self._write("\t" if not self.line[-1].endswith("\t") else "")
        elif tag == "img" and self.links and (alternative := (element.get("alt") or "").strip()):
            self._write(f"[{_SPACE.sub(' ', alternative)}]")
        elif tag == "a":
            self.links.append((element.get("href") or "", len(self.line)))
        self.text(element.text)

    def _start_block(self, element: etree._Element, tag: str) -> None:
        if _begins_history(element) and not self.quotes:
            self.lines.append(HISTORY_MARK)
        if _quotes(element):
            self.quotes += 1
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
        indent = "  " * max(min(len(self.lists), 10) - 1, 0)
        if self.lists and self.lists[-1] >= 0:
            self.lists[-1] += 1
            self._write(f"{indent}{self.lists[-1]}. ")
        else:
            self._write(f"{indent}* ")

    def end(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self.block(2 if tag in _SPACED else 1)
            self._end_block(element, str(tag))
        elif tag == "a" and self.links:
            self._end_link()
        self.text(element.tail)

    def _end_block(self, element: etree._Element, tag: str) -> None:
        if _quotes(element):
            self.quotes -= 1
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

    def result(self) -> str:
        self.break_line()
        return "\n".join(self.lines).strip("\n")


def _quotes(element: etree._Element) -> bool:
    """A quotation, not what Outlook and Gmail use to indent a paragraph."""
    return element.tag == "blockquote" and "margin:0 0 0 40px" not in (element.get("style") or "").replace("0px", "0")


def _begins_history(element: etree._Element) -> bool:
    """What mail programs put around the mail they answer."""
    name = element.get("id")
    if name and name.lower() in _HISTORY_IDS:
        return True
    if element.get("name") == "quote":
        return True
    kinds = element.get("class")
    return bool(kinds) and element.tag != "blockquote" and not _HISTORY_CLASSES.isdisjoint(kinds.split())
