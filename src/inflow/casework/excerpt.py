"""The piece of a text that shows why it was found: around the words, which are marked."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from inflow.casework.query import Term
from inflow.routing.words import stem

Marked = tuple[tuple[str, bool], ...]
_READ = 100_000
_BEFORE = 60
_SPACE = re.compile(r"\s+")


def marked(text: str, terms: Sequence[Term]) -> Marked:
    """A text in pieces, those that were searched for marked."""
    pieces: list[tuple[str, bool]] = []
    end = 0
    for start, stop in _found(text, terms):
        pieces += [(text[end:start], False), (text[start:stop], True)]
        end = stop
    pieces.append((text[end:], False))
    return tuple(piece for piece in pieces if piece[0])


def excerpt(text: str, terms: Sequence[Term], *, longest: int = 240) -> Marked:
    """About so many letters of a text, on one line: where the most different words of the search stand together, else its beginning."""
    text = _SPACE.sub(" ", text[:_READ]).strip()
    places = list(_found(text, terms))
    start = _best(text, places, longest - _BEFORE) if places else 0
    begin = text.rfind(" ", 0, max(start - _BEFORE, 0) + 1) + 1 if start > _BEFORE else 0
    stop = min(len(text), begin + longest)
    if stop < len(text):
        stop = max(text.rfind(" ", begin, stop), begin + longest // 2)
    shown = marked(text[begin:stop], terms)
    return (*((("… ", False),) if begin else ()), *shown, *(((" …", False),) if stop < len(text) else ()))


def _best(text: str, places: Sequence[tuple[int, int]], width: int) -> int:
    """Where the window begins that holds the most different found words."""
    some = places[:200]

    def different(at: int) -> int:
        return len({text[start:stop].lower() for start, stop in some if at <= start < at + width})

    return max((start for start, _ in some), key=lambda at: (different(at), -at))


def _found(text: str, terms: Sequence[Term]) -> Iterator[tuple[int, int]]:
    """Where the words of terms stand in a text, in order, none within another."""
    pattern = _pattern(tuple(terms))
    if pattern is None:
        return
    stems = {term.stem for term in terms if term.stem}
    for match in pattern.finditer(text[:_READ]):
        if match.lastgroup is None or stem(match[0].lower()) in stems:
            yield match.span()


@lru_cache(maxsize=64)
def _pattern(terms: tuple[Term, ...]) -> re.Pattern[str] | None:
    """What finds terms: as they are written, or (the group, to be looked at again) a word that begins as a stem."""
    said, stems = [], []
    for term in sorted((one for one in terms if not one.is_absent), key=lambda one: -len(one.words)):
        said.append(r"[\W_]+".join(map(re.escape, term.words)) + (r"[^\W_]*" if term.goes_on else r"(?![^\W_])"))
        if term.stem:
            stems.append(re.escape(term.stem) + r"[^\W_]*")
    if not said:
        return None
    inflected = f"|(?P<stem>{'|'.join(stems)})" if stems else ""
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(said)}{inflected})", re.IGNORECASE)


def holds(text: str, terms: Sequence[Term]) -> bool:
    """Whether any word of a search stands in a text."""
    return next(_found(text, terms), None) is not None
