"""What this sender's earlier cases were: evidence for the router."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, func, select

from inflow.routing.facts import Earlier
from inflow.store.parties import kinds
from inflow.store.schema import cases, party

_LATEST = 200
FREE_MAIL = frozenset(
    {
        "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "live.se", "hotmail.se", "outlook.se", "msn.com",
        "yahoo.com", "yahoo.se", "icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "gmx.net", "gmx.de",
        "gmx.com", "web.de", "t-online.de", "telia.com", "bredband.net", "comhem.se", "tele2.se", "spray.se", "mail.ru", "fastmail.com",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of senders: the party kind of each address, the roles of its earlier cases and of its domain's."""

    kinds: Mapping[str, str]
    of_sender: Callable[[str], tuple[Earlier, ...]]
    of_domain: Callable[[str], tuple[Earlier, ...]]


def past(connection: Connection, senders: Iterable[str], *, now: datetime) -> Past:
    """The past of some addresses as it is seen now, each question asked of the database once."""
    return Past(
        kinds=kinds(connection, senders),
        of_sender=cache(partial(of_sender, connection, now=now)),
        of_domain=cache(partial(of_domain, connection, now=now)),
    )


def of_sender(connection: Connection, address: str, *, now: datetime) -> tuple[Earlier, ...]:
    """Roles that the latest cases of this address ended with."""
    return _counted(connection.execute(_OF_SENDER, {"address": address.lower()[:320]}), now)


def of_domain(connection: Connection, domain: str, *, now: datetime) -> tuple[Earlier, ...]:
    """Roles that the latest cases of this domain ended with; nothing for a domain where anyone may have an address."""
    if not domain or domain in FREE_MAIL:
        return ()
    return _counted(connection.execute(_OF_DOMAIN, {"domain": domain[:255]}), now)


def _counted(rows: Iterable[Row[Any]], now: datetime) -> tuple[Earlier, ...]:
    return tuple(
        Earlier(role=row.role, cases=row.cases, days=(now - row.latest).total_seconds() / 86400) for row in rows
    )


def _latest(cases_of: Select[Any]) -> Select[Any]:
    """Of the latest cases, how many each role had and when the latest of them was."""
    some = cases_of.order_by(cases.c.id.desc()).limit(_LATEST).subquery()
    counted = func.count().label("cases"), func.max(some.c.opened_at).label("latest")
    return select(some.c.role, *counted).group_by(some.c.role)


_CASES = select(cases.c.id, cases.c.role, cases.c.opened_at)
_OF_SENDER = _latest(_CASES.join(party).where(party.c.address == bindparam("address")))
_OF_DOMAIN = _latest(_CASES.where(cases.c.domain == bindparam("domain")))
