"""The index of lists in which what was touched last comes first."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    active = sa.text("status <> 'closed'")
    op.create_index(
        "ix_cases_active_touched", "cases", ["updated_at", "id"], sqlite_where=active, postgresql_where=active
    )


def downgrade() -> None:
    """Backwards."""
    op.drop_index("ix_cases_active_touched", table_name="cases")
