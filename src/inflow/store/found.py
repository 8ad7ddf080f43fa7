"""What a search shows: cases, the best first, each with the piece that shows why. Of cases somebody may not see, nothing: `allowed`
holds in the question itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from inflow.casework.excerpt import Marked, excerpt, holds, marked
from inflow.casework.query import Query
from inflow.store import search
from inflow.store.cases import PARTY_COLUMNS, filled
from inflow.store.rows import Case
from inflow.store.schema import attachment, cases, message, party
from inflow.store.search import Hit

PAGE = 30
ALL = 5000
_LONGEST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A case that was found: its subject and the piece of a mail or of the file `file`, with the words marked."""

    case: Case
    subject: Marked
    excerpt: Marked
    file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Some of what was found; `more`: how many to leave out to see what comes next."""

    found: list[Found]
    more: int | None = None


def find(
    connection: Connection, query: Query, *allowed: ColumnElement[bool], leave_out: int = 0, limit: int = PAGE
) -> Findings:
    """The cases that hold all that is asked, best first; without words, newest first."""
    hits: dict[int, Hit] = {}
    if query.words:
        among = max(search.MOST_RANKED, leave_out + limit)
        ranked = search.best(connection, query, cases.c.merged_into.is_(None), *allowed, among=among)
        some = ranked[leave_out : leave_out + limit + 1]
        hits = {hit.case: hit for hit in some[:limit]}
        numbers = [hit.case for hit in some]
    else:
        wanted = (cases.c.merged_into.is_(None), *search.conditions(connection, query), *allowed)
        newest = select(cases.c.id).where(*wanted).order_by(cases.c.id.desc()).offset(leave_out).limit(limit + 1)
        numbers = list(connection.scalars(newest))
    found = _shown(connection, query, numbers[:limit], hits)
    return Findings(found=found, more=leave_out + limit if len(numbers) > limit else None)


def _shown(connection: Connection, query: Query, numbers: Sequence[int], hits: dict[int, Hit]) -> list[Found]:
    rows = connection.execute(select(cases, *PARTY_COLUMNS).join(party).where(cases.c.id.in_(numbers))).all()
    known = {case.number: case for case in filled(connection, rows)}
    texts = _texts(connection, [hit.message for hit in hits.values() if not hit.in_file])
    files = _files(connection, query, [hit.message for hit in hits.values() if hit.in_file])
    terms = [term for term in query.words if term.place != "sender"]
    shown = []
    for number in numbers:
        hit = hits.get(number)
        name, said = files.get(hit.message, ("", "")) if hit and hit.in_file else ("", "")
        text = said if hit and hit.in_file else texts.get(hit.message, "") if hit else ""
        piece = excerpt(text, [term for term in terms if not term.place]) if text else ()
        shown.append(Found(case=known[number], subject=marked(known[number].subject, terms), excerpt=piece, file=name))
    return shown


def _texts(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    """How messages begin."""
    query = select(message.c.id, func.substr(message.c.text, 1, _LONGEST)).where(message.c.id.in_(ids))
    return {row[0]: row[1] for row in connection.execute(query)}


def _files(connection: Connection, query: Query, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Of each message the first file that holds a word of the search: its name, and what stands in it."""
    said = select(attachment.c.message_id, attachment.c.filename, attachment.c.words)
    rows = connection.execute(
        said.where(attachment.c.message_id.in_(ids), attachment.c.words != "").order_by(attachment.c.position)
    )
    found: dict[int, tuple[str, str]] = {}
    for id_, name, words in rows:
        if id_ not in found and holds(words, query.words):
            found[id_] = (name, words)
    return found
