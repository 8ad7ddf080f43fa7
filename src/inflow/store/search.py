"""Full text over subjects, bodies, senders and attachment names: fed in the transaction that files a message, asked in one place."""

import re

from sqlalchemy import Connection, text

from inflow.mail.message import Message
from inflow.store.engine import write_rows

_LONGEST = 200_000
_WORD = re.compile(r"[\w@.+-]+")

_FEED = {
    "sqlite": text("INSERT INTO search(rowid, words) VALUES (:id, :words)"),
    "postgresql": text("INSERT INTO search(message_id, words) VALUES (:id, to_tsvector('simple', :words))"),
}
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
    parts = (parsed.subject, sender.name, sender.address, *(one.filename for one in parsed.attachments), parsed.text)
    words = " ".join(parts)[:_LONGEST].replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    write_rows(connection, _FEED[connection.dialect.name], [{"id": message, "words": words}])


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
