"""Full text over subjects, senders, file names, bodies and what stands in files: fed in the transaction that files a message.

Row 2n of the index is message n, row 2n + 1 what stands in its files. Inflections are found by the vocabulary of the index on SQLite, by
stems that stand beside the words on PostgreSQL: there whoever changes `stem` makes the index anew (a migration that empties it: `fill`
does the rest).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    cast,
    exists,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from inflow.casework.query import Query, Term, parse, words_in
from inflow.mail.message import Message
from inflow.routing.words import stem
from inflow.store import schema
from inflow.store.engine import write_rows
from inflow.store.schema import attachment, label, message, party
from inflow.store.schema import cases as case_

_LONGEST, _MOST_CASES = 200_000, 5000
MOST_RANKED = 500
_FILL_AT_ONCE = 500
_MOST_NEAR, _MOST_FORMS = 2000, 30

_FEED = {
    "sqlite": text(
        "INSERT INTO search(rowid, subject, sender, files, body) VALUES (:id, :subject, :sender, :files, :body)"
    ),
    "postgresql": text(
        "INSERT INTO search(id, words) VALUES (:id, setweight(to_tsvector('simple', :subject), 'A') || "
        "setweight(to_tsvector('simple', :sender), 'B') || setweight(to_tsvector('simple', :files), 'C') || "
        "to_tsvector('simple', :body) || array_to_tsvector(string_to_array(:stems, ' ')))"
    ),
}
_UNFEED = {
    "sqlite": text(
        "INSERT INTO search(search, rowid, subject, sender, files, body) "
        "VALUES ('delete', :id, :subject, :sender, :files, :body)"
    ),
    "postgresql": text("DELETE FROM search WHERE id = :id"),
}
_NEAR = text("SELECT term FROM search_vocab WHERE term >= :first AND term < :last ORDER BY doc DESC LIMIT :most")
_RANK: dict[str, Any] = {
    "sqlite": literal_column("-bm25(search, 8.0, 4.0, 3.0, 1.0)"),
    "postgresql": func.ts_rank(
        literal_column("CAST('{0.1, 0.3, 0.5, 1.0}' AS real[])"),
        literal_column("search.words"),
        cast(bindparam("asked"), TSQUERY),
    ),
}
_MATCH = {"sqlite": "search MATCH :asked", "postgresql": "search.words @@ CAST(:asked AS tsquery)"}
_ID = {"sqlite": "rowid", "postgresql": "id"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A case that was found, by which of its messages, and whether by a file of it."""

    case: int
    message: int
    in_file: bool
    score: float


def feed(connection: Connection, id_: int, parsed: Message) -> None:
    """Make a message findable."""
    sender = parsed.sender
    files = [one.filename for one in parsed.attachments]
    row = _row(connection, parsed.subject, (sender.name, sender.address), files, body=parsed.text)
    write_rows(connection, _FEED[connection.dialect.name], [{"id": 2 * id_, **row}])


def feed_files(connection: Connection, id_: int, words: Sequence[str]) -> None:
    """Make what stands in the files of a message findable."""
    if any(words):
        row = _row(connection, "", (), (), body=" ".join(words))
        write_rows(connection, _FEED[connection.dialect.name], [{"id": 2 * id_ + 1, **row}])


def forget(connection: Connection, id_: int) -> None:
    """A message whose words are gone is found by none of them. Called before its columns are blanked: on SQLite the index
    keeps no copy, and must be told what it was fed (FTS5, contentless tables)."""
    said = message.c
    known = select(said.subject, said.from_name, said.from_address, said.text).where(said.id == id_)
    row = connection.execute(known).one()
    named = select(attachment.c.filename, attachment.c.words).where(attachment.c.message_id == id_)
    files = connection.execute(named.order_by(attachment.c.position)).all()
    names, words = [one.filename for one in files], [one.words or "" for one in files]
    fed = _row(connection, row.subject, (row.from_name, row.from_address), names, body=row.text)
    nothing = _row(connection, "", (), (), body="")
    _refeed(connection, 2 * id_, fed, nothing)
    if any(words):
        _refeed(connection, 2 * id_ + 1, _row(connection, "", (), (), body=" ".join(words)), nothing)


def _refeed(connection: Connection, id_: int, fed: dict[str, str], row: dict[str, str]) -> None:
    dialect = connection.dialect.name
    connection.execute(_UNFEED[dialect], {"id": id_, **fed})
    connection.execute(_FEED[dialect], {"id": id_, **row})


def _row(
    connection: Connection, subject: str, sender: Sequence[str], files: Sequence[str], *, body: str
) -> dict[str, str]:
    """What the index is fed. PostgreSQL would make addresses and numbers of what stands between spaces: it gets words."""
    said = {"subject": subject, "sender": " ".join(sender), "files": " ".join(files), "body": body}
    row = {name: _storable(unicodedata.normalize("NFC", value[:_LONGEST])) for name, value in said.items()}
    if connection.dialect.name == "sqlite":
        return row
    words = {name: words_in(value) for name, value in row.items()}
    distinct = {word for some in words.values() for word in some}
    stems = sorted({"~" + root for word in distinct if (root := stem(word)) != word})
    return {name: " ".join(some) for name, some in words.items()} | {"stems": " ".join(stems)}


def _storable(value: str) -> str:
    return value.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def fill(connection: Connection) -> None:
    """Feed an index that a migration made anew with what there is."""
    if connection.scalar(text(f"SELECT {_ID[connection.dialect.name]} FROM search LIMIT 1")):  # noqa: S608  one of two words
        return
    last = 0
    while ids := list(
        connection.scalars(
            select(message.c.id)
            .where(message.c.id > last, message.c.case_id.is_not(None))
            .order_by(message.c.id)
            .limit(_FILL_AT_ONCE)
        )
    ):
        _fill(connection, ids)
        last = ids[-1]


def _fill(connection: Connection, ids: Sequence[int]) -> None:
    said = message.c
    names: dict[int, list[str]] = {}
    query = select(attachment.c.message_id, attachment.c.filename).where(attachment.c.message_id.in_(ids))
    for id_, name in connection.execute(query.order_by(attachment.c.position)):
        names.setdefault(id_, []).append(name)
    known = select(said.id, said.subject, said.from_name, said.from_address, said.text).where(said.id.in_(ids))
    rows = [
        {"id": 2 * row.id}
        | _row(connection, row.subject, (row.from_name, row.from_address), names.get(row.id, []), body=row.text)
        for row in connection.execute(known)
    ]
    connection.execute(_FEED[connection.dialect.name], rows)


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
    dialect = connection.dialect.name
    if not (asked := _expression(connection, query)):
        return []
    row: Any = literal_column(f"search.{_ID[dialect]}")
    later = ranked and dialect == "postgresql"  # it would rank all that match
    score = _RANK[dialect] if ranked and not later else literal_column("0.0")
    matching = (
        select(row.label("row"), message.c.case_id, score.label("score"))
        .select_from(
            table("search")
            .join(message, message.c.id == literal_column(f"search.{_ID[dialect]} / 2"))
            .join(case_, case_.c.id == message.c.case_id)
        )
        .where(text(_MATCH[dialect]), *_of_message(query), *_of_case(query), *allowed)
        .order_by(row.desc())
        .limit(limit)
    )
    if dialect == "postgresql":  # a plan that fits all words fits a rare one badly
        connection.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))
    rows = connection.execute(_ranked(matching) if later else matching, {"asked": asked})
    return [Hit(case=one[1], message=one[0] // 2, in_file=bool(one[0] % 2), score=one[2]) for one in rows]


def _ranked(matching: Select[Any]) -> Select[Any]:
    """What was found, and only that, with how well it fits."""
    hit = matching.cte("hit").prefix_with("MATERIALIZED")
    found = hit.join(table("search"), literal_column("search.id") == hit.c.row)
    return select(hit.c.row, hit.c.case_id, _RANK["postgresql"]).select_from(found).order_by(hit.c.row.desc())


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


def _of_message(query: Query) -> list[ColumnElement[bool]]:
    """What is asked of a message."""
    found: list[ColumnElement[bool]] = []
    if query.after:
        found.append(message.c.received_at >= query.after)
    if query.before:
        found.append(message.c.received_at < query.before)
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
    stemmed = f" | '{term.stem}' | '~{term.stem}'" if term.stem else ""
    return f"(({said}){stemmed})"
