"""What is for the members of a confidential role alone, and so in no list, letter or call that others read."""

from collections.abc import Sequence

from sqlalchemy import Connection

from inflow.desk.asking import seems_secret
from inflow.desk.world import World
from inflow.store import cases
from inflow.store.rows import Case


def is_secret(connection: Connection, world: World, case: Case) -> bool:
    """Whether a confidential role has or had a case; or, while nobody has been given it, may be the one for it."""
    return case.number in secret(connection, world, [case])


def secret(connection: Connection, world: World, some: Sequence[Case]) -> set[int]:
    """The same of several cases: the numbers of those that are."""
    confidential = {role.name for role in world.settings.roles if role.confidential}
    had = {number for number, role in cases.roles_had(connection, [one.number for one in some]) if role in confidential}
    other = world.settings.other.role
    has = {one.number for one in some if one.role in confidential or (one.role == other and seems_secret(world, one))}
    return had | has


def was_secret(connection: Connection, world: World, case: Case) -> bool:
    """Whether a confidential role has or had a case."""
    confidential = {role.name for role in world.settings.roles if role.confidential}
    return bool(confidential & {case.role, *(one["role"] for one in cases.decisions(connection, case.number))})
