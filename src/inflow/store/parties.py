"""Parties: everyone who has written, by address."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, select

from inflow.mail.message import Address
from inflow.store.engine import insert_new
from inflow.store.schema import party

_ADDRESSES: BindParameter[Any] = bindparam("addresses", expanding=True)
_KNOWN = select(party.c.id, party.c.address, party.c.kind).where(party.c.address.in_(_ADDRESSES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A party as it is known."""

    id: int
    address: str
    kind: str


def meet(connection: Connection, senders: Sequence[tuple[Address, str | None]]) -> list[Met]:
    """The party of each address, made with its kind when it is new (None: public); a kind that is more than `public` replaces that."""
    known = _known(connection, [one.address for one, _ in senders])
    new: dict[str, dict[str, str]] = {}
    for sender, kind in senders:
        if (address := _as_kept(sender.address)) not in known:
            new.setdefault(address, {"address": address, "name": sender.name[:500], "kind": kind or "public"})
    if new:
        insert_new(connection, party, list(new.values()))
        known |= _known(connection, new)
    return [_as_told(connection, known, _as_kept(sender.address), kind) for sender, kind in senders]


def kinds(connection: Connection, addresses: Iterable[str]) -> dict[str, str]:
    """The kind of each party that we know, by its address as it is asked for."""
    asked = set(addresses)
    known = _known(connection, asked)
    return {one: known[kept].kind for one in asked if (kept := _as_kept(one)) in known}


def _known(connection: Connection, addresses: Iterable[str]) -> dict[str, Met]:
    kept = sorted({_as_kept(one) for one in addresses})
    rows = connection.execute(_KNOWN, {"addresses": kept}) if kept else ()
    return {row.address: Met(id=row.id, address=row.address, kind=row.kind) for row in rows}


def _as_told(connection: Connection, known: dict[str, Met], address: str, kind: str | None) -> Met:
    met = known[address]
    if met.kind == "public" and kind and kind != "public":
        connection.execute(party.update().where(party.c.id == met.id).values(kind=kind))
        known[address] = met = Met(id=met.id, address=address, kind=kind)
    return met


def _as_kept(address: str) -> str:
    return address.lower()[:320]
