"""What a case has to do with what many meet: the problem it is of and the cord that hangs there, where somebody may see them."""

from typing import Any

from sqlalchemy import Connection

from inflow.desk import cords
from inflow.store import problems
from inflow.store.board import Reader


def of_case(connection: Connection, reader: Reader, number: int) -> dict[str, Any]:
    """The problem of a case and the cord that hangs at it."""
    mine = problems.of_case(connection, number)
    cord = cords.of_case(connection, number)
    return {
        "problem": problems.get(connection, mine.number, reader=reader) if mine else None,
        "cord": cord if cord is not None and cords.is_seen(connection, reader, cord) else None,
    }
