"""The cord: who pulled it, of which case or problem, how often, and who said what is done. One alarm a target until it is answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from inflow.store.engine import insert_new
from inflow.store.tables_problems import cord


@dataclass(frozen=True, slots=True, kw_only=True)
class Cord:
    """A cord that was pulled. `told_*`: what the last mail about it said."""

    number: int
    case: int | None
    problem: int | None
    reason: str
    by: str
    pulled_at: datetime
    pulls: int
    told_at: datetime
    told_pulls: int
    told_senders: int
    answered_at: datetime | None
    answered_by: str
    answer: str


def pull(
    connection: Connection, *, case: int | None, problem: int | None, reason: str, by: str, now: datetime
) -> tuple[int, bool]:
    """Pull it. Returns its number and whether it is a new alarm: one that is not answered yet is counted, not raised again."""
    target = f"problem:{problem}" if problem else f"case:{case}" if case else ""
    row: dict[str, Any] = {"target": target, "case_id": case, "problem_id": problem, "reason": reason, "by": by}
    row |= {"pulled_at": now, "told_at": now}
    if new := insert_new(connection, cord, [row], returning=(cord.c.id,)):
        return int(new[0].id), True
    open_ = (cord.c.target == target, cord.c.answered_at.is_(None))
    counted = cord.update().where(*open_).values(pulls=cord.c.pulls + 1).returning(cord.c.id)
    number = connection.execute(counted).scalar()
    return (
        (int(number), False)
        if number is not None
        else pull(connection, case=case, problem=problem, reason=reason, by=by, now=now)
    )


def answer(connection: Connection, number: int, text: str, *, by: str, now: datetime) -> bool:
    """Say what is done; False: somebody has."""
    open_ = (cord.c.id == number, cord.c.answered_at.is_(None))
    said = cord.update().where(*open_).values(answered_at=now, answered_by=by, answer=text)
    return connection.execute(said).rowcount == 1


def tell(connection: Connection, one: Cord, *, senders: int, now: datetime) -> bool:
    """What is told of it now; False: another process was faster."""
    mine = (cord.c.id == one.number, cord.c.told_at == one.told_at)
    said = cord.update().where(*mine).values(told_at=now, told_pulls=one.pulls, told_senders=senders)
    return connection.execute(said).rowcount == 1


def get(connection: Connection, number: int) -> Cord | None:
    """One cord."""
    row = connection.execute(select(cord).where(cord.c.id == number)).first()
    return _cord(row) if row else None


def of(connection: Connection, *, case: int | None = None, problem: int | None = None) -> Cord | None:
    """The cord that is pulled at a case, or at the problem it is of, and not answered."""
    targets = ([f"problem:{problem}"] if problem else []) + ([f"case:{case}"] if case else [])
    if not targets:
        return None
    query = select(cord).where(cord.c.target.in_(targets), cord.c.answered_at.is_(None)).order_by(cord.c.id)
    row = connection.execute(query.limit(1)).first()
    return _cord(row) if row else None


def move(connection: Connection, case: int, problem: int) -> None:
    """A case with a pulled cord is of a problem now: the cord is the problem's, unless that has one."""
    mine = of(connection, case=case)
    if mine is not None and of(connection, problem=problem) is None:
        values = {"target": f"problem:{problem}", "problem_id": problem}
        connection.execute(cord.update().where(cord.c.id == mine.number).values(**values))


def unite(connection: Connection, problem: int, into: int) -> None:
    """The cords of a problem are another's; of two that hang, its own is the alarm."""
    hangs = of(connection, problem=into) is not None
    connection.execute(cord.update().where(cord.c.problem_id == problem).values(problem_id=into))
    if not hangs:
        mine = (cord.c.target == f"problem:{problem}", cord.c.answered_at.is_(None))
        connection.execute(cord.update().where(*mine).values(target=f"problem:{into}"))


def unanswered(connection: Connection, *, limit: int) -> list[Cord]:
    """The cords that hang, the oldest first."""
    query = select(cord).where(cord.c.answered_at.is_(None)).order_by(cord.c.pulled_at).limit(limit)
    return [_cord(row) for row in connection.execute(query)]


def since(connection: Connection, moment: datetime, *, limit: int) -> list[Cord]:
    """The cords pulled since a moment, the latest first."""
    query = (
        select(cord).where(cord.c.pulled_at >= moment).order_by(cord.c.pulled_at.desc(), cord.c.id.desc()).limit(limit)
    )
    return [_cord(row) for row in connection.execute(query)]


def forget_case(connection: Connection, case: int) -> None:
    """The words about a case whose sender is forgotten."""
    connection.execute(cord.update().where(cord.c.case_id == case).values(reason="(erased)", answer=""))


def _cord(row: Any) -> Cord:
    return Cord(
        number=row.id,
        case=row.case_id,
        problem=row.problem_id,
        reason=row.reason,
        by=row.by,
        pulled_at=row.pulled_at,
        pulls=row.pulls,
        told_at=row.told_at,
        told_pulls=row.told_pulls,
        told_senders=row.told_senders,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        answer=row.answer,
    )
