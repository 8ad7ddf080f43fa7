"""The signing keys: the first is made on the first run; all of them live in the database, never in the config."""

import secrets
from datetime import datetime

from sqlalchemy import Connection, func, select

from inflow.store.engine import insert_new
from inflow.store.schema import secret


def keys(connection: Connection) -> dict[int, bytes]:
    """All keys by version; empty before the first run."""
    return {row.version: row.key for row in connection.execute(select(secret))}


def make_first(connection: Connection, *, now: datetime) -> dict[int, bytes]:
    """The keys, with a first one made when there is none."""
    if not (found := keys(connection)):
        insert_new(connection, secret, [{"version": 1, "key": secrets.token_bytes(32), "created_at": now}])
        found = keys(connection)
    return found


def rotate(connection: Connection, *, now: datetime) -> int:
    """A new key that signs from now on; what older ones signed is still believed. Returns its version."""
    version = (connection.scalar(select(func.max(secret.c.version))) or 0) + 1
    connection.execute(secret.insert().values(version=version, key=secrets.token_bytes(32), created_at=now))
    return version
