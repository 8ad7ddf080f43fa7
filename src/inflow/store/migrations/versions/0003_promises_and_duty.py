"""What is promised, asked and planned."""

import sqlalchemy as sa
from alembic import op

from inflow.store.columns import UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "promise",
        sa.Column("id", _IDENTITY, autoincrement=True, nullable=False),
        sa.Column("case_id", _IDENTITY, nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("spent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("since_event", sa.BigInteger(), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=True),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_promise_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    unsettled = sa.text("settled_at IS NULL")
    with op.batch_alter_table("promise", schema=None) as batch_op:
        batch_op.create_index(
            "uq_promise_open",
            ["case_id", "what"],
            unique=True,
            sqlite_where=unsettled,
            postgresql_where=unsettled,
        )
        batch_op.create_index(
            "ix_promise_unsettled",
            ["role", "id"],
            unique=False,
            sqlite_where=unsettled,
            postgresql_where=unsettled,
        )
        batch_op.create_index(batch_op.f("ix_promise_case_id_id"), ["case_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_promise_began_at"), ["began_at"], unique=False)

    op.create_table(
        "asked",
        sa.Column("id", _IDENTITY, autoincrement=True, nullable=False),
        sa.Column("case_id", _IDENTITY, nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("answer", sa.String(length=10), nullable=True),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_asked_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked")),
    )
    unanswered = sa.text("answer IS NULL")
    with op.batch_alter_table("asked", schema=None) as batch_op:
        batch_op.create_index(
            "uq_asked_open",
            ["case_id", "role"],
            unique=True,
            sqlite_where=unanswered,
            postgresql_where=unanswered,
        )
        batch_op.create_index(batch_op.f("ix_asked_case_id_id"), ["case_id", "id"], unique=False)

    op.create_table(
        "gap",
        sa.Column("case_id", _IDENTITY, autoincrement=False, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_gap_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_gap")),
    )
    with op.batch_alter_table("gap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gap_at"), ["at"], unique=False)

    op.create_table(
        "appointment",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_appointment")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appointment_due_at"), ["due_at"], unique=False)

    op.create_table(
        "swap",
        sa.Column("id", _IDENTITY, autoincrement=True, nullable=False),
        sa.Column("role", sa.String(length=100), nullable=False),
        sa.Column("begins_at", UTCDateTime(), nullable=False),
        sa.Column("ends_at", UTCDateTime(), nullable=False),
        sa.Column("who", sa.String(length=320), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_swap")),
    )
    with op.batch_alter_table("swap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_swap_role_ends_at"), ["role", "ends_at"], unique=False)


def downgrade() -> None:
    """Backwards."""
    for table in ("swap", "appointment", "gap", "asked", "promise"):
        op.drop_table(table)
