"""One case looked at: the same 404 for what is not there and what is not theirs, and every read of a confidential case is an event.

Everything of one case, on the board and in the API, is fetched inside `opened`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection

from inflow.casework.case import Kind
from inflow.desk.world import World
from inflow.store import board, events
from inflow.store.board import Reader
from inflow.store.cases import NoCaseError
from inflow.store.rows import Case

MOST_NUMBER = 1 << 60


@contextmanager
def opened(world: World, reader: Reader, number: int, *, what: str) -> Iterator[tuple[Connection, Case]]:
    """A case, and a connection to look at it with: one that writes where the look has to be written down. Of a confidential case the
    history says who read `what`, when the block has ended well. Raises NoCaseError."""
    if not 0 < number < MOST_NUMBER:
        raise NoCaseError(number)
    with world.database.reading() as connection:
        is_told = _is_confidential(world, board.case(connection, reader, number))
    with world.database.writing() if is_told else world.database.reading() as connection:
        found = board.case(connection, reader, number)
        if _is_confidential(world, found):
            events.append(connection, found.number, Kind.READ, text=what, by=reader.address, at=world.now())
        yield connection, found


def _is_confidential(world: World, case: Case) -> bool:
    role = world.settings.role(case.role)
    return role is not None and role.confidential
