"""Ready answers: Markdown files that an organisation keeps beside its config, one a key; what of them helped, and what a mail asks for."""

import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

import structlog

from inflow.casework.bank import KEY, LARGEST, AnswerError, Entry, Index, Likely, index_of, likely, read, write

log = structlog.get_logger()
LOOK_EVERY = 5.0


class NoAnswerError(ValueError):
    """There is no answer with this key; the message says which there are."""


class Bank:
    """The answers of a folder. A file that is broken is told once, and what it said before stays in use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamps: dict[str, tuple[int, int]] = {}
        self._entries: dict[str, Entry] = {}
        self._looked_at = -LOOK_EVERY
        self._index = index_of(())

    def entries(self) -> tuple[Entry, ...]:
        """The answers there are, by key."""
        self._look()
        return tuple(self._entries[key] for key in sorted(self._entries))

    def asked(self) -> Index:
        """The answers as they are asked for, as they were a few seconds ago."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY:
            self._look()
        return self._index

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        before = self._entries
        stamps: dict[str, tuple[int, int]] = {}
        for path in files(self._folder):
            try:
                known = path.stat()
                stamps[path.stem] = (known.st_mtime_ns, known.st_size)
                if self._stamps.get(path.stem) != stamps[path.stem]:
                    self._entries = {**self._entries, path.stem: read_file(path)}
            except (OSError, AnswerError) as error:
                log.warning(
                    "an answer cannot be used", file=path.name, error=str(error), kept=path.stem in self._entries
                )
        self._stamps = stamps
        self._entries = {key: entry for key, entry in self._entries.items() if key in stamps}
        if self._entries != before:
            self._index = index_of([self._entries[key] for key in sorted(self._entries)])


_BANKS: dict[Path, Bank] = {}


def bank(folder: Path) -> Bank:
    """The answers of a folder, as this process knows them."""
    return _BANKS.setdefault(folder, Bank(folder))


def files(folder: Path) -> list[Path]:
    """The files of answers."""
    return sorted(path for path in folder.glob("*.md") if KEY.fullmatch(path.stem)) if folder.is_dir() else []


def read_file(path: Path) -> Entry:
    """The answer in a file. Raises OSError, AnswerError."""
    if path.stat().st_size > LARGEST:
        raise AnswerError("is too long for an answer")
    try:
        return read(path.stem.lower(), path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise AnswerError("is not UTF-8") from error


def faults(folder: Path, roles: Iterable[str]) -> list[str]:
    """What is wrong with the files of answers: a line each that names the file."""
    found, known = [], set(roles)
    for path in files(folder):
        try:
            entry = read_file(path)
        except (OSError, AnswerError) as error:
            found.append(f"{path.name}: {error}")
        else:
            found += [f"{path.name}: roles: there is no role {role!r}" for role in entry.roles if role not in known]
    return found


def keys(folder: Path) -> list[str]:
    """The keys of the answers there are."""
    return [entry.key for entry in bank(folder).entries()]


def text_of(folder: Path, key: str) -> str:
    """The answer of a key, without what its file says about itself at the top. Raises NoAnswerError."""
    wanted = key.strip().lower()
    for entry in bank(folder).entries():
        if entry.key == wanted:
            return entry.text
    there = ", ".join(keys(folder)) or "none yet"
    raise NoAnswerError(f"there is no answer {key!r}; there are: {there}")


def suggested(folder: Path, *, subject: str, text: str, role: str, language: str, now: datetime) -> list[Likely]:
    """The answers that a mail asks for, likeliest first."""
    return likely(bank(folder).asked(), subject=subject, text=text, role=role, language=language, today=now.date())


def keep(folder: Path, entry: Entry) -> Path:
    """Write an answer as a new file. Raises FileExistsError where there is one, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{entry.key}.md"
    with path.open("x", encoding="utf-8") as file:
        file.write(write(entry))
    return path
