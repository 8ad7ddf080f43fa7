"""What every job stands on: the settings, the database, the signing keys, who this process is, and the clock."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from inflow.casework.addresses import Keys
from inflow.config import Settings
from inflow.routing.decide import Policy
from inflow.store import secrets
from inflow.store.engine import Database, open_database
from inflow.store.migrate import ready


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class World:
    """One process's view of everything. `owner` names it in claims and leases."""

    settings: Settings
    database: Database
    keys: Keys
    owner: str
    now: Callable[[], datetime] = utc_now

    @property
    def policy(self) -> Policy:
        """What the router decides by."""
        return policy_of(self.settings)


def policy_of(settings: Settings) -> Policy:
    """What the router decides by under these settings."""
    return Policy(
        roles=settings.roles,
        other=settings.other.role,
        rules=settings.rules,
        internal_domains=settings.organisation.domains,
        parties=settings.parties,
        classifier=settings.classifier,
    )


def open_world(settings: Settings) -> World:
    """The world of some settings, its schema current and its signing key made. Raises SchemaError, MissingSecretError and
    what a database that cannot be reached raises (store.engine.Trouble)."""
    password = settings.database.password
    database = open_database(settings.database.url, password=password.read() if password else None)
    ready(database)
    with database.reading() as connection:
        keys = secrets.keys(connection)
    if not keys:
        with database.writing(durable=True) as connection:
            keys = secrets.make_first(connection, now=utc_now())
    return World(settings=settings, database=database, keys=keys, owner=this_process())


def this_process() -> str:
    """A name that no other process ever bears: host, pid namespace, pid, and when it started."""
    return ":".join((socket.gethostname(), _namespace(), str(os.getpid()), _started(os.getpid())))


def is_dead(owner: str) -> bool:
    """Whether a process of that name has certainly ended: only those of this host and pid namespace can be judged."""
    host, namespace, pid, started = (owner.split(":") + [""] * 4)[:4]
    if (host, namespace) != (socket.gethostname(), _namespace()) or not namespace or not pid.isdigit():
        return False
    return _started(int(pid)) != started


def _namespace() -> str:
    try:
        return Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        return ""


def _started(pid: int) -> str:
    """When a process started, in ticks since boot; empty when there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in "ZX" else fields[19]
