"""The index of words: fed in the transaction that files a message with its subject, sender, file names and body, later with what stands in
its files.

Row 2n of the index is message n, row 2n + 1 what stands in its files. Inflections are found by the vocabulary of the index on SQLite, by
stems that stand beside the words on PostgreSQL, with a mark for each two words that follow each other: there whoever changes `stem` or
`pair` makes the index anew (a migration that empties it: `fill` does the rest).
"""

import itertools
import unicodedata
import zlib
from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select, text

from inflow.casework.query import words_in
from inflow.mail.message import Message
from inflow.routing.words import stem
from inflow.store.engine import write_rows
from inflow.store.schema import attachment, message

_LONGEST = {
    "subject": 2_000,
    "sender": 2_000,
    "files": 20_000,
    "body": 150_000,
}  # of any words: PostgreSQL keeps 1 MiB of them
_FILL_AT_ONCE = 500
_MOST_PLACES = 16_383  # where a later word stands is not kept (PostgreSQL, 12.11)

_FEED = {
    "sqlite": text(
        "INSERT INTO search(rowid, subject, sender, files, body) VALUES (:id, :subject, :sender, :files, :body)"
    ),
    "postgresql": text(
        "INSERT INTO search(id, words) VALUES (:id, setweight(to_tsvector('simple', :subject), 'A') || "
        "setweight(to_tsvector('simple', :sender), 'B') || setweight(to_tsvector('simple', :files), 'C') || "
        "to_tsvector('simple', :body) || array_to_tsvector(string_to_array(:beside, ' ')))"
    ),
}
_ANY = {"sqlite": text("SELECT rowid FROM search LIMIT 1"), "postgresql": text("SELECT id FROM search LIMIT 1")}
_UNFEED = {
    "sqlite": text(
        "INSERT INTO search(search, rowid, subject, sender, files, body) "
        "VALUES ('delete', :id, :subject, :sender, :files, :body)"
    ),
    "postgresql": text("DELETE FROM search WHERE id = :id"),
}


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
    row = {name: _storable(unicodedata.normalize("NFC", value[: _LONGEST[name]])) for name, value in said.items()}
    if connection.dialect.name == "sqlite":
        return row
    words = {name: words_in(value) for name, value in row.items()}
    distinct = {word for some in words.values() for word in some}
    beside = {"~" + root for word in distinct if (root := stem(word)) != word}
    for some in words.values():
        beside |= {pair(*two) for two in itertools.pairwise(some[:_MOST_PLACES])}
    return {name: " ".join(some) for name, some in words.items()} | {"beside": " ".join(sorted(beside))}


def pair(first: str, second: str) -> str:
    """What stands beside the words of PostgreSQL's index where these two follow each other, and seldom elsewhere: so that not every
    message that holds the words of a phrase must be unpacked."""
    return f"#{zlib.crc32(f'{first} {second}'.encode()) & 0xFFFFF:05x}"


def _storable(value: str) -> str:
    return value.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def fill(connection: Connection, tell: Callable[[int], None] = lambda _: None) -> None:
    """Feed an index that a migration made anew with what there is. `tell`: how many messages it holds so far."""
    if connection.scalar(_ANY[connection.dialect.name]):
        return
    last = count = 0
    while ids := list(
        connection.scalars(
            select(message.c.id)
            .where(message.c.id > last, message.c.case_id.is_not(None))
            .order_by(message.c.id)
            .limit(_FILL_AT_ONCE)
        )
    ):
        _fill(connection, ids)
        last, count = ids[-1], count + len(ids)
        tell(count)


def _fill(connection: Connection, ids: Sequence[int]) -> None:
    said = message.c
    files: dict[int, list[tuple[str, str | None]]] = {}
    query = select(attachment.c.message_id, attachment.c.filename, attachment.c.words)
    for id_, name, words in connection.execute(
        query.where(attachment.c.message_id.in_(ids)).order_by(attachment.c.position)
    ):
        files.setdefault(id_, []).append((name, words))
    known = select(said.id, said.subject, said.from_name, said.from_address, said.text).where(said.id.in_(ids))
    rows = [
        {"id": 2 * row.id}
        | _row(
            connection,
            row.subject,
            (row.from_name, row.from_address),
            [name for name, _ in files.get(row.id, ())],
            body=row.text,
        )
        for row in connection.execute(known)
    ]
    connection.execute(_FEED[connection.dialect.name], rows)
    for id_, some in files.items():
        if all(words is not None for _, words in some):
            feed_files(connection, id_, [words or "" for _, words in some])
