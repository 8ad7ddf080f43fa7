"""Files are read when their mail has been filed, so that what stands in them is found: never while a mail waits."""

import structlog

from inflow import papers
from inflow.desk.world import World
from inflow.store import files, messages

AT_ONCE = 5
log = structlog.get_logger()


def step(world: World) -> int:
    """Read the files of a few messages, in a child. Returns of how many."""
    with world.database.reading() as connection:
        waiting = files.unread(connection, limit=AT_ONCE)
    for id_ in waiting:
        with world.database.reading() as connection:
            positions, raw = files.of_message(connection, id_), messages.raw(connection, id_)
        words = papers.read(raw, positions)
        with world.database.writing() as connection:
            files.was_read(connection, id_, dict(zip(positions, words, strict=True)))
        log.info("files read", message=id_, files=len(words), letters=sum(map(len, words)))
    return len(waiting)
