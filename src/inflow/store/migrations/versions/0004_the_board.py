"""Accounts, sessions and saved views of the board; indexes for its lists."""

import sqlalchemy as sa
from alembic import op

from inflow.store.columns import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ACTIVE = sa.text("status <> 'closed'")


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "account",
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_account")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_address"), "session", ["address"])
    op.create_index(op.f("ix_session_expires_at"), "session", ["expires_at"])
    op.create_table(
        "login_failure",
        sa.Column("id", _IDENTITY, autoincrement=True, nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    op.create_index(op.f("ix_login_failure_at"), "login_failure", ["at"])
    op.create_index(op.f("ix_login_failure_address_at"), "login_failure", ["address", "at"])
    op.create_index(op.f("ix_login_failure_client_at"), "login_failure", ["client", "at"])
    op.create_table(
        "saved_view",
        sa.Column("id", _IDENTITY, autoincrement=True, nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("query", sa.String(length=1000), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
    )
    op.create_index(op.f("ix_saved_view_address"), "saved_view", ["address"])
    op.create_index(op.f("ix_cases_role_status_id"), "cases", ["role", "status", "id"])
    op.create_index("ix_cases_active", "cases", ["id"], sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)
    op.create_index("ix_cases_active_role", "cases", ["role", "id"], sqlite_where=_ACTIVE, postgresql_where=_ACTIVE)
    op.drop_index(op.f("ix_label_name"), table_name="label")
    op.create_index(op.f("ix_label_name_case_id"), "label", ["name", "case_id"])


def downgrade() -> None:
    """Backwards."""
    op.drop_index(op.f("ix_label_name_case_id"), table_name="label")
    op.create_index(op.f("ix_label_name"), "label", ["name"])
    for index in ("ix_cases_active_role", "ix_cases_active", op.f("ix_cases_role_status_id")):
        op.drop_index(index, table_name="cases")
    for table in ("saved_view", "login_failure", "session", "account"):
        op.drop_table(table)
