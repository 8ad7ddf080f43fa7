"""What the classifier learns from, and the model it became: versioned rows, never half-written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from inflow.routing.features import Sample
from inflow.routing.monitor import Settled
from inflow.routing.training import Example
from inflow.store.engine import insert_new
from inflow.store.schema import attachment, cases, correction, decision, message, model, party
from inflow.store.tables_time import promise, swap

MOST = 10_000
MOST_WEAK = 2_000
SETTLED_AFTER = timedelta(days=14)
_WEAK = 0.3
_CORRECTED = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredModel:
    """A trained model: `through` is the last correction it has learned from."""

    version: int
    content: bytes
    trained_at: datetime
    through: int
    examples: int


def latest_version(connection: Connection) -> int:
    """The version of the newest model; 0: there is none."""
    return connection.scalar(select(func.max(model.c.version))) or 0


def load(connection: Connection) -> StoredModel | None:
    """The newest model."""
    row = connection.execute(select(model).order_by(model.c.version.desc()).limit(1)).first()
    return StoredModel(**row._mapping) if row else None


def save(connection: Connection, content: bytes, *, through: int, examples: int, now: datetime) -> int:
    """Keep a new model and forget all but the one before it. Returns its version; of two that are saved at once one stays."""
    version = latest_version(connection) + 1
    row = {"version": version, "content": content, "trained_at": now, "through": through, "examples": examples}
    insert_new(connection, model, [row])
    connection.execute(model.delete().where(model.c.version < version - 1))
    return version


def forget(connection: Connection, *, now: datetime) -> None:
    """The newest model has learned what it should not have: an empty one takes its place, and is trained anew from the cases."""
    save(connection, b"", through=latest_correction(connection), examples=0, now=now)


def uncorrect(connection: Connection, number: int, *, now: datetime) -> None:
    """The last correction of a case was a mistake: it never was."""
    last = select(func.max(correction.c.id)).where(correction.c.case_id == number).scalar_subquery()
    if connection.execute(correction.delete().where(correction.c.id == last)).rowcount:
        forget(connection, now=now)


def latest_correction(connection: Connection) -> int:
    """The id of the newest correction; 0: there is none."""
    return connection.scalar(select(func.max(correction.c.id))) or 0


def corrected_since(connection: Connection, after: int, *, limit: int) -> list[tuple[int, Example]]:
    """The corrections after one, oldest first: id and what is to be learned."""
    some = (
        select(correction.c.id, correction.c.case_id, correction.c.to_role)
        .where(correction.c.id > after)
        .order_by(correction.c.id)
        .limit(limit)
        .subquery()
    )
    rows = connection.execute(
        _with_message(select(some.c.id.label("correction"), some.c.to_role.label("role")), some.c.case_id)
    ).all()
    kinds = _attachments(connection, [row.message for row in rows])
    found = [(row.correction, _example(row, kinds.get(row.message, ()), weight=_CORRECTED)) for row in rows]
    return sorted(found, key=lambda one: one[0])


def examples(connection: Connection, *, now: datetime) -> list[Example]:
    """Everything there is to learn from, the oldest first: where people put a case, and with little weight where the router
    put one and nobody moved it for two weeks."""
    latest = (
        select(func.max(correction.c.id).label("id"), correction.c.case_id)
        .group_by(correction.c.case_id)
        .order_by(func.max(correction.c.id).desc())
        .limit(MOST)
        .subquery()
    )
    moved = select(correction.c.to_role.label("role"), correction.c.from_role.label("was"))
    put = _with_message(moved, latest.c.case_id).join(correction, correction.c.id == latest.c.id)
    rows = list(connection.execute(put))
    settled = (
        select(cases.c.id, cases.c.role)
        .where(cases.c.decided_by.in_(("rule", "history", "model")), cases.c.opened_at < now - SETTLED_AFTER)
        .order_by(cases.c.id.desc())
        .limit(MOST_WEAK)
        .subquery()
    )
    weak = list(connection.execute(_with_message(select(settled.c.role.label("role")), settled.c.id)))
    kinds = _attachments(connection, [row.message for row in (*rows, *weak)])
    learned = [
        (row.message, _example(row, kinds.get(row.message, ()), weight=_CORRECTED if row.was else 1.0)) for row in rows
    ]
    learned += [(row.message, _example(row, kinds.get(row.message, ()), weight=_WEAK)) for row in weak]
    return [example for _, example in sorted(learned, key=lambda one: one[0])]


def openings(connection: Connection, *, limit: int = MOST_WEAK) -> list[Sample]:
    """The messages that opened the latest cases, as samples, the oldest first."""
    latest = select(cases.c.id, cases.c.role).order_by(cases.c.id.desc()).limit(limit).subquery()
    rows = list(connection.execute(_with_message(select(latest.c.role.label("role")), latest.c.id)))
    kinds = _attachments(connection, [row.message for row in rows])
    rows.sort(key=lambda row: row.message)
    return [_example(row, kinds.get(row.message, ()), weight=1.0).sample for row in rows]


def _with_message(query: Select[Any], case: Any) -> Select[Any]:
    """Beside each row of a query, the message that opened its case and who wrote it."""
    first = message.alias("first")
    first = message.alias()
    opened = select(func.min(first.c.id)).where(first.c.case_id == case, first.c.direction == "in").scalar_subquery()
    return (
        query.add_columns(
            message.c.id.label("message"),
            message.c.text,
            message.c.reply_text,
            message.c.subject,
            message.c.from_address,
            message.c.mailbox,
            message.c.language,
            party.c.kind,
            cases.c.id.label("case"),
        )
        .select_from(case.table)
        .join(message, message.c.id == opened)
        .join(cases, cases.c.id == case)
        .join(party, party.c.id == cases.c.party_id)
    )


def _example(row: Any, attachments: tuple[str, ...], *, weight: float) -> Example:
    sample = Sample(
        text=row.reply_text or row.text,
        subject=row.subject,
        sender=row.from_address.lower(),
        mailbox=row.mailbox,
        party=row.kind,
        language=row.language,
        attachments=attachments,
    )
    return Example(sample=sample, role=row.role, weight=weight, group=str(row.case))


def _attachments(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {}
    for at in range(0, len(ids), 500):
        query = select(attachment.c.message_id, attachment.c.filename).where(
            attachment.c.message_id.in_(ids[at : at + 500])
        )
        for id_, filename in connection.execute(query.order_by(attachment.c.position)):
            found.setdefault(id_, []).append(PurePosixPath(filename).suffix.lower())
    return {id_: tuple(suffixes) for id_, suffixes in found.items()}


def settled(connection: Connection, *, now: datetime, limit: int) -> list[Settled]:
    """What the classifier did or would have done with the latest cases that people are done with, and where they ended.
    Only first decisions count, and only those that a rule or a thread did not take from it."""
    any_ = decision.alias()
    first = select(func.min(any_.c.id)).where(any_.c.case_id == cases.c.id).scalar_subquery()
    done = or_(cases.c.status == "closed", cases.c.decided_by == "person", cases.c.opened_at < now - SETTLED_AFTER)
    rows = connection.execute(
        select(decision.c.proposed_role, decision.c.proposed_confidence, cases.c.role)
        .join(cases, cases.c.id == decision.c.case_id)
        .where(decision.c.id == first, decision.c.by.in_(("model", "other", "history")), done)
        .where(decision.c.proposed_role.is_not(None), cases.c.merged_into.is_(None))
        .order_by(decision.c.id.desc())
        .limit(limit)
    )
    return [Settled(proposed=row[0], confidence=row[1], final=row[2]) for row in rows]


def rename_role(connection: Connection, old: str, new: str) -> int:
    """Everything of one role belongs to another from now on, also what was learned from. Returns how many cases moved."""
    for column in (correction.c.to_role, correction.c.from_role, promise.c.role, swap.c.role):
        connection.execute(column.table.update().where(column == old).values({column: new}))
    return connection.execute(cases.update().where(cases.c.role == old).values(role=new)).rowcount
