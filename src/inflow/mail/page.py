"""An HTML page as a row of letters, each of which lies in a text of its tree: so that a range of letters can be cut out."""

import unicodedata
from collections.abc import Callable, Collection

from lxml import etree

_UNREAD = (
    "head", "title", "style", "script", "template", "noscript", "textarea", "select", "object", "svg", "iframe", "math",
)  # fmt: skip
_EMOJI = 0x2600
_CLOSES = ".!?…,:;)]}\"'”»’"
_OPENS = "(\"'“”«¡¿["


def is_letter(character: str) -> bool:
    """What carries words: letters, digits and emoji; not what programs set around them."""
    return character.isalnum() or (ord(character) >= _EMOJI and unicodedata.category(character) == "So")


def letters(text: str) -> str:
    """The letters of a text in their order."""
    return "".join(filter(is_letter, text))


def shown(html: str) -> str:
    """Every text of a piece of HTML, hidden or not."""
    root = etree.fromstring(f"<div>{html}</div>", etree.HTMLParser(no_network=True, huge_tree=True))
    return "" if root is None else "".join(map(str, root.itertext()))


class Page:
    """A tree, its letters, and which of them each element spans. `exchange` is done to every text and link of it."""

    def __init__(self, root: etree._Element, exchange: Callable[[str], str]) -> None:
        etree.strip_elements(root, *_UNREAD, with_tail=False)
        self._root = root
        self._texts: list[tuple[etree._Element, str, int, str]] = []
        self._spans: dict[etree._Element, tuple[int, int]] = {}
        self._exchange = exchange
        self._read: list[str] = []
        self._count = 0
        self._walk()
        self.letters = "".join(self._read)
        self.cids = frozenset(_cid(image) for image in root.iter("img")) - {""}

    def _walk(self) -> None:
        begun: dict[etree._Element, int] = {}
        for event, element in etree.iterwalk(self._root, events=("start", "end")):
            if event == "start":
                begun[element] = self._count
                if href := element.get("href"):
                    element.set("href", self._exchange(href))
                self._text(element, "text")
            else:
                self._spans[element] = (begun.pop(element), self._count)
                self._text(element, "tail")

    def _text(self, element: etree._Element, place: str) -> None:
        text = getattr(element, place)
        if text:
            text = self._exchange(text)
            setattr(element, place, text)
            self._texts.append((element, place, self._count, text))
            found = letters(text)
            self._read.append(found)
            self._count += len(found)

    def cut(self, start: int, stop: int, *, images: Collection[str], mark: str) -> dict[str, str]:
        """Take away all but the letters from `start` to `stop` and what stands among them. Of the `images`, those that stand
        there stay, under Content-IDs made of `mark`. Returns them, new to old."""
        for element, place, at, text in self._texts:
            setattr(element, place, _clipped(text, start - at, stop - at, first=start == 0))
        shows = self._images(start, stop, images, mark)
        kept = {above for image in self._root.iter("img") for above in (image, *image.iterancestors())}
        for element, (begins, ends) in self._spans.items():
            outside = begins >= stop or (ends <= start and start > 0)
            if outside and element not in kept and element is not self._root:
                _drop(element)
        return shows

    def _images(self, start: int, stop: int, images: Collection[str], mark: str) -> dict[str, str]:
        shows: dict[str, str] = {}
        names: dict[str, str] = {}
        for image in list(self._root.iter("img")):
            cid, (at, _) = _cid(image), self._spans[image]
            quoted = any(above.tag == "blockquote" and self._spans[above][0] >= stop for above in image.iterancestors())
            if cid not in images or not start <= at <= stop or quoted:
                _drop(image)
                continue
            name = names.setdefault(cid, f"{len(names) + 1}.{mark}")
            image.set("src", f"cid:{name}")
            shows[name] = cid
        return shows


def _cid(image: etree._Element) -> str:
    source = (image.get("src") or "").strip()
    return source[4:] if source[:4].lower() == "cid:" else ""


def _clipped(text: str, start: int, stop: int, *, first: bool) -> str:
    """Of a text the letters from `start` to `stop`, counted from its own first, with the marks among and around them."""
    places = [place for place, character in enumerate(text) if is_letter(character)]
    if stop == 0 and not places and not text.strip().strip(_CLOSES):
        return text.strip()
    if stop <= 0 or (start >= len(places) and not (first and start <= 0)):
        return ""
    begin = places[start] if start > 0 else 0
    while start > 0 and begin and text[begin - 1] in _OPENS:
        begin -= 1
    return text[begin:] if stop >= len(places) else text[begin : places[stop]].rstrip(" \t\r\n\xa0-–—_─<" + _OPENS)


def _drop(element: etree._Element) -> None:
    """Take an element away, and leave what stands behind it."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    tail = element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)
