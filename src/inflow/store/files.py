"""What stands in the files of messages: those not read yet, and what was found in them. A file is read after its mail is filed."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from inflow.store import indexing
from inflow.store.messages import storable
from inflow.store.schema import attachment


def unread(connection: Connection, *, limit: int) -> list[int]:
    """Messages with files that have not been read, newest first."""
    query = select(attachment.c.message_id).where(attachment.c.words.is_(None)).distinct()
    return list(connection.scalars(query.order_by(attachment.c.message_id.desc()).limit(limit)))


def of_message(connection: Connection, id_: int) -> list[int]:
    """Where among the files of a message those stand that have not been read."""
    query = select(attachment.c.position).where(attachment.c.message_id == id_, attachment.c.words.is_(None))
    return list(connection.scalars(query.order_by(attachment.c.position)))


def was_read(connection: Connection, id_: int, words: Mapping[int, str]) -> None:
    """What stands in files, by position: findable from now on. Where another was faster, or they are gone, nothing happens."""
    mine = attachment.c.message_id == id_
    changed = 0
    for position, said in words.items():
        query = attachment.update().where(mine, attachment.c.position == position, attachment.c.words.is_(None))
        changed += connection.execute(query.values(words=storable(said))).rowcount
    if changed == len(words):
        every = select(attachment.c.words).where(mine).order_by(attachment.c.position)
        indexing.feed_files(connection, id_, [one or "" for one in connection.scalars(every)])
