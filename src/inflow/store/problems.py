"""Problems: cases about the same thing. A case is of one at most; a problem counts senders, not mails.

Where a `reader` is given, problems and cases that are not theirs to see are neither shown nor counted.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, true

from inflow.store import cords
from inflow.store.board import EVERYTHING, Reader, visible
from inflow.store.schema import cases
from inflow.store.tables_problems import case_word, cord, problem, problem_case

MOST = 5000

Loud = tuple[int, tuple[str, ...], str]
"""A problem that an alarm is about: number, the words its cases share, the confidential role whose they are."""

_LOUD = (
    select(problem.c.id, problem.c.words, problem.c.within)
    .where(problem.c.loud_at.is_not(None))
    .order_by(problem.c.id)
    .limit(50)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that several have written about. `within`: the confidential role whose cases these are; only its members see it.
    `loud_at`: since when an alarm is about it, until it is as usual again."""

    number: int
    name: str
    words: tuple[str, ...]
    state: str
    owner: str | None
    answer: str
    within: str
    opened_at: datetime
    updated_at: datetime
    solved_at: datetime | None
    loud_at: datetime | None
    cases: int
    senders: int

    @property
    def title(self) -> str:
        """What it is called: its name, else the words that its cases share."""
        return self.name or ", ".join(self.words) or f"{self.number}"

    def as_json(self) -> dict[str, Any]:
        """Plain values, for programs, to those who may see it."""
        fields = asdict(self) | {"title": self.title, "words": list(self.words), "loud": self.loud_at is not None}
        return {name: value for name, value in fields.items() if name not in ("within", "loud_at")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A case of a problem: who wrote it (a number), who or what put it there and why, when its sender was told of the solution."""

    case: int
    subject: str
    status: str
    role: str
    sender: int
    at: datetime
    by: str
    why: str
    told_at: datetime | None


def open_(connection: Connection, *, state: str, within: str, now: datetime, words: Sequence[str] = ()) -> int:
    """A new problem, not yet with a case. Returns its number."""
    values = {"words": list(words), "state": state, "within": within, "opened_at": now, "updated_at": now}
    number: int = connection.execute(problem.insert().values(values).returning(problem.c.id)).scalar_one()
    return number


def put(connection: Connection, case: int, number: int | None, *, by: str, why: str = "") -> None:
    """A case is of a problem from now on, or (None) of none because somebody said so."""
    connection.execute(problem_case.delete().where(problem_case.c.case_id == case))
    at = select(cases.c.opened_at).where(cases.c.id == case).scalar_subquery()
    connection.execute(problem_case.insert().values(case_id=case, problem_id=number, at=at, by=by, why=why))


def change(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Something of a problem is otherwise now."""
    connection.execute(problem.update().where(problem.c.id == number).values(**values))


def unite(connection: Connection, number: int, into: int) -> None:
    """All cases of a problem are of another, and it is gone."""
    connection.execute(problem_case.update().where(problem_case.c.problem_id == number).values(problem_id=into))
    cords.unite(connection, number, into)
    connection.execute(problem.delete().where(problem.c.id == number))


def drop(connection: Connection, number: int) -> None:
    """A problem that is none: its cases are of no problem."""
    connection.execute(problem_case.delete().where(problem_case.c.problem_id == number))
    connection.execute(cord.update().where(cord.c.problem_id == number).values(problem_id=None))
    connection.execute(problem.delete().where(problem.c.id == number))


def get(connection: Connection, number: int, *, reader: Reader = EVERYTHING) -> Problem | None:
    """One problem as it stands."""
    return next(iter(_found(connection, problem.c.id == number, limit=1, reader=reader)), None)


def within(connection: Connection, number: int) -> str | None:
    """The confidential role whose a problem is, empty for everybody's; None: there is no such problem. Nothing is counted."""
    return connection.scalar(select(problem.c.within).where(problem.c.id == number))


def seen(connection: Connection, numbers: Collection[int], *, reader: Reader) -> set[int]:
    """Those of these problems that somebody sees. Nothing is counted."""
    query = select(problem.c.id).where(problem.c.id.in_(numbers), *_seen(reader))
    return set(connection.scalars(query)) if numbers else set()


def of_case(connection: Connection, case: int) -> Problem | None:
    """The problem that a case is of."""
    number = connection.scalar(select(problem_case.c.problem_id).where(problem_case.c.case_id == case))
    return None if number is None else get(connection, number)


def named(connection: Connection, name: str, *, within: str) -> Problem | None:
    """The problem of that name, whatever its capitals, among those that are not solved and that the same people see."""
    unsolved = _found(connection, (problem.c.state != "solved") & (problem.c.within == within), limit=200)
    return next((one for one in unsolved if one.name.casefold() == name.casefold()), None)


def unsolved(
    connection: Connection, *, limit: int, reader: Reader = EVERYTHING, below: tuple[datetime, int] | None = None
) -> list[Problem]:
    """The problems that are not solved, the latest first; `below`: further down than one of this time and number."""
    return _found(connection, (problem.c.state != "solved") & _further_down(below), limit=limit, reader=reader)


def latest(
    connection: Connection, *, limit: int, reader: Reader = EVERYTHING, below: tuple[datetime, int] | None = None
) -> list[Problem]:
    """All problems, the latest first."""
    return _found(connection, (problem.c.id > 0) & _further_down(below), limit=limit, reader=reader)


def _further_down(below: tuple[datetime, int] | None) -> ColumnElement[bool]:
    if below is None:
        return true()
    at, number = below
    return (problem.c.updated_at <= at) & ((problem.c.updated_at < at) | (problem.c.id < number))


def since(
    connection: Connection, moment: datetime, *, until: datetime, limit: int, reader: Reader = EVERYTHING
) -> list[Problem]:
    """The problems in which something has happened since a moment, the latest first; cases and senders are those from then `until`."""
    then = (problem_case.c.at >= moment, problem_case.c.at < until)
    return _found(connection, problem.c.updated_at >= moment, limit=limit, reader=reader, of=then)


def loud(connection: Connection) -> list[Loud]:
    """The problems that an alarm is about: number, the words its cases share, the confidential role whose they are."""
    return [(row.id, tuple(row.words), row.within) for row in connection.execute(_LOUD)]


def reports(connection: Connection, number: int, *, limit: int = MOST, reader: Reader = EVERYTHING) -> list[Report]:
    """The cases of a problem, the oldest first; the latest `limit` of them."""
    query = (
        select(problem_case, cases.c.subject, cases.c.status, cases.c.role, cases.c.party_id)
        .join(cases, cases.c.id == problem_case.c.case_id)
        .where(problem_case.c.problem_id == number, cases.c.merged_into.is_(None), visible(reader))
        .order_by(problem_case.c.at.desc(), problem_case.c.case_id.desc())
        .limit(limit)
    )
    return [
        Report(
            case=row.case_id,
            subject=row.subject,
            status=row.status,
            role=row.role,
            sender=row.party_id,
            at=row.at,
            by=row.by,
            why=row.why,
            told_at=row.told_at,
        )
        for row in reversed(connection.execute(query).all())
    ]


def reported(connection: Connection, number: int, *, since: datetime) -> list[tuple[datetime, int]]:
    """When a problem was reported since a moment, and by whom (a number)."""
    return [(at, sender) for at, sender, _ in reported_all(connection, [number], since=since).get(number, ())]


def reported_all(
    connection: Connection, numbers: Sequence[int], *, since: datetime, reader: Reader = EVERYTHING
) -> dict[int, list[tuple[datetime, int, int]]]:
    """When each of these problems was reported since a moment, the latest first: by whom (a number) and in which case."""
    query = (
        select(problem_case.c.problem_id, problem_case.c.at, cases.c.party_id, cases.c.id)
        .join(cases, cases.c.id == problem_case.c.case_id)
        .where(problem_case.c.problem_id.in_(numbers), problem_case.c.at >= since, visible(reader))
        .order_by(problem_case.c.at.desc())
        .limit(MOST)
    )
    found: dict[int, list[tuple[datetime, int, int]]] = {}
    for row in connection.execute(query) if numbers else ():
        found.setdefault(row.problem_id, []).append((row.at, row.party_id, row.id))
    return found


def told(connection: Connection, case: int, *, now: datetime) -> None:
    """The sender of a case knows of the solution."""
    connection.execute(problem_case.update().where(problem_case.c.case_id == case).values(told_at=now))


def forget_case(connection: Connection, case: int) -> None:
    """A case whose words are erased is of no problem; what its problem was called by its words, the other cases say. A problem
    with nobody left is gone, and so is a proposed one with one case."""
    number = connection.scalar(select(problem_case.c.problem_id).where(problem_case.c.case_id == case))
    connection.execute(problem_case.delete().where(problem_case.c.case_id == case))
    connection.execute(case_word.delete().where(case_word.c.case_id == case))
    if number is None:
        return
    others = select(problem_case.c.case_id).where(problem_case.c.problem_id == number).limit(100)
    left = list(connection.scalars(others))
    one = get(connection, number)
    if one is None or not left or (len(left) == 1 and one.state == "proposed"):
        drop(connection, number)
        return
    query = (
        select(func.min(case_word.c.said).label("said"))
        .where(case_word.c.case_id.in_(left))
        .group_by(case_word.c.word)
        .having(func.count() * 2 > len(left))
        .order_by(func.count().desc(), case_word.c.word)
        .limit(4)
    )
    change(connection, number, {"words": [row.said for row in connection.execute(query)]})


def _found(
    connection: Connection,
    condition: ColumnElement[bool],
    *,
    limit: int,
    reader: Reader = EVERYTHING,
    of: Sequence[ColumnElement[bool]] = (),
) -> list[Problem]:
    """Problems; `of`: the reports that are counted."""
    query = select(problem).where(condition, *_seen(reader))
    query = query.order_by(problem.c.updated_at.desc(), problem.c.id.desc()).limit(limit)
    rows = connection.execute(query).all()
    counted = (
        select(
            problem_case.c.problem_id,
            func.count().label("cases"),
            func.count(cases.c.party_id.distinct()).label("senders"),
        )
        .join(cases, cases.c.id == problem_case.c.case_id)
        .where(problem_case.c.problem_id.in_([row.id for row in rows]), visible(reader), *of)
        .group_by(problem_case.c.problem_id)
    )
    counts = {row.problem_id: row for row in connection.execute(counted)} if rows else {}
    return [_problem(row, counts.get(row.id)) for row in rows]


def _seen(reader: Reader) -> list[ColumnElement[bool]]:
    """A problem is seen by who sees the role it is within, and one of its cases."""
    if reader == EVERYTHING:
        return []
    theirs = select(problem_case.c.case_id).join(cases, cases.c.id == problem_case.c.case_id)
    theirs = theirs.where(problem_case.c.problem_id == problem.c.id, visible(reader))
    return [problem.c.within.not_in(reader.hidden), theirs.exists()]


def _problem(row: Any, counts: Any) -> Problem:
    return Problem(
        number=row.id,
        name=row.name,
        words=tuple(row.words),
        state=row.state,
        owner=row.owner,
        answer=row.answer,
        within=row.within,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        solved_at=row.solved_at,
        loud_at=row.loud_at,
        cases=counts.cases if counts else 0,
        senders=counts.senders if counts else 0,
    )
