"""What is found by words in subjects, senders, file names, bodies and files (see `indexing`), and by what is asked of messages and cases.
The newest messages that hold all of it count: no search looks at more than it shows or ranks, however many there are."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    Subquery,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from inflow.casework.query import Query, Term, parse
from inflow.routing.words import stem
from inflow.store import indexing, schema
from inflow.store.schema import attachment, label, message, party
from inflow.store.schema import cases as case_

_MOST_CASES = 5000
MOST_RANKED = 500
_AMONG, _OFTEN = 2000, 10
_ROW, _TWO = column("id", BigInteger), literal_column("2", Integer)
_MOST_NEAR, _MOST_FORMS = 2000, 30

_NEAR = text("SELECT term FROM search_vocab WHERE term >= :first AND term < :last ORDER BY doc DESC LIMIT :most")
_SCORE: dict[str, Any] = {
    "sqlite": literal_column("-bm25(search, 8.0, 4.0, 3.0, 1.0)"),
    "postgresql": func.ts_rank(
        literal_column("CAST('{0.1, 0.3, 0.5, 1.0}' AS real[])"),
        literal_column("search.words"),
        cast(bindparam("asked"), TSQUERY),
    ),
}
_SCORES = (
    select(literal_column("search.id"), _SCORE["postgresql"])
    .select_from(table("search"))
    .where(literal_column("search.id").in_(bindparam("rows", expanding=True)))
)


_FOUND = func.search_found(cast(bindparam("asked"), TSQUERY)).table_valued(_ROW, name="found").render_derived()
_Row = tuple[int, int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A case that was found, by which of its messages, and whether by a file of it."""

    case: int
    message: int
    in_file: bool
    score: float


def cases(connection: Connection, query: Query | str, *allowed: ColumnElement[bool]) -> list[int]:
    """Numbers of the cases with a message that holds all that is asked, newest message first."""
    return list(dict.fromkeys(hit.case for hit in _hits(connection, _read(query), allowed, limit=_MOST_CASES)))


def best(connection: Connection, query: Query, *allowed: ColumnElement[bool], among: int = MOST_RANKED) -> list[Hit]:
    """Of the newest messages that hold all that is asked the best of each case, best first."""
    found: dict[int, Hit] = {}
    for hit in _hits(connection, query, allowed, limit=among, ranked=True):
        if hit.case not in found or hit.score > found[hit.case].score:
            found[hit.case] = hit
    return sorted(found.values(), key=lambda hit: (-hit.score, -hit.message))


def _hits(
    connection: Connection, query: Query, allowed: Sequence[ColumnElement[bool]], *, limit: int, ranked: bool = False
) -> list[Hit]:
    if not (asked := _expression(connection, query)):
        return []
    wanted = (*_of_message(query), *_of_case(query), *allowed)
    if connection.dialect.name == "sqlite":
        rows = _find_sqlite(connection, asked, wanted, limit=limit, ranked=ranked)
    else:
        rows = _find_postgresql(connection, asked, wanted, then=_then(query), limit=limit, ranked=ranked)
    return [Hit(case=case, message=row // 2, in_file=bool(row % 2), score=score) for row, case, score in rows]


def _find_sqlite(
    connection: Connection, asked: str, wanted: Sequence[ColumnElement[bool]], *, limit: int, ranked: bool
) -> list[_Row]:
    score = _SCORE["sqlite"] if ranked else literal_column("0.0")
    newest = _newest(table("search"), literal_column("search.rowid", Integer), wanted, limit=limit).add_columns(score)
    return [(*row,) for row in connection.execute(newest.where(text("search MATCH :asked")), {"asked": asked})]


def _find_postgresql(
    connection: Connection,
    asked: str,
    wanted: Sequence[ColumnElement[bool]],
    *,
    then: Sequence[ColumnElement[bool]],
    limit: int,
    ranked: bool,
) -> list[_Row]:
    """A word that stands in many messages is looked for among the newest, row by row; a rarer one is looked up in the index, which
    knows no order. The planner cannot choose: it does not know what it costs to unpack the words of a row."""
    connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))  # one plan fits not all words
    among, found = _AMONG, _among(connection, asked, wanted, among=_AMONG, limit=limit)
    while among // _OFTEN <= len(found) < limit:
        among = 2 * among * limit // len(found)
        found = _among(connection, asked, wanted, among=among, limit=limit)
    if len(found) < limit:
        everywhere = _everywhere(then)
        newest = _newest(everywhere, everywhere.c.id, wanted, limit=limit)
        found = [(row[0], row[1]) for row in connection.execute(newest, {"asked": asked})]
    scores = {}
    if ranked and found:
        rows = connection.execute(_SCORES, {"rows": [row for row, _ in found], "asked": asked})
        scores = {row[0]: row[1] for row in rows}
    return [(row, case, scores.get(row, 0.0)) for row, case in found]


def _among(
    connection: Connection, asked: str, wanted: Sequence[ColumnElement[bool]], *, among: int, limit: int
) -> list[tuple[int, int]]:
    """What of the newest rows of the index holds what is asked."""
    some = (
        select(_ROW, column("words")).select_from(table("search")).order_by(_ROW.desc()).limit(among).subquery("said")
    )
    newest = _newest(some, some.c.id, wanted, limit=limit).where(text("said.words @@ CAST(:asked AS tsquery)"))
    return [(row[0], row[1]) for row in connection.execute(newest, {"asked": asked})]


def _everywhere(then: Sequence[ColumnElement[bool]]) -> Subquery:
    """What the index says, the newest first, before anything is joined: so that it ends when enough is found. What came at another
    time is left out by the index of time."""
    said = select(_FOUND.c.id).order_by(_FOUND.c.id.desc())
    if then:
        said = said.where((_FOUND.c.id // _TWO).in_(select(message.c.id).where(*then)))
    return said.subquery("said")


def _newest(
    said: FromClause, row: ColumnElement[Any], wanted: Sequence[ColumnElement[bool]], *, limit: int
) -> Select[Any]:
    """Rows of the index and their cases, newest first."""
    messages = said.join(message, message.c.id == row // _TWO)
    return (
        select(row, message.c.case_id)
        .select_from(messages.join(case_, case_.c.id == message.c.case_id))
        .where(*wanted)
        .order_by(row.desc())
        .limit(limit)
    )


def conditions(connection: Connection, query: Query | str) -> list[ColumnElement[bool]]:
    """What a case must meet that is searched for."""
    query = _read(query)
    if not query.asks:
        return [literal_column("1 = 0")]
    if query.words:
        return [case_.c.id.in_(cases(connection, query))]
    found = _of_case(query)
    if of_message := _of_message(query):
        found.append(exists(select(message.c.id).where(message.c.case_id == case_.c.id, *of_message)))
    return found


def _read(query: Query | str) -> Query:
    return parse(query) if isinstance(query, str) else query


def _of_case(query: Query) -> list[ColumnElement[bool]]:
    """What is asked of a case."""
    found: list[ColumnElement[bool]] = [case_.c.role.in_(query.roles)] if query.roles else []
    if query.statuses:
        found.append(case_.c.status.in_(query.statuses))
    if query.after:
        found.append(case_.c.updated_at >= query.after)
    found += [
        exists(select(label.c.name).where(label.c.case_id == case_.c.id, label.c.name == one)) for one in query.labels
    ]
    return found + [_of_party(whom) for whom in query.parties]


def _of_party(whom: str) -> ColumnElement[bool]:
    """Cases of an address, of all addresses at a domain (`@kund.test`), or of a kind of party."""
    if whom.startswith("@"):
        return case_.c.domain == whom[1:]
    who = party.alias()
    said = who.c.address == whom if "@" in whom else who.c.kind == whom
    return exists(select(who.c.id).where(who.c.id == case_.c.party_id, said))


def _then(query: Query) -> list[ColumnElement[bool]]:
    """When a message came."""
    found: list[ColumnElement[bool]] = [message.c.received_at >= query.after] if query.after else []
    return [*found, message.c.received_at < query.before] if query.before else found


def _of_message(query: Query) -> list[ColumnElement[bool]]:
    """What is asked of a message."""
    found = _then(query)
    if query.has_files:
        mine = schema.attachment.c.message_id == message.c.id
        found.append(exists(select(attachment.c.position).where(mine, attachment.c.inline.is_(False))))
    return found


def _expression(connection: Connection, query: Query) -> str:
    """The query in the language of the engine; empty when no word must be there."""
    if not query.words:
        return ""
    if connection.dialect.name == "sqlite":
        said = [(_sqlite(term, _forms(connection, term)), term.is_absent) for term in query.terms]
        unwanted = "".join(f" NOT {one}" for one, is_absent in said if is_absent)
        return " AND ".join(one for one, is_absent in said if not is_absent) + unwanted
    return " & ".join(("!" if term.is_absent else "") + _postgresql(term) for term in query.terms)


def _forms(connection: Connection, term: Term) -> list[str]:
    """The inflections of a word that stand in any mail: the commonest, those that begin with it aside."""
    if not term.stem:
        return []
    near = connection.scalars(_NEAR, {"first": term.stem, "last": term.stem + "\U0010ffff", "most": _MOST_NEAR})
    return [one for one in near if stem(one) == term.stem and not one.startswith(term.words[0])][:_MOST_FORMS]


def _sqlite(term: Term, forms: Sequence[str]) -> str:
    said = [f'"{" ".join(term.words)}"' + ("*" if term.goes_on else ""), *(f'"{form}"' for form in forms)]
    where = term.place or "subject sender files body"
    return f"({{{where}}} : ({' OR '.join(said)}))"


def _postgresql(term: Term) -> str:
    weights = {"": "ABCD", "sender": "B", "subject": "A"}[term.place]
    marks = [weights if term.place else ""] * len(term.words)
    marks[-1] = ("*" if term.goes_on else "") + marks[-1]
    said = " <-> ".join(
        f"'{word}'" + (f":{mark}" if mark else "") for word, mark in zip(term.words, marks, strict=True)
    )
    follow = itertools.pairwise(term.words[:-1] if term.goes_on else term.words)
    near = "".join(f"'{indexing.pair(*two)}' & " for two in follow)
    stemmed = f" | '{term.stem}' | '~{term.stem}'" if term.stem else ""
    return f"({near}({said}){stemmed})"
