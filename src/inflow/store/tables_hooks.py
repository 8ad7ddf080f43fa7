"""Tables of what looks in from outside: tokens of the API, calls of webhooks."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint

from inflow.store.columns import UTCDateTime, id_column, metadata, only

token = Table(
    "token",
    metadata,
    id_column(),
    Column("name", String(100), nullable=False, unique=True),
    Column("hash", String(64), nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("used_at", UTCDateTime),
    Column("revoked_at", UTCDateTime),
)

hook_call = Table(
    "hook_call",
    metadata,
    id_column(),
    Column("hook", String(40), nullable=False),
    Column("event_id", BigInteger, nullable=False),
    Column("status", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UTCDateTime),
    Column("sent_at", UTCDateTime),
    Column("error", Text),
    UniqueConstraint("hook", "event_id"),
    Index("ix_hook_call_queued", "due_at", "id", **only("status = 'queued'")),
    Index("ix_hook_call_failed", "hook", **only("status = 'failed'")),
)
