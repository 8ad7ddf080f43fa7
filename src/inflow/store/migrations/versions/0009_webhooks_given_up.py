"""Calls of webhooks that were given up are counted by hook."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FAILED = sa.text("status = 'failed'")


def upgrade() -> None:
    """Forwards."""
    op.create_index("ix_hook_call_failed", "hook_call", ["hook"], sqlite_where=_FAILED, postgresql_where=_FAILED)


def downgrade() -> None:
    """Backwards."""
    op.drop_index("ix_hook_call_failed", table_name="hook_call")
