"""Ready answers: what a file of one says about itself, and which of them a mail asks for, with the words that show it."""

import itertools
import math
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from inflow.routing.words import STOPWORDS, stem, words_of

KEY = re.compile(r"[\w-]{1,60}")
LARGEST = 100_000
_FRONT = re.compile(r"\A(---|\+\+\+)[ \t]*\n(.*?)(?<=\n)\1[ \t]*(?:\n|\Z)", re.DOTALL)
_LIST = re.compile(r"\s*\[(.*)\]\s*")
_LISTS = frozenset({"questions", "roles", "languages"})
_KNOWN = _LISTS | {"title", "valid_until"}
_LEAST, _MOST = 0.5, 3
_WORDS_READ = 400
_BEGINNING, _SHORTEST_COMPOUND = 4, 5
_ALIKE = 0.6
_SURE, _SURE_WORDS, _APART, _ALL_OF_IT = 0.8, 3, 0.2, 0.7


class AnswerError(ValueError):
    """A file of an answer cannot be used; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A ready answer: what it is about, the questions it answers, for which roles and languages (none: all), and until when."""

    key: str
    text: str
    title: str = ""
    questions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    valid_until: date | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values, for programs."""
        until = self.valid_until.isoformat() if self.valid_until else None
        return asdict(self) | {"valid_until": until}

    def is_valid(self, today: date) -> bool:
        """Whether it still holds."""
        return self.valid_until is None or today <= self.valid_until


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """An answer that may be the one: how much of a question of it the mail asks, and the words of the mail that say so."""

    entry: Entry
    likeness: float
    words: tuple[str, ...]


def read(key: str, content: str) -> Entry:
    """The answer in a file: TOML between `+++`, or lines `name: value` between `---`, and the text below. Raises AnswerError."""
    content = content.replace("\r\n", "\n").removeprefix("\ufeff")
    front = _FRONT.match(content)
    if front is None and content.startswith(("---\n", "+++\n")):
        raise AnswerError(f"what begins with {content[:3]} at its top does not end")
    said = _front(front[1], front[2]) if front else {}
    text = content[front.end() :].strip() if front else content.strip()
    if not text:
        raise AnswerError("there is no answer in it")
    if unknown := sorted(said.keys() - _KNOWN):
        raise AnswerError(f"unknown word {unknown[0]!r} at its top; there are {', '.join(sorted(_KNOWN))}")
    lists: dict[str, Any] = {name: _strings(name, said.get(name, ())) for name in _LISTS}
    title = said.get("title", "")
    if not isinstance(title, str):
        raise AnswerError("title: must be a text")
    return Entry(key=key, text=text, title=title, valid_until=_day(said.get("valid_until")), **lists)


def _front(fence: str, lines: str) -> dict[str, Any]:
    if fence == "+++":
        try:
            return tomllib.loads(lines)
        except tomllib.TOMLDecodeError as error:
            raise AnswerError(f"is not TOML: {error}") from error
    said: dict[str, Any] = {}
    name = ""
    for line in filter(str.strip, lines.split("\n")):
        if line.lstrip().startswith("- ") and isinstance(said.get(name), list):
            said[name].append(line.lstrip()[2:].strip().strip("\"'"))
            continue
        name, colon, value = line.partition(":")
        name = name.strip().replace(" ", "_")
        if not colon or not name:
            raise AnswerError(f"{line.strip()[:60]!r} is not `name: value`")
        listed = _LIST.fullmatch(value)
        parts = re.split(r",\s*", listed[1]) if listed else []
        items = [part.strip().strip("\"'") for part in parts if part.strip()]
        said[name] = items if listed or (name in _LISTS and not value.strip()) else value.strip().strip("\"'")
    return said


def _strings(name: str, value: Any) -> tuple[str, ...]:
    several = [value] if isinstance(value, str) else value
    if not isinstance(several, Sequence) or not all(isinstance(one, str) for one in several):
        raise AnswerError(f"{name}: must be a list of texts")
    return tuple(several)


def _day(value: Any) -> date | None:
    try:
        return value if isinstance(value, date) or value is None else date.fromisoformat(str(value))
    except ValueError as error:
        raise AnswerError(f"valid_until: {value!r} is no day; write 2026-12-31") from error


def write(entry: Entry) -> str:
    """The file of an answer."""
    said = {
        "title": entry.title,
        "questions": list(entry.questions),
        "roles": list(entry.roles),
        "languages": list(entry.languages),
    }
    lines = [f"{name} = {_toml(value)}" for name, value in said.items() if value]
    lines += [f"valid_until = {entry.valid_until.isoformat()}"] if entry.valid_until else []
    return "\n".join(("+++", *lines, "+++", entry.text.strip(), ""))


def _toml(value: str | Sequence[str]) -> str:
    if not isinstance(value, str):
        return f"[{', '.join(map(_toml, value))}]"
    clean = "".join(letter for letter in value if letter.isprintable())
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """A bank made ready to be asked: each answer with the stems of its questions, and how much each stem tells them apart."""

    asked: tuple[tuple[Entry, tuple[tuple[str, ...], ...]], ...] = ()
    weights: Mapping[str, float]


def index_of(entries: Sequence[Entry]) -> Index:
    """The answers as they are asked for."""
    asked = tuple((entry, _questions(entry)) for entry in entries)
    held = Counter(root for _, questions in asked for root in {root for question in questions for root in question})
    return Index(asked=asked, weights={root: math.log(1 + len(entries) / count) for root, count in held.items()})


def _questions(entry: Entry) -> tuple[tuple[str, ...], ...]:
    """The stems of each question of an answer, and of its title."""
    asked = (
        {stem(word) for word in words_of(said) if word not in STOPWORDS} for said in (*entry.questions, entry.title)
    )
    return tuple(tuple(sorted(words)) for words in asked if words)


def likely(index: Index, *, subject: str, text: str, role: str, language: str, today: date) -> list[Likely]:
    """The answers that a mail asks for, likeliest first, three at most: half of what a question says, weighed by how rare the words
    are in the bank, must be in the mail, inflected or within longer words."""
    fitting = [
        (entry, questions)
        for entry, questions in index.asked
        if entry.is_valid(today)
        and (not entry.roles or not role or role in entry.roles)
        and (not entry.languages or not language or language in entry.languages)
    ]
    mail = _Mail(f"{subject} {text}") if fitting else None
    found = [one for entry, questions in fitting if mail and (one := _likeness(entry, questions, mail, index.weights))]
    return sorted(found, key=lambda one: (-one.likeness, one.entry.key))[:_MOST]


def sure(found: Sequence[Likely], said: Collection[str]) -> Likely | None:
    """The answer that a mail asks for beyond doubt, of those that are likely: by most of a question, in three words at least, clearly
    before the next one, and the mail speaks of little else (`said`: the stems of what it says)."""
    if not found:
        return None
    best, others = found[0], found[1:]
    asked = {stem(word) for text in (*best.entry.questions, best.entry.title) for word in words_of(text)}
    covered = len(asked.intersection(said)) / max(len(said), 1)
    alone = all(best.likeness - one.likeness >= _APART for one in others)
    enough = best.likeness >= _SURE and len(best.words) >= _SURE_WORDS
    return best if enough and alone and covered >= _ALL_OF_IT else None


class _Mail:
    """The words of a mail by their stems, by how these begin, and by how they end."""

    def __init__(self, text: str) -> None:
        words = [word for word in words_of(text)[:_WORDS_READ] if word not in STOPWORDS]
        self._stems = {stem(word): word for word in reversed(words)}
        self._begin: dict[str, list[str]] = {}
        self._end: dict[str, str] = {}
        for root in self._stems:
            self._begin.setdefault(root[:_BEGINNING], []).append(root)
            for at in range(1, len(root) - _SHORTEST_COMPOUND + 1):
                self._end[root[at:]] = root

    def word(self, root: str) -> str | None:
        """The word that says what a stem of a question says: the same, one that begins nearly so, or a compound that ends so."""
        if root not in self._stems:
            near = (other for other in self._begin.get(root[:_BEGINNING], ()) if _is_near(root, other))
            root = next(near, self._end.get(root, ""))
        return self._stems.get(root)


def _is_near(root: str, other: str) -> bool:
    common = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], zip(root, other, strict=False))))
    return common >= max(_BEGINNING, _ALIKE * len(other))


def _likeness(
    entry: Entry, questions: Sequence[Sequence[str]], mail: _Mail, weights: Mapping[str, float]
) -> Likely | None:
    best: Likely | None = None
    for question in questions:
        hits = {root: found for root in question if (found := mail.word(root)) is not None}
        if len(hits) < min(2, len(question)):
            continue
        part = sum(weights[root] for root in hits) / sum(weights[root] for root in question)
        if part >= _LEAST and (best is None or part > best.likeness):
            best = Likely(entry=entry, likeness=round(part, 3), words=tuple(dict.fromkeys(hits.values())))
    return best
