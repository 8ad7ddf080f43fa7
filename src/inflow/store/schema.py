"""The tables. Times are UTC and aware on both engines; a number of a case is never used twice."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

import inflow.store.tables_answers
import inflow.store.tables_hooks
import inflow.store.tables_problems
import inflow.store.tables_time
import inflow.store.tables_web  # noqa: F401  their tables are part of the schema
from inflow.store.columns import UTCDateTime, id_column, metadata, only

secret = Table(
    "secret",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("key", LargeBinary, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
)

mailbox = Table(
    "mailbox",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("uidvalidity", BigInteger),
    Column("owner", String(200)),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("lease_until", UTCDateTime),
    Column("checked_at", UTCDateTime),
    Column("error", Text),
    Column("error_since", UTCDateTime),
)

party = Table(
    "party",
    metadata,
    id_column(),
    Column("address", String(320), nullable=False, unique=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("kind", String(20), nullable=False, server_default="public"),
)

cases = Table(
    "cases",
    metadata,
    id_column(),
    Column("subject", Text, nullable=False),
    Column("status", String(20), nullable=False),
    Column("role", String(100), nullable=False),
    Column("level", Integer, nullable=False, server_default="1"),
    Column("party_id", ForeignKey("party.id"), nullable=False),
    Column("domain", String(255), nullable=False),
    Column("mailbox", String(100), nullable=False),
    Column("opened_at", UTCDateTime, nullable=False, index=True),
    Column("updated_at", UTCDateTime, nullable=False, index=True),
    Column("answered_at", UTCDateTime),
    Column("closed_at", UTCDateTime),
    Column("decided_by", String(20), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("candidates", JSON, nullable=False),
    Column("merged_into", ForeignKey("cases.id")),
    Index(None, "status", "id"),
    Index(None, "role", "id"),
    Index(None, "party_id", "id"),
    Index(None, "domain", "id"),
    Index(None, "role", "status", "id"),
    Index("ix_cases_active", "id", **only("status <> 'closed'")),
    Index("ix_cases_active_touched", "updated_at", "id", **only("status <> 'closed'")),
    Index("ix_cases_active_role", "role", "id", **only("status <> 'closed'")),
    sqlite_autoincrement=True,
)

label = Table(
    "label",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Index(None, "name", "case_id"),
)

participant = Table(
    "participant",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("address", String(320), primary_key=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("added_by", Text),
    Index(None, "address"),
)

message = Table(
    "message",
    metadata,
    id_column(),
    Column("identity", String(64), nullable=False, unique=True),
    Column("direction", String(4), nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UTCDateTime),
    Column("claimed_by", String(200)),
    Column("mailbox", String(100), nullable=False),
    Column("received_at", UTCDateTime, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("too_big", Boolean, nullable=False, server_default=text("false")),
    Column("case_id", ForeignKey("cases.id"), index=True),
    Column("message_id", Text),
    Column("subject", Text, nullable=False, server_default=""),
    Column("from_name", Text, nullable=False, server_default=""),
    Column("from_address", Text, nullable=False, server_default=""),
    Column("date", UTCDateTime),
    Column("text", Text, nullable=False, server_default=""),
    Column("reply_text", Text, nullable=False, server_default=""),
    Column("language", String(10), nullable=False, server_default=""),
    Column("nature", String(12), nullable=False, server_default="person"),
    Column("defects", JSON),
    Column("error", Text),
    Index("ix_message_quarantined", "id", **only("state = 'quarantined'")),
    Index("ix_message_received", "due_at", "id", **only("state = 'received'")),
    Index("ix_message_received_at", "received_at", "id"),
)

raw_mail = Table(
    "raw_mail",
    metadata,
    Column("message_id", ForeignKey("message.id"), primary_key=True),
    Column("zstd", LargeBinary, nullable=False),
)

attachment = Table(
    "attachment",
    metadata,
    Column("message_id", ForeignKey("message.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("filename", Text, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("inline", Boolean, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("words", Text),
    Index("ix_attachment_unread", "message_id", **only("words IS NULL")),
)

sighting = Table(
    "sighting",
    metadata,
    id_column(),
    Column("mailbox", String(100), nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("message_id", ForeignKey("message.id"), nullable=False, index=True),
    Column("seen_at", UTCDateTime, nullable=False),
    UniqueConstraint("mailbox", "uidvalidity", "uid"),
)

known_id = Table(
    "known_id",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("case_id", ForeignKey("cases.id"), primary_key=True, index=True),
    Column("kind", String(10), nullable=False),
)

event = Table(
    "event",
    metadata,
    id_column(),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("by", Text, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "case_id", "id"),
    Index(None, "kind", "at"),
)

delivery = Table(
    "delivery",
    metadata,
    id_column(),
    Column("case_id", ForeignKey("cases.id"), index=True),
    Column("source_id", ForeignKey("message.id")),
    Column("kind", String(20), nullable=False),
    Column("status", String(10), nullable=False),
    Column("sender", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("message_id", Text, nullable=False, index=True),
    Column("outgoing", JSON, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UTCDateTime),
    Column("claimed_by", String(200)),
    Column("queued_at", UTCDateTime, nullable=False),
    Column("sent_at", UTCDateTime),
    Column("error", Text),
    Index("ix_delivery_queued", "due_at", "id", **only("status = 'queued'")),
    Index(None, "status", "id"),
)

decision = Table(
    "decision",
    metadata,
    id_column(),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("at", UTCDateTime, nullable=False, index=True),
    Column("role", String(100), nullable=False),
    Column("by", String(20), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("contributions", JSON, nullable=False),
    Column("proposed_role", String(100)),
    Column("proposed_confidence", Float),
)

model = Table(
    "model",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    Column("trained_at", UTCDateTime, nullable=False),
    Column("through", BigInteger, nullable=False),
    Column("examples", Integer, nullable=False),
)

correction = Table(
    "correction",
    metadata,
    id_column(),
    Column("case_id", ForeignKey("cases.id"), nullable=False, index=True),
    Column("from_role", String(100), nullable=False),
    Column("to_role", String(100), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)

timer = Table(
    "timer",
    metadata,
    id_column(),
    Column("case_id", ForeignKey("cases.id"), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("due_at", UTCDateTime, nullable=False, index=True),
    UniqueConstraint("case_id", "kind"),
)

alarm = Table(
    "alarm",
    metadata,
    Column("name", String(200), primary_key=True),
    Column("text", Text, nullable=False),
    Column("since", UTCDateTime, nullable=False),
)

probe = Table(
    "probe",
    metadata,
    Column("mailbox", String(100), primary_key=True),
    Column("tried_at", UTCDateTime, nullable=False),
    Column("sent_at", UTCDateTime, nullable=False),
    Column("back_at", UTCDateTime),
    Column("seconds", Float),
)

acknowledged = Table(
    "acknowledged",
    metadata,
    Column("address", String(320), primary_key=True),
    Column("at", UTCDateTime, nullable=False, index=True),
)

pace = Table(
    "pace",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("next_at", UTCDateTime, nullable=False),
)
