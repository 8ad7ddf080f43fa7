"""Who gets the answers of a case: its sender, and whom the sender or a member has added. Nobody else, whatever a mail names.

Each gets what is said from then on, never what was said before.
"""

from sqlalchemy import Connection

from inflow.casework.addresses import bare
from inflow.casework.case import Kind, NotPossibleError
from inflow.desk.world import World
from inflow.mail.message import Address
from inflow.store import cases, deliveries, leads
from inflow.store.rows import Case


def receivers(connection: Connection, case: Case) -> list[Address]:
    """Whom an answer goes to: the sender first, where there is one."""
    sender = Address(name=case.party.name, address=case.party.address)
    return [*([sender] if sender.address else []), *added(connection, case)]


def added(connection: Connection, case: Case) -> list[Address]:
    """Who gets the answers beside the sender."""
    return [one for one in leads.added(connection, case.number) if one.address != case.party.address]


def standing(connection: Connection, world: World, case: Case, address: str) -> str:
    """What a member ought to know of somebody who writes in a case and is not its sender; empty when it is, or one of us."""
    address = address.lower()
    if address in ("", case.party.address) or address.rpartition("@")[2] in world.settings.organisation.domains:
        return ""
    if address in {one.address for one in added(connection, case)}:
        return f"{address} gets the answers too"
    return f"{address} is neither the sender nor added, and gets no answer without /add {address}"


def add(connection: Connection, world: World, number: int, person: Address, *, by: str) -> str:
    """Somebody gets the answers from now on. Returns the address. Raises NotPossibleError."""
    address = person.address.lower()
    if not address:
        raise NotPossibleError("write whom to add as one mail address")
    if bare(address) in world.settings.own_addresses:
        raise NotPossibleError(f"{address} is an address of ours: a role gets a case by /route or /ask")
    there = receivers(connection, cases.get(connection, number))
    if address in {one.address for one in there}:
        raise NotPossibleError(f"{address} gets the answers already")
    if len(there) > leads.MOST_ADDED:
        raise NotPossibleError(f"{leads.MOST_ADDED} people have been added; remove one first")
    leads.add(connection, number, person, by=by)
    cases.happened(connection, number, Kind.ADDED, text=f"{address} gets the answers too", by=by, now=world.now())
    return address


def remove(connection: Connection, world: World, number: int, person: Address, *, by: str) -> str:
    """Somebody gets no more answers, not even those that are held. Returns the address. Raises NotPossibleError."""
    address = person.address.lower()
    if not leads.remove(connection, number, address):
        raise NotPossibleError(f"{address or 'that'} is nobody who was added")
    deliveries.drop_held(connection, number, address)
    cases.happened(connection, number, Kind.REMOVED, text=f"{address} gets no more answers", by=by, now=world.now())
    return address
