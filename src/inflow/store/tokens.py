"""Tokens of the API: known by their hash only, so that nobody reads one out of the database."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, or_, select

from inflow.store.engine import insert_new
from inflow.store.tables_hooks import token

SCOPES = ("read", "act", "speak", "confidential")
PREFIX = "inflow_"
_USED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token as it is listed; `scopes`: read cases, act on them, speak for the roles, and the confidential ones too."""

    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None


def add(connection: Connection, name: str, scopes: Sequence[str], *, now: datetime) -> str | None:
    """A new token: what is returned is shown once and kept nowhere. None: there is one of this name."""
    secret = PREFIX + secrets.token_urlsafe(32)
    row = {"name": name, "hash": _hash(secret), "scopes": sorted(scopes), "created_at": now}
    return secret if insert_new(connection, token, [row], returning=(token.c.id,)) else None


def every(connection: Connection) -> list[Token]:
    """All tokens there have been."""
    return [_token(row) for row in connection.execute(select(token).order_by(token.c.id))]


def revoke(connection: Connection, name: str, *, now: datetime) -> bool:
    """A token holds no more; its name stays taken. Returns whether there was one."""
    mine = token.update().where(token.c.name == name, token.c.revoked_at.is_(None))
    return connection.execute(mine.values(revoked_at=now)).rowcount == 1


def known(connection: Connection, secret: str) -> Token | None:
    """The token that somebody brings, where it holds."""
    mine = select(token).where(token.c.hash == _hash(secret), token.c.revoked_at.is_(None))
    row = connection.execute(mine).first()
    return _token(row) if row else None


def used(connection: Connection, name: str, *, now: datetime) -> None:
    """When a token was used last, to five minutes."""
    stale = or_(token.c.used_at.is_(None), token.c.used_at < now - _USED_EVERY)
    connection.execute(token.update().where(token.c.name == name, stale).values(used_at=now))


def is_stale(found: Token, now: datetime) -> bool:
    """Whether its last use is to be written anew."""
    return found.used_at is None or found.used_at < now - _USED_EVERY


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _token(row: Any) -> Token:
    return Token(
        name=row.name,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        used_at=row.used_at,
        revoked_at=row.revoked_at,
    )
