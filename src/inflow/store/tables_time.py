"""Tables of what is promised, asked and planned: promises of cases, who was asked whose a case is, gaps, appointments, swaps of duty."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, text

from inflow.store.columns import UTCDateTime, id_column, metadata

promise = Table(
    "promise",
    metadata,
    id_column(),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("what", String(20), nullable=False),
    Column("role", String(100), nullable=False),
    Column("state", String(10), nullable=False),
    Column("allowed", Integer, nullable=False),
    Column("spent", Integer, nullable=False, server_default="0"),
    Column("since_event", BigInteger, nullable=False),
    Column("began_at", UTCDateTime, nullable=False),
    Column("started_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime),
    Column("settled_at", UTCDateTime),
    Index(
        "uq_promise_open",
        "case_id",
        "what",
        unique=True,
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
    Index(None, "case_id", "id"),
    Index(
        "ix_promise_unsettled",
        "role",
        "id",
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
    Index(None, "began_at"),
)

asked = Table(
    "asked",
    metadata,
    id_column(),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("role", String(100), nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("answer", String(10)),
    Column("why", Text, nullable=False, server_default=""),
    Column("by", Text, nullable=False, server_default=""),
    Index(
        "uq_asked_open",
        "case_id",
        "role",
        unique=True,
        sqlite_where=text("answer IS NULL"),
        postgresql_where=text("answer IS NULL"),
    ),
    Index(None, "case_id", "id"),
)

gap = Table(
    "gap",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("at", UTCDateTime, nullable=False, index=True),
    Column("asked", Integer, nullable=False),
    Column("passed", Integer, nullable=False),
)

appointment = Table(
    "appointment",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("due_at", UTCDateTime, nullable=False, index=True),
)

swap = Table(
    "swap",
    metadata,
    id_column(),
    Column("role", String(100), nullable=False),
    Column("begins_at", UTCDateTime, nullable=False),
    Column("ends_at", UTCDateTime, nullable=False),
    Column("who", String(320), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Index(None, "role", "ends_at"),
)
