"""Full text over subjects, bodies, senders and attachment names: fed in the transaction that files a message, asked in one place."""

import re

from sqlalchemy import Connection, select, text

from inflow.mail.message import Message
from inflow.store import schema
from inflow.store.engine import write_rows

_LONGEST = 200_000
_WORD = re.compile(r"[\w@.+-]+")

_FEED = {
    "sqlite": text("INSERT INTO search(rowid, words) VALUES (:id, :words)"),
    "postgresql": text("INSERT INTO search(message_id, words) VALUES (:id, to_tsvector('simple', :words))"),
}
_UNFEED = text("INSERT INTO search(search, rowid, words) VALUES ('delete', :id, :words)")
_FIND = {
    "sqlite": """
        SELECT m.case_id FROM search JOIN message m ON m.id = search.rowid
        WHERE search.words MATCH :query ORDER BY search.rowid DESC LIMIT 5000""",
    "postgresql": """
        SELECT m.case_id FROM search JOIN message m ON m.id = search.message_id
        WHERE search.words @@ to_tsquery('simple', :query) ORDER BY search.message_id DESC LIMIT 5000""",
}


def feed(connection: Connection, message: int, parsed: Message) -> None:
    """Make a message findable."""
    sender = parsed.sender
    files = (one.filename for one in parsed.attachments)
    words = _words(parsed.subject, sender.name, sender.address, *files, parsed.text)
    write_rows(connection, _FEED[connection.dialect.name], [{"id": message, "words": words}])


def forget(connection: Connection, message: int) -> None:
    """A message whose words are gone is found by none of them. Called before its columns are blanked: on SQLite the index
    keeps no copy, and must be told what it was fed (FTS5, contentless tables)."""
    if connection.dialect.name == "sqlite":
        connection.execute(_UNFEED, {"id": message, "words": _fed(connection, message)})
        connection.execute(_FEED["sqlite"], {"id": message, "words": ""})
    else:
        connection.execute(text("UPDATE search SET words = '' WHERE message_id = :id"), {"id": message})


def _fed(connection: Connection, id_: int) -> str:
    said = schema.message.c
    known = select(said.subject, said.from_name, said.from_address, said.text).where(said.id == id_)
    row = connection.execute(known).one()
    named = select(schema.attachment.c.filename).where(schema.attachment.c.message_id == id_)
    files = connection.scalars(named.order_by(schema.attachment.c.position))
    return _words(row.subject, row.from_name, row.from_address, *files, row.text)


def _words(*parts: str) -> str:
    return " ".join(parts)[:_LONGEST].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")


def cases(connection: Connection, words: str) -> list[int]:
    """Numbers of the cases with a message that holds all the words (each as the beginning of one), newest message first."""
    found = _WORD.findall(words.lower())[:20]
    if not found:
        return []
    dialect = connection.dialect.name
    quoted = (_sqlite_word(word) if dialect == "sqlite" else _postgresql_word(word) for word in found)
    query = (" " if dialect == "sqlite" else " & ").join(quoted)
    rows = connection.execute(text(_FIND[dialect]), {"query": query})
    return list(dict.fromkeys(row[0] for row in rows if row[0] is not None))


def _sqlite_word(word: str) -> str:
    return '"' + word.replace('"', '""') + '"*'


def _postgresql_word(word: str) -> str:
    return "'" + word.replace("'", "''").replace("\\", "\\\\") + "':*"
