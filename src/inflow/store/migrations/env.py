"""Alembic runs inside a transaction that inflow.store.migrate hands over."""

from typing import Any, Literal

from alembic import context

from inflow.store import schema
from inflow.store.columns import UTCDateTime
from inflow.store.migrate import is_ours


def _rendered(_kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    return "UTCDateTime()" if isinstance(thing, UTCDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.cases.metadata,
    include_object=is_ours,
    compare_type=True,
    compare_server_default=False,
    render_as_batch=True,
    render_item=_rendered,
)
with context.begin_transaction():
    context.run_migrations()
