"""Tokens of the API, calls of webhooks, ready answers that were used."""

import sqlalchemy as sa
from alembic import op

from inflow.store.columns import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "token",
        sa.Column("id", _IDENTITY, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token")),
        sa.UniqueConstraint("name", name=op.f("uq_token_name")),
        sa.UniqueConstraint("hash", name=op.f("uq_token_hash")),
    )
    op.create_table(
        "hook_call",
        sa.Column("id", _IDENTITY, autoincrement=True, nullable=False),
        sa.Column("hook", sa.String(length=40), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hook_call")),
        sa.UniqueConstraint("hook", "event_id", name=op.f("uq_hook_call_hook_event_id")),
    )
    queued = sa.text("status = 'queued'")
    op.create_index("ix_hook_call_queued", "hook_call", ["due_at", "id"], sqlite_where=queued, postgresql_where=queued)
    op.create_table(
        "answer_used",
        sa.Column("id", _IDENTITY, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("case_id", _IDENTITY, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_answer_used_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_used")),
    )
    op.create_index(op.f("ix_answer_used_key"), "answer_used", ["key"])
    op.create_index(op.f("ix_answer_used_case_id"), "answer_used", ["case_id"])


def downgrade() -> None:
    """Backwards."""
    for table in ("answer_used", "hook_call", "token"):
        op.drop_table(table)
