"""Ready answers that the board keeps, with every edition; answers that went out with an acknowledgement."""

import sqlalchemy as sa
from alembic import op

from inflow.store.columns import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "answer_edition",
        sa.Column("id", _IDENTITY, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_edition")),
    )
    op.create_index(op.f("ix_answer_edition_key_id"), "answer_edition", ["key", "id"])
    op.add_column("answer_used", sa.Column("offered", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Backwards."""
    op.drop_column("answer_used", "offered")
    op.drop_table("answer_edition")
