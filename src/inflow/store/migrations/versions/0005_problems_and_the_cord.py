"""Problems that many meet, the words of recent cases, the cord."""

import sqlalchemy as sa
from alembic import op

from inflow.store.columns import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forwards."""
    _problems()
    _words()
    _cord()


def _problems() -> None:
    op.create_table(
        "problem",
        sa.Column("id", _IDENTITY, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("owner", sa.String(length=100), nullable=True),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.Column("within", sa.String(length=100), server_default="", nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("solved_at", UTCDateTime(), nullable=True),
        sa.Column("loud_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
    )
    op.create_index(op.f("ix_problem_updated_at"), "problem", ["updated_at"])
    _only("ix_problem_active", "problem", ["updated_at"], "state <> 'solved'")
    _only("ix_problem_loud", "problem", ["id"], "loud_at IS NOT NULL")
    op.create_table(
        "problem_case",
        sa.Column("case_id", _IDENTITY, autoincrement=False, nullable=False),
        sa.Column("problem_id", _IDENTITY, nullable=True),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), server_default="", nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_problem_case_case_id")),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_problem_case_problem_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_problem_case")),
    )
    op.create_index(op.f("ix_problem_case_problem_id_at"), "problem_case", ["problem_id", "at"])


def _words() -> None:
    op.create_table(
        "case_word",
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("case_id", _IDENTITY, nullable=False),
        sa.Column("said", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_word_case_id")),
        sa.PrimaryKeyConstraint("word", "case_id", name=op.f("pk_case_word")),
    )
    op.create_index(op.f("ix_case_word_case_id"), "case_word", ["case_id"])
    op.create_table(
        "watermark",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_watermark")),
    )


def _cord() -> None:
    op.create_table(
        "cord",
        sa.Column("id", _IDENTITY, autoincrement=True, nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("case_id", _IDENTITY, nullable=True),
        sa.Column("problem_id", _IDENTITY, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("pulled_at", UTCDateTime(), nullable=False),
        sa.Column("pulls", sa.Integer(), server_default="1", nullable=False),
        sa.Column("told_at", UTCDateTime(), nullable=False),
        sa.Column("told_pulls", sa.Integer(), server_default="1", nullable=False),
        sa.Column("told_senders", sa.Integer(), server_default="0", nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answered_by", sa.Text(), server_default="", nullable=False),
        sa.Column("answer", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_cord_case_id")),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_cord_problem_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cord")),
    )
    for column in ("case_id", "problem_id", "pulled_at"):
        op.create_index(op.f(f"ix_cord_{column}"), "cord", [column])
    _only("uq_cord_open", "cord", ["target"], "answered_at IS NULL", unique=True)
    _only("ix_cord_open_problem", "cord", ["problem_id"], "answered_at IS NULL")


def _only(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Backwards."""
    for table in ("cord", "watermark", "case_word", "problem_case", "problem"):
        op.drop_table(table)
