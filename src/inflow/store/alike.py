"""The words of recent cases, by which new ones find those like them: an index of a bounded window, never of all history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, union_all

from inflow.casework.alike import Recent
from inflow.store.board import EVERYTHING, Reader, visible
from inflow.store.engine import insert_new
from inflow.store.schema import cases, message, party
from inflow.store.tables_problems import case_word, problem_case, watermark

WINDOW = timedelta(days=14)
MOST_CASES = 2000
_NAME = "alike"
_RARE, _NEAREST, _OF_EACH = 12, 20, 200


def _with(place: int) -> Select[Any]:
    """The newest of the recent cases that have a word."""
    case, word = case_word.c.case_id, case_word.c.word
    recent = select(case).where(word == bindparam(f"word{place}"), case >= bindparam("since"), case != bindparam("but"))
    newest = recent.order_by(case.desc()).limit(_OF_EACH).subquery()
    return select(newest.c.case_id)


_sharing = union_all(*map(_with, range(_RARE))).subquery().c
_SHARING = select(_sharing.case_id).group_by(_sharing.case_id).order_by(func.count().desc(), _sharing.case_id.desc())
_SHARING = _SHARING.limit(_NEAREST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A case not yet compared, with its first words; `sender` is a number, `who` the name and address it bears."""

    case: int
    sender: int
    who: str
    subject: str
    text: str
    nature: str


def is_behind(connection: Connection, *, until: datetime) -> bool:
    """Whether there is a case, opened before a moment, that has not been compared."""
    through = connection.scalar(select(watermark.c.through).where(watermark.c.name == _NAME))
    query = select(cases.c.id).where(cases.c.opened_at <= until).order_by(cases.c.opened_at.desc()).limit(1)
    latest = connection.scalar(query)
    return latest is not None and (through is None or latest > through)


def take(connection: Connection, *, until: datetime, limit: int) -> list[Fresh]:
    """The next cases to compare, opened before a moment; they are compared once. Nothing while another process does it. In a house
    with a past what is older than the window is left."""
    insert_new(connection, watermark, [{"name": _NAME, "through": _before(connection, until - WINDOW)}])
    mine = select(watermark.c.through).where(watermark.c.name == _NAME).with_for_update(skip_locked=True)
    through = connection.scalar(mine)
    if through is None:
        return []
    earliest = message.alias()
    first = select(func.min(earliest.c.id)).where(earliest.c.case_id == cases.c.id, earliest.c.direction == "in")
    query = (
        select(
            cases.c.id,
            cases.c.party_id,
            party.c.address,
            message.c.from_name,
            message.c.subject,
            func.substr(message.c.reply_text, 1, 4000).label("text"),
            message.c.nature,
        )
        .join(party, party.c.id == cases.c.party_id)
        .outerjoin(message, message.c.id == first.scalar_subquery())
        .where(cases.c.id > through, cases.c.opened_at <= until)
        .order_by(cases.c.id)
        .limit(limit)
    )
    rows = connection.execute(query).all()
    if rows:
        connection.execute(watermark.update().where(watermark.c.name == _NAME).values(through=rows[-1].id))
    return [
        Fresh(
            case=row.id,
            sender=row.party_id,
            who=f"{row.from_name} {row.address}",
            subject=row.subject or "",
            text=row.text or "",
            nature=row.nature or "",
        )
        for row in rows
    ]


def horizon(connection: Connection, *, now: datetime, newest: int) -> int:
    """The first case of the window; the words of those before it are forgotten, some at a time."""
    begins = max(_before(connection, now - WINDOW) + 1, newest - MOST_CASES + 1)
    old = select(case_word.c.case_id).where(case_word.c.case_id < begins).order_by(case_word.c.case_id).limit(2000)
    if gone := set(connection.scalars(old)):
        connection.execute(case_word.delete().where(case_word.c.case_id.in_(gone)))
    return begins


def learn(connection: Connection, case: int, words: Mapping[str, str]) -> None:
    """A case is among the recent ones."""
    rows = [{"case_id": case, "word": root, "said": word} for root, word in words.items()]
    insert_new(connection, case_word, rows)


def counts(connection: Connection, words: Collection[str], *, since: int) -> dict[str, int]:
    """How many recent cases have each of some words."""
    query = (
        select(case_word.c.word, func.count())
        .where(case_word.c.word.in_(words), case_word.c.case_id >= since)
        .group_by(case_word.c.word)
    )
    return {row[0]: row[1] for row in connection.execute(query)} if words else {}


def nearest(connection: Connection, words: Mapping[str, float], *, since: int, but: int) -> list[Recent]:
    """The recent cases that share most of the rarest of some words (by how rare each is), with all their words; of each word the newest
    cases count. Those that somebody said to be of no problem are none of them."""
    rarest = sorted(words, key=lambda word: (-words[word], word))[:_RARE]
    asked = {f"word{n}": rarest[n] if n < len(rarest) else "" for n in range(_RARE)}
    return _recent(connection, list(connection.scalars(_SHARING, asked | {"since": since, "but": but})))


def _recent(connection: Connection, numbers: Sequence[int]) -> list[Recent]:
    if not numbers:
        return []
    found: dict[int, dict[str, str]] = {number: {} for number in numbers}
    words = select(case_word.c.case_id, case_word.c.word, case_word.c.said).where(case_word.c.case_id.in_(numbers))
    for number, word, said in connection.execute(words):
        found[number][word] = said
    query = (
        select(cases.c.id, cases.c.party_id, problem_case.c.case_id.label("placed"), problem_case.c.problem_id)
        .outerjoin(problem_case, problem_case.c.case_id == cases.c.id)
        .where(cases.c.id.in_(numbers))
    )
    return [
        Recent(case=row.id, sender=row.party_id, problem=row.problem_id, words=found[row.id])
        for row in connection.execute(query)
        if row.placed is None or row.problem_id is not None
    ]


def began(connection: Connection, *, reader: Reader = EVERYTHING) -> datetime | None:
    """When the first case that a reader sees was opened."""
    return connection.scalar(select(cases.c.opened_at).where(visible(reader)).order_by(cases.c.opened_at).limit(1))


def _before(connection: Connection, moment: datetime) -> int:
    query = select(cases.c.id).where(cases.c.opened_at < moment).order_by(cases.c.opened_at.desc()).limit(1)
    return connection.scalar(query) or 0
