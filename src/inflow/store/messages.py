"""Messages: filed under a case with what was understood of them; their raw bytes never change."""

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import zstandard
from sqlalchemy import BindParameter, Connection, bindparam, select, update

from inflow.mail.identity import identity
from inflow.mail.message import Message
from inflow.mail.papers import is_readable
from inflow.store import indexing
from inflow.store.engine import write_rows
from inflow.store.schema import attachment, message, raw_mail

_FILE = update(message).where(message.c.id == bindparam("filed_id"))
_ATTACH = attachment.insert()
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_SIZES = select(message.c.id, message.c.size).where(message.c.id.in_(_IDS)).order_by(message.c.size)
_RAWS = select(raw_mail.c.message_id, raw_mail.c.zstd).where(raw_mail.c.message_id.in_(_IDS))
_RAW = select(raw_mail.c.zstd).where(raw_mail.c.message_id == bindparam("id"))


def file(
    connection: Connection, id_: int, case: int, parsed: Message, *, state: str = "filed", error: str | None = None
) -> None:
    """A triaged message: under its case, with what was understood of it, and findable."""
    filed = {"state": state, "case_id": case, "error": error, "due_at": None, "claimed_by": None}
    write_rows(connection, _FILE, [{"filed_id": id_, **filed, **_understood(parsed)}])
    _write_attachments(connection, id_, parsed)
    indexing.feed(connection, id_, parsed)


def _write_attachments(connection: Connection, id_: int, parsed: Message) -> None:
    rows = [
        {
            "message_id": id_,
            "position": position,
            "filename": one.filename,
            "content_type": one.content_type,
            "size": one.size,
            "inline": one.inline,
            "sha256": one.sha256,
            "words": None if is_readable(one.filename, one.content_type, one.size) else "",
        }
        for position, one in enumerate(parsed.attachments)
    ]
    write_rows(connection, _ATTACH, rows)


def write(
    connection: Connection, raw: bytes, case: int, parsed: Message, *, direction: str, mailbox: str, now: datetime
) -> int:
    """A message that came into being here: an answer that went out, or a note. Returns its id."""
    id_: int = connection.execute(
        message.insert()
        .values(
            identity=identity(raw),
            direction=direction,
            state="filed",
            mailbox=mailbox,
            received_at=now,
            size=len(raw),
            sha256=hashlib.sha256(raw).hexdigest(),
            case_id=case,
            **_understood(parsed),
        )
        .returning(message.c.id)
    ).scalar_one()
    connection.execute(raw_mail.insert().values(message_id=id_, zstd=zstandard.compress(raw)))
    _write_attachments(connection, id_, parsed)
    indexing.feed(connection, id_, parsed)
    return id_


def _understood(parsed: Message) -> dict[str, Any]:
    return {
        "message_id": parsed.message_id,
        "subject": storable(parsed.subject),
        "from_name": storable(parsed.sender.name),
        "from_address": storable(parsed.sender.address),
        "date": parsed.date,
        "text": storable(parsed.text),
        "reply_text": storable(parsed.reply_text),
        "language": parsed.language[:10],
        "nature": parsed.nature.value,
        "defects": list(parsed.defects[:50]),
    }


def storable(value: str) -> str:
    """PostgreSQL keeps neither NUL nor lone surrogates in text."""
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def turn(connection: Connection, id_: int, direction: str) -> None:
    """A message that came in is one of ours: a member's answer."""
    connection.execute(update(message).where(message.c.id == id_).values(direction=direction))


def raw(connection: Connection, id_: int) -> bytes:
    """The raw bytes of a message as they came."""
    return zstandard.decompress(connection.execute(_RAW, {"id": id_}).scalar_one())


def inline_images(connection: Connection, case: int) -> list[str]:
    """The SHA-256 of the images that stand in the text of what came into a case."""
    query = select(attachment.c.sha256).join(message).where(message.c.case_id == case, message.c.direction == "in")
    return list(connection.scalars(query.where(attachment.c.inline).distinct().limit(500)))


def is_known(connection: Connection, mark: str) -> bool:
    """Whether a mail of this identity has been taken in."""
    return connection.scalar(select(message.c.id).where(message.c.identity == mark)) is not None


def opening(connection: Connection, case: int) -> bytes | None:
    """The raw mail that opened a case; None when it began here."""
    first = connection.scalar(
        select(message.c.id)
        .where(message.c.case_id == case, message.c.direction == "in")
        .order_by(message.c.id)
        .limit(1)
    )
    return None if first is None else raw(connection, first)


def small_raws(connection: Connection, ids: Sequence[int], *, within: int) -> Mapping[int, bytes]:
    """The raw bytes of as many of these messages as have so many octets together."""
    sizes = connection.execute(_SIZES, {"ids": list(ids)}).all()
    total = itertools.accumulate(row.size for row in sizes)
    return raws(connection, [row.id for row, size in zip(sizes, total, strict=True) if size <= within])


def raws(connection: Connection, ids: Sequence[int]) -> Mapping[int, bytes]:
    """The raw bytes of several messages."""
    rows = connection.execute(_RAWS, {"ids": list(ids)})
    return {id_: zstandard.decompress(packed) for id_, packed in rows}


def of_case(connection: Connection, case: int) -> list[dict[str, Any]]:
    """The conversation of a case, oldest first, each with its attachments."""
    rows = connection.execute(
        select(
            message.c.id,
            message.c.direction,
            message.c.from_name,
            message.c.from_address,
            message.c.subject,
            message.c.date,
            message.c.received_at,
            message.c.text,
            message.c.reply_text,
            message.c.nature,
            message.c.message_id,
            message.c.language,
            message.c.size,
            message.c.state,
            message.c.defects,
        )
        .where(message.c.case_id == case)
        .order_by(message.c.id)
    ).all()
    files: dict[int, list[dict[str, Any]]] = {}
    for one in connection.execute(
        select(*(column for column in attachment.c if column.name != "words"))
        .join(message)
        .where(message.c.case_id == case)
        .order_by(attachment.c.message_id, attachment.c.position)
    ):
        files.setdefault(one.message_id, []).append(dict(one._mapping))
    return [{**row._mapping, "attachments": files.get(row.id, [])} for row in rows]
