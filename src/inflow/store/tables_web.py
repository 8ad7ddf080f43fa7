"""Tables of the board: local accounts, who is signed in, sign-ins that failed, views that somebody keeps."""

from sqlalchemy import JSON, Column, Index, String, Table, Text

from inflow.store.columns import UTCDateTime, id_column, metadata

account = Table(
    "account",
    metadata,
    Column("address", String(320), primary_key=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("hash", Text, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
)

session = Table(
    "session",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("address", String(320), nullable=False, index=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("groups", JSON, nullable=False),
    Column("began_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False, index=True),
)

login_failure = Table(
    "login_failure",
    metadata,
    id_column(),
    Column("address", String(320), nullable=False),
    Column("client", String(64), nullable=False),
    Column("at", UTCDateTime, nullable=False, index=True),
    Index(None, "address", "at"),
    Index(None, "client", "at"),
)

saved_view = Table(
    "saved_view",
    metadata,
    id_column(),
    Column("address", String(320), nullable=False, index=True),
    Column("name", String(100), nullable=False),
    Column("query", String(1000), nullable=False),
)
