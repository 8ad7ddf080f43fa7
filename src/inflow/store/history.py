"""What this sender's earlier cases were: evidence for the router."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from inflow.routing.facts import Earlier
from inflow.store.schema import cases, party

_LATEST = 200
FREE_MAIL = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "live.se", "hotmail.se", "outlook.se", "msn.com",
        "yahoo.com", "yahoo.se", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "gmx.net", "gmx.de",
        "gmx.com", "web.de", "t-online.de", "telia.com", "bredband.net", "comhem.se", "tele2.se", "spray.se", "mail.ru", "fastmail.com",
    }
)  # fmt: skip


def of_sender(connection: Connection, address: str, *, now: datetime) -> tuple[Earlier, ...]:
    """Roles that the latest cases of this address ended with."""
    latest = select(cases.c.id, cases.c.role, cases.c.opened_at).join(party).where(party.c.address == address.lower())
    return _counted(connection, latest, now)


def of_domain(connection: Connection, domain: str, *, now: datetime) -> tuple[Earlier, ...]:
    """Roles that the latest cases of this domain ended with; nothing for a domain where anyone may have an address."""
    if not domain or domain in FREE_MAIL:
        return ()
    latest = select(cases.c.id, cases.c.role, cases.c.opened_at).where(cases.c.domain == domain)
    return _counted(connection, latest, now)


def _counted(connection: Connection, latest: Select[Any], now: datetime) -> tuple[Earlier, ...]:
    some = latest.order_by(cases.c.id.desc()).limit(_LATEST).subquery()
    rows = connection.execute(
        select(some.c.role, func.count().label("cases"), func.max(some.c.opened_at).label("latest")).group_by(
            some.c.role
        )
    )
    return tuple(
        Earlier(role=role, cases=count, days=(now - latest_at).total_seconds() / 86400)
        for role, count, latest_at in rows
    )
