"""What is for the members of a confidential role alone, and so in no list, letter or call that others read."""

from sqlalchemy import Connection

from inflow.desk.asking import is_secret as may_be_secret
from inflow.desk.world import World
from inflow.store import cases
from inflow.store.rows import Case


def is_secret(connection: Connection, world: World, case: Case) -> bool:
    """Whether a confidential role has or had a case; or, while nobody has been given it, may be the one for it."""
    if case.role == world.settings.other.role:
        return may_be_secret(connection, world, case)
    return was_secret(connection, world, case)


def was_secret(connection: Connection, world: World, case: Case) -> bool:
    """Whether a confidential role has or had a case."""
    confidential = {role.name for role in world.settings.roles if role.confidential}
    return bool(confidential & {case.role, *(one["role"] for one in cases.decisions(connection, case.number))})
