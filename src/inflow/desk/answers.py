"""Ready answers: Markdown files beside the config and what the board has kept, one a key; what a mail asks for.

An edition of the board stands before the file of the same key, until it is withdrawn. What is broken is told once, and what it said
before stays in use.
"""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import Connection

from inflow.casework import commands
from inflow.casework.bank import KEY, LARGEST, AnswerError, Entry, Index, Likely, index_of, likely, read, write
from inflow.casework.case import NotPossibleError
from inflow.desk.world import World
from inflow.store import answers as store
from inflow.store import cases, messages
from inflow.store.answers import Edition

log = structlog.get_logger()
LOOK_EVERY = 5.0


class NoAnswerError(ValueError):
    """There is no answer with this key; the message says which there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A ready answer as it is used: the edition of the board that it is (None: it is a file), and the file behind that edition."""

    entry: Entry
    edition: Edition | None = None
    file: Entry | None = None


class Bank:
    """The answers of a folder and of a database, as this process knows them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stamps: dict[str, tuple[int, int]] = {}
        self._files: dict[str, Entry] = {}
        self._kept: dict[str, tuple[Entry, Edition]] = {}
        self._stamp = (0, 0)
        self._looked_at = -LOOK_EVERY
        self._index = index_of(())

    def held(self, connection: Connection) -> dict[str, Held]:
        """The answers there are, by key."""
        self._look(connection)
        return self._merged()

    def asked(self, connection: Connection) -> Index:
        """The answers as they are asked for, as they were a few seconds ago."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY:
            self._look(connection)
        return self._index

    def _merged(self) -> dict[str, Held]:
        found = {key: Held(entry=entry) for key, entry in self._files.items()}
        for key, (entry, edition) in self._kept.items():
            found[key] = Held(entry=entry, edition=edition, file=self._files.get(key))
        return {key: found[key] for key in sorted(found)}

    def _look(self, connection: Connection) -> None:
        self._looked_at = time.monotonic()
        before = (self._files, self._kept)
        self._look_at_files()
        if (stamp := store.stamp(connection)) != self._stamp:
            self._kept = _readable(store.newest(connection), self._kept)
            self._stamp = stamp
        if (self._files, self._kept) != before:
            self._index = index_of([one.entry for one in self._merged().values()])

    def _look_at_files(self) -> None:
        stamps: dict[str, tuple[int, int]] = {}
        entries = dict(self._files)
        for path in files(self._folder):
            key = path.stem.lower()
            try:
                known = path.stat()
                stamps[key] = (known.st_mtime_ns, known.st_size)
                if self._stamps.get(key) != stamps[key]:
                    entries[key] = read_file(path)
            except (OSError, AnswerError) as error:
                log.warning("an answer cannot be used", file=path.name, error=str(error), kept=key in entries)
        self._stamps = stamps
        self._files = {key: entry for key, entry in entries.items() if key in stamps}


def _readable(
    newest: Iterable[Edition], before: Mapping[str, tuple[Entry, Edition]]
) -> dict[str, tuple[Entry, Edition]]:
    """What the board keeps, without what was withdrawn."""
    found = {}
    for edition in newest:
        try:
            if edition.content:
                found[edition.key] = (read(edition.key, edition.content), edition)
        except AnswerError as error:
            log.warning("an answer cannot be used", edition=edition.number, error=str(error))
            if edition.key in before:
                found[edition.key] = before[edition.key]
    return found


_BANKS: dict[tuple[Path, str], Bank] = {}


def held(connection: Connection, world: World) -> dict[str, Held]:
    """The answers there are, by key, and where each is kept."""
    return _bank(world).held(connection)


def _bank(world: World) -> Bank:
    place = (world.settings.answers.folder, str(world.database.engine.url))
    return _BANKS.setdefault(place, Bank(place[0]))


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


def keys(connection: Connection, world: World) -> list[str]:
    """The keys of the answers there are."""
    return list(held(connection, world))


def text_of(connection: Connection, world: World, key: str) -> str:
    """The answer of a key, without what its file says about itself at the top. Raises NoAnswerError."""
    there = held(connection, world)
    if (found := there.get(key.strip().lower())) is None:
        raise NoAnswerError(f"there is no answer {key!r}; there are: {', '.join(there) or 'none yet'}")
    return found.entry.text


def suggested(
    connection: Connection, world: World, *, subject: str, text: str, role: str, language: str
) -> list[Likely]:
    """The answers that a mail asks for, likeliest first. `role`: whose it is; that of *other* is nobody's."""
    whose = "" if role == world.settings.other.role else role
    index, today = _bank(world).asked(connection), world.now().date()
    return likely(index, subject=subject, text=text, role=whose, language=language, today=today)


def keep(folder: Path, entry: Entry) -> Path:
    """Write an answer as a new file. Raises FileExistsError where there is one, OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{entry.key}.md"
    with path.open("x", encoding="utf-8") as file:
        file.write(write(entry))
    return path


def edit(connection: Connection, world: World, entry: Entry, *, by: str, after: int) -> int:
    """A new edition of an answer, written by somebody who had the edition `after` (0: none) before them. Returns its number. Raises
    AnswerError for what cannot be used, NotPossibleError where somebody else was faster."""
    if not KEY.fullmatch(entry.key):
        raise AnswerError("the key: letters, digits, - and _ only, 60 at most")
    content = write(entry)
    if len(content.encode()) > LARGEST:
        raise AnswerError("is too long for an answer")
    known = {role.name for role in world.settings.roles}
    if gone := [role for role in entry.roles if role not in known]:
        raise AnswerError(f"there is no role {gone[0]!r}")
    read(entry.key, content)
    newest = next(iter(store.editions(connection, entry.key, limit=1)), None)
    if (newest.number if newest else 0) != after:
        raise NotPossibleError(
            "somebody has changed this answer meanwhile: look at it, and take what is theirs into yours"
        )
    return store.keep(connection, entry.key, content, by=by, now=world.now())


def withdraw(connection: Connection, world: World, key: str, *, by: str) -> None:
    """The board keeps an answer no more: the file of that key, if any, is used again. Raises NotPossibleError."""
    newest = next(iter(store.editions(connection, key, limit=1)), None)
    if newest is None or not newest.content:
        raise NotPossibleError(f"the board keeps no answer {key}")
    store.keep(connection, key, "", by=by, now=world.now())


def from_case(connection: Connection, world: World, number: int, *, message: int | None = None) -> Entry:
    """An entry without a key, of an answer that was given in a case (the last, when none is named) and the question it answered. Raises
    NotPossibleError where nobody has answered, NoCaseError."""
    case = cases.get(connection, number)
    conversation = messages.of_case(connection, number)
    given = [one for one in conversation if one["direction"] == "out" and message in (None, one["id"])]
    text = commands.read(given[-1]["reply_text"] or given[-1]["text"]).text.strip() if given else ""
    if not text:
        raise NotPossibleError(f"nobody has answered in case #{number}")
    language = next((one["language"] for one in conversation if one["direction"] == "in"), "")
    return Entry(
        key="",
        text=text,
        title=case.subject,
        questions=(case.subject,) if case.subject else (),
        roles=() if case.role == world.settings.other.role else (case.role,),
        languages=(language,) if language else (),
    )
