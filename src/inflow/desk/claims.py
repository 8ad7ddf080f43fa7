"""What a process has in hand is its own until it is settled, its booking runs out, or the process is known to be dead."""

import structlog

from inflow.desk.world import World, is_dead
from inflow.store import deliveries, received

log = structlog.get_logger()


def give_back_of_dead(world: World) -> None:
    """What processes of this host had in hand when they died is due at once, not only when its booking runs out."""
    with world.database.reading() as connection:
        holders = received.claimers(connection, now=world.now()) | deliveries.claimers(connection)
    if dead := [owner for owner in holders if is_dead(owner)]:
        with world.database.writing() as connection:
            taken = received.give_back_of(connection, dead, now=world.now())
            taken += deliveries.give_back_of(connection, dead, now=world.now())
        log.info("taken over from a process that died", rows=taken)
