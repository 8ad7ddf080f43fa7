"""Words are looked up in PostgreSQL's index even where the planner, which does not know what unpacking costs, would read every row; words
that follow each other are marked in it."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forwards. The index is made empty: what upgrades fills it."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("INSERT INTO search(search) VALUES ('delete-all')")
    else:
        op.execute("TRUNCATE search")
        op.execute(
            "CREATE FUNCTION search_found(asked tsquery) RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 500 "
            "SET enable_seqscan = off SET enable_indexscan = off AS 'SELECT id FROM search WHERE words @@ $1'"
        )


def downgrade() -> None:
    """Backwards."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION search_found(tsquery)")
