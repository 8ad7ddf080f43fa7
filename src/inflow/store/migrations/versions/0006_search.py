"""An index of words by where they stand, with stems beside them; what stands in files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FTS = (
    "CREATE VIRTUAL TABLE search USING fts5({}, content='', tokenize=\"unicode61 remove_diacritics 0\", prefix='2 3')"
)


def upgrade() -> None:
    """Forwards. The index is made empty: what upgrades fills it."""
    op.add_column("attachment", sa.Column("words", sa.Text(), nullable=True))
    unread = sa.text("words IS NULL")
    op.create_index("ix_attachment_unread", "attachment", ["message_id"], sqlite_where=unread, postgresql_where=unread)
    op.drop_table("search")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_FTS.format("subject, sender, files, body"))
        op.execute("CREATE VIRTUAL TABLE search_vocab USING fts5vocab(search, 'row')")
    else:
        op.create_table(
            "search",
            sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
            sa.Column("words", TSVECTOR(), nullable=False),
        )
        op.create_index("ix_search_words", "search", ["words"], postgresql_using="gin")


def downgrade() -> None:
    """Backwards. The index is left empty."""
    if op.get_bind().dialect.name == "sqlite":
        op.drop_table("search_vocab")
    op.drop_table("search")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_FTS.format("words"))
    else:
        op.create_table(
            "search",
            sa.Column(
                "message_id",
                sa.BigInteger(),
                sa.ForeignKey("message.id", name="fk_search_message_id"),
                primary_key=True,
            ),
            sa.Column("words", TSVECTOR(), nullable=False),
        )
        op.create_index("ix_search_words", "search", ["words"], postgresql_using="gin")
    op.drop_index("ix_attachment_unread", table_name="attachment")
    with op.batch_alter_table("attachment") as batch_op:
        batch_op.drop_column("words")
