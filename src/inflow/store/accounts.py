"""Who may sign in to the board with a password, who is signed in, and who tried too often.

A session is kept by the digest of its token: who reads the database signs in as nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from inflow.store.engine import insert_new
from inflow.store.tables_web import account, login_failure, saved_view, session


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who signs in with a password."""

    address: str
    name: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who is signed in, with the groups that an identity provider told."""

    address: str
    name: str
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A list that somebody keeps: `query` is what stands behind the ? of its address."""

    id: int
    name: str
    query: str


def add(connection: Connection, address: str, *, name: str, hash_: str, now: datetime) -> bool:
    """A new account; False: there is one of this address."""
    row = {"address": address.lower(), "name": name, "hash": hash_, "changed_at": now}
    return bool(insert_new(connection, account, [row], returning=(account.c.address,)))


def set_hash(connection: Connection, address: str, hash_: str, *, now: datetime) -> bool:
    """Another password; whoever was signed in with the old one is not any more. False: there is no such account."""
    changed = account.update().where(account.c.address == address.lower()).values(hash=hash_, changed_at=now)
    connection.execute(session.delete().where(session.c.address == address.lower()))
    return connection.execute(changed).rowcount == 1


def remove(connection: Connection, address: str) -> bool:
    """The account is no more, and its sessions end. False: there was none."""
    connection.execute(session.delete().where(session.c.address == address.lower()))
    return connection.execute(account.delete().where(account.c.address == address.lower())).rowcount == 1


def every(connection: Connection) -> list[Account]:
    """All accounts, by address."""
    columns = account.c.address, account.c.name, account.c.changed_at
    return [Account(**row._mapping) for row in connection.execute(select(*columns).order_by(account.c.address))]


def credentials(connection: Connection, address: str) -> tuple[str, str] | None:
    """Hash and name of an account."""
    row = connection.execute(select(account.c.hash, account.c.name).where(account.c.address == address.lower())).first()
    return (row.hash, row.name) if row else None


def begin(connection: Connection, id_: str, who: Session, *, now: datetime, lasts: timedelta) -> None:
    """Somebody is signed in from now on; sessions that have run out are forgotten."""
    connection.execute(session.delete().where(session.c.expires_at < now))
    row = {"address": who.address.lower(), "name": who.name, "groups": list(who.groups)}
    connection.execute(session.insert().values(id=id_, **row, began_at=now, expires_at=now + lasts))


def signed_in(connection: Connection, id_: str, *, now: datetime) -> Session | None:
    """Who is signed in with a session; None: nobody, or not any more."""
    row = connection.execute(select(session).where(session.c.id == id_, session.c.expires_at >= now)).first()
    return Session(address=row.address, name=row.name, groups=tuple(row.groups)) if row else None


def end(connection: Connection, id_: str) -> None:
    """Somebody signs out."""
    connection.execute(session.delete().where(session.c.id == id_))


def failed(connection: Connection, address: str, client: str, *, now: datetime) -> None:
    """A sign-in failed; what is older than a day is forgotten."""
    connection.execute(login_failure.delete().where(login_failure.c.at < now - timedelta(days=1)))
    connection.execute(login_failure.insert().values(address=address.lower()[:320], client=client[:64], at=now))


def failures(connection: Connection, address: str, client: str, *, since: datetime) -> tuple[int, int]:
    """How many sign-ins failed for an address and from a client."""
    ours = (login_failure.c.address == address.lower()[:320], login_failure.c.client == client[:64])
    by_address, by_client = (
        connection.execute(
            select(func.count()).select_from(login_failure).where(one, login_failure.c.at >= since)
        ).scalar_one()
        for one in ours
    )
    return by_address, by_client


def views(connection: Connection, address: str) -> Sequence[View]:
    """The views that somebody keeps, in the order they were made."""
    query = select(saved_view.c.id, saved_view.c.name, saved_view.c.query).where(saved_view.c.address == address)
    return [View(**row._mapping) for row in connection.execute(query.order_by(saved_view.c.id).limit(50))]


def keep_view(connection: Connection, address: str, name: str, query: str) -> None:
    """Keep a view; one of the same name is replaced."""
    connection.execute(saved_view.delete().where(saved_view.c.address == address, saved_view.c.name == name[:100]))
    connection.execute(saved_view.insert().values(address=address, name=name[:100], query=query[:1000]))


def drop_view(connection: Connection, address: str, id_: int) -> None:
    """Keep a view no more."""
    connection.execute(saved_view.delete().where(saved_view.c.address == address, saved_view.c.id == id_))
