"""Parties: everyone who has written, by address."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from inflow.mail.message import Address
from inflow.store.engine import ignoring
from inflow.store.schema import party

_KNOWN = select(party.c.id, party.c.kind).where(party.c.address == bindparam("address"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """A party as it is known."""

    id: int
    address: str
    kind: str


def meet(connection: Connection, sender: Address, *, kind: str | None) -> Met:
    """The party of an address, made with this kind when it is new (None: public); a kind that is more than `public` replaces that."""
    address = sender.address.lower()[:320]
    row = connection.execute(_KNOWN, {"address": address}).first()
    if row is None:
        values = {"address": address, "name": sender.name[:500], "kind": kind or "public"}
        connection.execute(ignoring(connection, party), values)
        row = connection.execute(_KNOWN, {"address": address}).one()
    if row.kind == "public" and kind and kind != "public":
        connection.execute(party.update().where(party.c.id == row.id).values(kind=kind))
        return Met(id=row.id, address=address, kind=kind)
    return Met(id=row.id, address=address, kind=row.kind)
