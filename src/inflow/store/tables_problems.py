"""Tables of what many meet: problems, the cases of each, the words of recent cases, the cord."""

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from inflow.store.columns import UTCDateTime, id_column, metadata, only

problem = Table(
    "problem",
    metadata,
    id_column(),
    Column("name", Text, nullable=False, server_default=""),
    Column("words", JSON, nullable=False),
    Column("state", String(10), nullable=False),
    Column("owner", String(100)),
    Column("answer", Text, nullable=False, server_default=""),
    Column("within", String(100), nullable=False, server_default=""),
    Column("opened_at", UTCDateTime, nullable=False),
    Column("updated_at", UTCDateTime, nullable=False),
    Column("solved_at", UTCDateTime),
    Column("loud_at", UTCDateTime),
    Index("ix_problem_active", "updated_at", **only("state <> 'solved'")),
    Index(None, "updated_at"),
    Index("ix_problem_loud", "id", **only("loud_at IS NOT NULL")),
)

problem_case = Table(
    "problem_case",
    metadata,
    Column("case_id", ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("problem_id", ForeignKey("problem.id")),
    Column("at", UTCDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Column("told_at", UTCDateTime),
    Index(None, "problem_id", "at"),
)

case_word = Table(
    "case_word",
    metadata,
    Column("word", String(40), primary_key=True),
    Column("case_id", ForeignKey("cases.id"), primary_key=True),
    Column("said", String(40), nullable=False),
    Index(None, "case_id"),
)

watermark = Table(
    "watermark",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("through", BigInteger, nullable=False),
)

cord = Table(
    "cord",
    metadata,
    id_column(),
    Column("target", String(40), nullable=False),
    Column("case_id", ForeignKey("cases.id"), index=True),
    Column("problem_id", ForeignKey("problem.id"), index=True),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("pulled_at", UTCDateTime, nullable=False, index=True),
    Column("pulls", Integer, nullable=False, server_default="1"),
    Column("told_at", UTCDateTime, nullable=False),
    Column("told_pulls", Integer, nullable=False, server_default="1"),
    Column("told_senders", Integer, nullable=False, server_default="0"),
    Column("answered_at", UTCDateTime),
    Column("answered_by", Text, nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    Index("uq_cord_open", "target", unique=True, **only("answered_at IS NULL")),
    Index("ix_cord_open_problem", "problem_id", **only("answered_at IS NULL")),
)
