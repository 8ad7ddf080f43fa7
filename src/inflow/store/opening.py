"""Cases are opened, several in one go: how many statements that takes does not depend on how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from inflow.casework.case import Kind, Status, after
from inflow.mail.message import Address
from inflow.routing.decision import Decision
from inflow.store import events
from inflow.store.engine import gathering, write_rows
from inflow.store.parties import Met, meet
from inflow.store.rows import Case, Party
from inflow.store.schema import cases, decision

_NUMBERED = cases.c.id, cases.c.subject, cases.c.party_id
_OPEN = cases.insert().returning(*_NUMBERED)
_OPEN_IN_ORDER = cases.insert().returning(*_NUMBERED, sort_by_parameter_order=True)
_REMEMBER = decision.insert()


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A case to be opened. `kind`: the party's (None: as it is known); `happenings`: what happens to it at once, as kinds of event
    with their texts and who did it; `with_other`: the role that has it is *other*."""

    subject: str
    sender: Address
    kind: str | None
    mailbox: str
    decided: Decision
    level: int
    happenings: Sequence[tuple[Kind, str, str]]
    with_other: bool = False

    @property
    def status(self) -> Status:
        """Where it stands after what happens to it at once."""
        status = Status.NEW
        for what, _, _ in self.happenings:
            status = after(status, what, with_other=self.with_other)
        return status


def open_case(connection: Connection, new: New, *, now: datetime) -> Case:
    """A new case, as it stands after what has happened to it at once."""
    return open_cases(connection, [new], now=now)[0]


def open_cases(connection: Connection, new: Sequence[New], *, now: datetime) -> list[Case]:
    """New cases, in their order."""
    parties = meet(connection, [(one.sender, one.kind) for one in new])
    rows = [_row(one, party, now) for one, party in zip(new, parties, strict=True)]
    numbers = _numbers(connection, rows)
    with gathering(connection):
        for number, one in zip(numbers, new, strict=True):
            remember(connection, number, one.decided, now)
            events.append_all(connection, number, one.happenings, at=now)
    return [_opened(*one) for one in zip(numbers, new, parties, rows, strict=True)]


def _numbers(connection: Connection, rows: Sequence[dict[str, Any]]) -> list[int]:
    """The numbers that these rows get, in their order: SQLite gives rising ones and returns them as it likes. Raises RuntimeError
    should a number be another row's."""
    if not rows:
        return []
    on_sqlite = connection.dialect.name == "sqlite"
    opened = connection.execute(_OPEN if on_sqlite else _OPEN_IN_ORDER, rows).all()
    opened = sorted(opened) if on_sqlite else opened
    if any(
        (one.subject, one.party_id) != (row["subject"], row["party_id"]) for one, row in zip(opened, rows, strict=True)
    ):
        raise RuntimeError("cases were not numbered in the order of their rows")
    return [one.id for one in opened]


def _row(new: New, party: Met, now: datetime) -> dict[str, Any]:
    return {
        "subject": new.subject[:1000],
        "status": new.status.value,
        "party_id": party.id,
        "domain": new.sender.domain[:255],
        "mailbox": new.mailbox,
        "opened_at": now,
        "updated_at": now,
        "closed_at": now if new.status is Status.CLOSED else None,
        "level": new.level,
        **columns_of(new.decided),
    }


def _opened(number: int, new: New, party: Met, row: dict[str, Any]) -> Case:
    return Case(
        number=number,
        subject=row["subject"],
        status=new.status,
        role=new.decided.role,
        level=new.level,
        party=Party(address=party.address, name=new.sender.name, kind=party.kind),
        mailbox=new.mailbox,
        opened_at=row["opened_at"],
        updated_at=row["updated_at"],
        decided_by=new.decided.by.value,
        confidence=new.decided.confidence,
        reasons=new.decided.reasons,
        candidates=tuple(row["candidates"]),
        closed_at=row["closed_at"],
    )


def remember(connection: Connection, number: int, decided: Decision, now: datetime) -> None:
    """Every decision stays, with what carried it and what the router would have proposed."""
    proposed = decided.shadow or next(iter(decided.candidates), None)
    row = {
        "case_id": number,
        "at": now,
        "role": decided.role,
        "by": decided.by.value,
        "confidence": decided.confidence,
        "reasons": list(decided.reasons),
        "contributions": [[one.what, round(one.weight, 4)] for one in decided.contributions],
        "proposed_role": proposed.role if proposed else None,
        "proposed_confidence": proposed.confidence if proposed else None,
    }
    write_rows(connection, _REMEMBER, [row])


def columns_of(decided: Decision) -> dict[str, Any]:
    """What stands of a decision with the case itself."""
    return {
        "role": decided.role,
        "decided_by": decided.by.value,
        "confidence": decided.confidence,
        "reasons": list(decided.reasons),
        "candidates": [
            {"role": one.role, "confidence": one.confidence, **({"reasons": list(one.reasons)} if one.reasons else {})}
            for one in decided.candidates
        ],
    }
