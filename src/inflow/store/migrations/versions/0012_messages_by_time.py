"""The index of messages by when they came."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards."""
    op.create_index("ix_message_received_at", "message", ["received_at", "id"])


def downgrade() -> None:
    """Backwards."""
    op.drop_index("ix_message_received_at", table_name="message")
