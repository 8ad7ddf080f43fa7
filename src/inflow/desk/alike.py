"""What many meet is noticed: new cases are compared, a little after they were filed, with the recent ones whose words they share.

Each case is compared once, whoever runs. What is or may be confidential, what a machine wrote and what bears a key is not compared.
"""

from datetime import timedelta

import structlog
from sqlalchemy import Connection

from inflow.casework import alike
from inflow.casework.alike import Proposal
from inflow.casework.case import Kind
from inflow.casework.codes import bears_a_key
from inflow.desk.secrecy import is_secret
from inflow.desk.world import World
from inflow.mail.message import Nature
from inflow.store import alike as store
from inflow.store import cases, cords, events, problems
from inflow.store.alike import Fresh
from inflow.store.engine import is_trouble

log = structlog.get_logger()
AT_ONCE = 10
LATER = timedelta(seconds=30)
"""Cases are compared when those before them are certainly there to be compared with."""


def is_behind(connection: Connection, world: World) -> bool:
    """Whether there is a case to compare."""
    return store.is_behind(connection, until=world.now() - LATER)


def work_through(connection: Connection, world: World) -> tuple[int, set[int]]:
    """Compare the next cases. Returns how many there were, and the problems that have grown."""
    fresh = store.take(connection, until=world.now() - LATER, limit=AT_ONCE)
    grown: set[int] = set()
    if fresh:
        horizon = store.horizon(connection, now=world.now(), newest=fresh[-1].case)
        counts: dict[str, int] = {}
        for one in fresh:
            if (number := _compared(connection, world, one, counts, horizon=horizon)) is not None:
                grown.add(number)
    return len(fresh), grown


def _compared(
    connection: Connection, world: World, fresh: Fresh, counts: dict[str, int], *, horizon: int
) -> int | None:
    """The problem that a case is of now; whatever it breaks, the next is compared."""
    try:
        with connection.begin_nested():
            return _compare(connection, world, fresh, counts, horizon=horizon)
    except Exception as error:
        if is_trouble(error):
            raise
        log.exception("case not compared", case=fresh.case)
        return None


def _compare(connection: Connection, world: World, fresh: Fresh, counts: dict[str, int], *, horizon: int) -> int | None:
    """One case: its words are remembered, and what it is the same as is proposed. Returns the problem it is of. `counts`: in how many
    recent cases each word was found that was asked for."""
    if fresh.nature != Nature.PERSON or bears_a_key(fresh.subject, fresh.text) or fresh.case < horizon:
        return None
    case = cases.get(connection, fresh.case)
    if case.merged_into is not None or is_secret(connection, world, case):
        return None
    words = alike.said(fresh.subject, fresh.text, sender=fresh.who)
    store.learn(connection, fresh.case, words)
    counts |= {word: counts[word] + 1 for word in words.keys() & counts.keys()}
    counts |= store.counts(connection, words.keys() - counts.keys(), since=horizon)
    rare = alike.rarity({word: counts[word] for word in words}, among=fresh.case - horizon + 1)
    recent = store.nearest(connection, rare, since=horizon, but=fresh.case)
    found = alike.proposal(words, fresh.sender, recent, rare)
    if found is None or problems.of_case(connection, fresh.case) is not None:
        return None
    return _propose(connection, world, fresh.case, found)


def _propose(connection: Connection, world: World, case: int, found: Proposal) -> int | None:
    now, why = world.now(), ", ".join(found.words)
    number = found.problem
    if number is not None and problems.within(connection, number):
        return None
    if number is None:
        number = problems.open_(connection, state="proposed", within="", now=now, words=found.words)
        problems.put(connection, found.case, number, by="words", why=why)
        _tell(connection, world, found.case, number, text=f"like #{case}: {why}")
    problems.put(connection, case, number, by="words", why=why)
    problems.change(connection, number, {"updated_at": now})
    _tell(connection, world, case, number, text=f"like #{found.case}: {why}")
    return number


def _tell(connection: Connection, world: World, case: int, number: int, *, text: str) -> None:
    cords.move(connection, case, number)
    happened = f"maybe of problem {number}, {text}"
    events.append(connection, case, Kind.PROBLEM, text=happened, by="words", at=world.now())
