"""The invariants as queries that must return no rows. Every test that touched a database ends with them, and `inflow verify`."""

import hashlib
from collections.abc import Iterator, Sequence

import zstandard
from sqlalchemy import Connection, select, text

from inflow.casework.case import Kind, NotPossibleError, Status, retold
from inflow.store.schema import cases, event, message, raw_mail

_RULES = {
    "a filed message belongs to no case (I1)": "SELECT id FROM message WHERE state <> 'received' AND case_id IS NULL",
    "a received message belongs to a case already (I1)": "SELECT id FROM message WHERE state = 'received' AND case_id IS NOT NULL",
    "a received message is never due (I1)": "SELECT id FROM message WHERE state = 'received' AND due_at IS NULL",
    "a message has no raw bytes (I1)": """
        SELECT m.id FROM message m LEFT JOIN raw_mail r ON r.message_id = m.id WHERE r.message_id IS NULL""",
    "a case has no message (I1)": """
        SELECT c.id FROM cases c LEFT JOIN message m ON m.case_id = c.id
        WHERE m.id IS NULL AND c.merged_into IS NULL""",
    "a case has no event (I8)": "SELECT c.id FROM cases c LEFT JOIN event e ON e.case_id = c.id WHERE e.id IS NULL",
    "a case was opened twice (I2)": """
        SELECT case_id FROM event WHERE kind = 'opened' GROUP BY case_id HAVING count(*) > 1""",
    "a case is new for ever (I1)": "SELECT id FROM cases WHERE status = 'new'",
    "a case has no reason (I8)": "SELECT id FROM cases WHERE decided_by = ''",
    "a queued delivery is never due (I5)": "SELECT id FROM delivery WHERE status = 'queued' AND due_at IS NULL",
    "a sent delivery has no time of sending (I5)": "SELECT id FROM delivery WHERE status = 'sent' AND sent_at IS NULL",
    "a settled delivery is still claimed (I5)": "SELECT id FROM delivery WHERE status <> 'queued' AND claimed_by IS NOT NULL",
    "a failed delivery has no event (I5)": """
        SELECT d.id FROM delivery d WHERE d.status = 'failed' AND d.case_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM event e WHERE e.case_id = d.case_id AND e.kind IN ('delivery-failed', 'bounced'))""",
    "a case was handed over and nothing was queued (I5)": """
        SELECT c.id FROM cases c WHERE c.merged_into IS NULL
        AND EXISTS (SELECT 1 FROM event e WHERE e.case_id = c.id AND e.kind = 'routed')
        AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.case_id = c.id)
        AND NOT EXISTS (SELECT 1 FROM event e WHERE e.case_id = c.id AND e.kind = 'erased')
        AND EXISTS (SELECT 1 FROM message m WHERE m.case_id = c.id AND m.direction = 'in' AND m.nature NOT IN ('loop'))""",
    "a message is not findable": """
        SELECT m.id FROM message m WHERE m.state <> 'received' AND NOT EXISTS (
            SELECT 1 FROM {search} s WHERE s.id = m.id * 2)""",
    "a closed case has no time of closing": "SELECT id FROM cases WHERE status = 'closed' AND closed_at IS NULL",
}


def broken(connection: Connection) -> Iterator[str]:
    """Every broken rule, with the first ids that break it."""
    engine = connection.dialect.name
    names = {"search": "search_docsize" if engine == "sqlite" else "search"}
    for rule, query in _RULES.items():
        ids = [row[0] for row in connection.execute(text(query.format(**names) + " LIMIT 10"))]
        if ids:
            yield f"{rule}: {', '.join(map(str, ids))}"


def contradicted(connection: Connection, *, after: int, limit: int) -> tuple[int | None, list[int]]:
    """Retell the history of some cases. Returns the last number read (None: there are no more) and those that stand elsewhere
    than where their events have led, or to whom something has happened that cannot happen."""
    query = select(cases.c.id, cases.c.status).where(cases.c.id > after).order_by(cases.c.id).limit(limit)
    stand = {row.id: row.status for row in connection.execute(query)}
    happened = select(event.c.case_id, event.c.kind).where(event.c.case_id.in_(stand)).order_by(event.c.id)
    kinds: dict[int, list[str]] = {number: [] for number in stand}
    for row in connection.execute(happened):
        kinds[row.case_id].append(row.kind)
    return max(stand, default=None), [number for number, status in stand.items() if not _led(kinds[number], status)]


def _led(kinds: Sequence[str], status: str) -> bool:
    try:
        end = retold(map(Kind, kinds))
    except (NotPossibleError, ValueError):
        return False
    return end == (Status.OPEN if status == Status.UNCLAIMED else status)


def damaged(connection: Connection, *, after: int, limit: int) -> tuple[int | None, list[int]]:
    """Re-read the raw mail of some messages against their digests. Returns the last id read (None: there are no more) and
    the ids whose bytes are not what they were."""
    query = (
        select(message.c.id, message.c.sha256, raw_mail.c.zstd)
        .join(raw_mail)
        .where(message.c.id > after)
        .order_by(message.c.id)
        .limit(limit)
    )
    last, bad = None, []
    for row in connection.execute(query):
        last = row.id
        try:
            intact = hashlib.sha256(zstandard.decompress(row.zstd)).hexdigest() == row.sha256
        except zstandard.ZstdError:
            intact = False
        if not intact:
            bad.append(row.id)
    return last, bad
