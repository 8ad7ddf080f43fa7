"""Tables of the ready answers: what the board has kept of them, every edition; in which cases each was used."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text, false

from inflow.store.columns import UTCDateTime, id_column, metadata

answer_edition = Table(
    "answer_edition",
    metadata,
    id_column(),
    Column("key", String(60), nullable=False),
    Column("content", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Index(None, "key", "id"),
)

answer_used = Table(
    "answer_used",
    metadata,
    id_column(),
    Column("key", String(60), nullable=False, index=True),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("at", UTCDateTime, nullable=False),
    Column("offered", Boolean, nullable=False, server_default=false()),
)
