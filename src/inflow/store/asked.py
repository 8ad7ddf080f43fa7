"""Which roles were asked whose a case is, and what each said. A question is open once a role and case, and answered once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from inflow.store.engine import insert_new
from inflow.store.schema import cases, decision
from inflow.store.tables_time import asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A role that was asked; `answer` is claimed, passed, taken (somebody else was faster), over (it was
    declined) or None: it has not answered."""

    role: str
    asked_at: datetime
    answer: str | None = None
    why: str = ""
    by: str = ""


def ask(connection: Connection, case: int, roles: Sequence[str], *, now: datetime) -> None:
    """Remember that these roles are asked."""
    insert_new(connection, asked, [{"case_id": case, "role": role, "asked_at": now} for role in roles])


def answer(connection: Connection, case: int, role: str, said: str, *, by: str, why: str = "") -> bool:
    """Remember what a role says; False: it was not asked, or has answered."""
    open_ = (asked.c.case_id == case, asked.c.role == role, asked.c.answer.is_(None))
    return connection.execute(asked.update().where(*open_).values(answer=said, by=by, why=why[:1000])).rowcount == 1


def take(connection: Connection, case: int, *, said: str = "taken") -> list[str]:
    """The matter is settled: nobody's answer is waited for any more. Returns the roles that had not answered."""
    open_ = (asked.c.case_id == case, asked.c.answer.is_(None))
    return sorted(connection.scalars(asked.update().where(*open_).values(answer=said).returning(asked.c.role)))


def lately(connection: Connection, case: int) -> list[Asked]:
    """Who was asked since the case lies where it does; empty: nobody."""
    since = select(func.max(decision.c.at)).where(decision.c.case_id == case).scalar_subquery()
    query = select(asked).where(asked.c.case_id == case, asked.c.asked_at >= since).order_by(asked.c.id)
    return [_asked(row) for row in connection.execute(query)]


def of_case(connection: Connection, case: int) -> list[Asked]:
    """Everybody who was ever asked about a case."""
    return [
        _asked(row) for row in connection.execute(select(asked).where(asked.c.case_id == case).order_by(asked.c.id))
    ]


def _asked(row: object) -> Asked:
    return Asked(**{name: getattr(row, name) for name in ("role", "asked_at", "answer", "why", "by")})


def alone_with(connection: Connection, case: int) -> None:
    """From now on this transaction alone changes the case: of several who claim it at once one is first."""
    connection.execute(select(cases.c.id).where(cases.c.id == case).with_for_update())
