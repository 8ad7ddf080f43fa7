"""What people say of problems: which cases are the same, what it is called, who owns it, that it is solved; and those who reported it
are told, each in their own conversation.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.codes import opens_a_door
from inflow.casework.quiet import may_answer
from inflow.desk import actions, written
from inflow.desk.asking import first_message
from inflow.desk.secrecy import was_secret
from inflow.desk.world import World
from inflow.mail.message import Address
from inflow.routing.roles import Role
from inflow.store import cases, cords, events, problems
from inflow.store.board import EVERYTHING, Reader
from inflow.store.problems import Problem, Report
from inflow.store.rows import Case


class NoProblemError(NotPossibleError):
    """There is no problem with this number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"there is no problem {number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Who was told of a solution: cases in which an answer went out, and why it did not in others."""

    cases: tuple[int, ...]
    silent: tuple[tuple[int, str], ...]


def same(connection: Connection, world: World, number: int, other: int, *, by: str) -> Problem:
    """Two cases are about the same thing, says a person. Returns the problem they are of. Raises NotPossibleError where one is
    confidential and the other is not its role's, NoCaseError."""
    one, another = (_standing(connection, n) for n in (number, other))
    if one.number == another.number:
        raise NotPossibleError("a case is the same as itself: name another")
    within = _confidence(connection, world, one)
    if within != _confidence(connection, world, another):
        raise NotPossibleError("one of the cases is confidential: it can be the same only as cases of its own role")
    mine, theirs = (problems.of_case(connection, case.number) for case in (one, another))
    if mine and theirs and mine.number != theirs.number:
        kept, gone = sorted((mine, theirs), key=lambda each: (each.name == "", each.number))
        problems.unite(connection, gone.number, kept.number)
        chosen = kept.number
    elif found := theirs or mine:
        chosen = found.number
    else:
        chosen = problems.open_(connection, state="open", within=within, now=world.now())
    for case, said in ((one, another), (another, one)):
        _put(connection, world, case, chosen, by=by, why=f"the same as #{said.number}")
    return _confirmed(connection, world, chosen)


def name(connection: Connection, world: World, number: int, title: str, *, by: str) -> Problem:
    """A case is of the problem of that name: an unsolved one that is called so, else its own is called so from now on. Returns it."""
    title = " ".join(title.split())[:200]
    case = _standing(connection, number)
    within = _confidence(connection, world, case)
    mine, there = problems.of_case(connection, case.number), problems.named(connection, title, within=within)
    if there is not None:
        chosen = there.number
    elif mine is not None:
        chosen = mine.number
    else:
        chosen = problems.open_(connection, state="open", within=within, now=world.now())
    if there is not None and mine is not None and mine.number != chosen and not mine.name:
        problems.unite(connection, mine.number, chosen)
    problems.change(connection, chosen, {"name": title})
    _put(connection, world, case, chosen, by=by, why=title)
    return _confirmed(connection, world, chosen)


def rename(connection: Connection, world: World, number: int, title: str, *, by: str) -> Problem:
    """A problem is called something. Raises NoProblemError, and NotPossibleError where another is called so."""
    title, one = " ".join(title.split())[:200], get(connection, number)
    there = problems.named(connection, title, within=one.within)
    if not title:
        raise NotPossibleError("the name is empty")
    if there is not None and there.number != number:
        raise NotPossibleError(f"problem {there.number} is called {title}")
    problems.change(connection, number, {"name": title})
    for report in problems.reports(connection, number) if one.name != title else ():
        text = f"problem {number} is called {title}"
        events.append(connection, report.case, Kind.PROBLEM, text=text, by=by, at=world.now())
    return _confirmed(connection, world, number)


def leave(connection: Connection, world: World, number: int, *, by: str) -> None:
    """A case is of no problem, says a person, and is not proposed again. Raises NotPossibleError where it is of none."""
    case = _standing(connection, number)
    mine = problems.of_case(connection, case.number)
    if mine is None:
        raise NotPossibleError(f"case #{number} is of no problem")
    problems.put(connection, case.number, None, by=by)
    text = f"not of problem {mine.number} ({mine.title})"
    events.append(connection, case.number, Kind.PROBLEM, text=text, by=by, at=world.now())
    if mine.cases == 1 or (mine.state == "proposed" and mine.cases <= 2):  # noqa: PLR2004  one alone is no problem
        problems.drop(connection, mine.number)


def own(connection: Connection, world: World, number: int, role: Role) -> Problem:
    """A role owns a problem from now on: it is known."""
    one = get(connection, number)
    if one.within not in ("", role.name):
        raise NotPossibleError(f"problem {number} is confidential: only {one.within} can own it")
    state = "known" if one.state in ("proposed", "open") else one.state
    problems.change(connection, number, {"owner": role.name, "state": state, "updated_at": world.now()})
    return get(connection, number)


def solve(connection: Connection, world: World, number: int, answer: str, *, by: str) -> Problem:
    """A problem is solved; `answer`: what those who reported it are told, when somebody says so."""
    get(connection, number)
    now = world.now()
    values = {"state": "solved", "solved_at": now, "updated_at": now}
    problems.change(connection, number, {**values, **({"answer": answer.strip()} if answer.strip() else {})})
    one = get(connection, number)
    for report in problems.reports(connection, number):
        text = f"problem {number} ({one.title}) is solved"
        events.append(connection, report.case, Kind.PROBLEM, text=text, by=by, at=now)
    return one


def untold(connection: Connection, number: int, *, reader: Reader = EVERYTHING) -> list[Report]:
    """The cases whose senders are still to be told: the latest of each sender."""
    there = problems.reports(connection, number, reader=reader)
    told = {one.sender for one in there if one.told_at is not None}
    return list({one.sender: one for one in there if one.sender not in told}.values())


def tell(connection: Connection, world: World, number: int, *, by: str, roles: Collection[str] | None = None) -> Told:
    """Tell all who reported a solved problem its answer, each once, in their own conversation, where there is somebody to write to.
    `roles`: those that `by` speaks for; None: all. Raises NotPossibleError without an answer."""
    one = get(connection, number)
    if one.state != "solved" or not one.answer:
        raise NotPossibleError(f"problem {number} has no answer yet: say first that it is solved, and what to tell")
    went, silent = [], []
    for report in untold(connection, number):
        if reason := _reason_not_to(connection, world, one, report, by=by, roles=roles):
            silent.append((report.case, reason))
            continue
        _tell_one(connection, world, one, report, by=by)
        went.append(report.case)
    return Told(cases=tuple(went), silent=tuple(silent))


def _tell_one(connection: Connection, world: World, one: Problem, report: Report, *, by: str) -> None:
    """The relay, by the way of every other answer."""
    role = actions.role_named(world, report.role)
    who = Address(address=by) if "@" in by else Address(name=by, address=role.address)
    mark = hashlib.sha256(one.answer.encode()).hexdigest()[:20]
    written.answer(
        connection, world, report.case, written.Words(text=one.answer, once=f"problem{one.number}{mark}"), who=who
    )
    problems.told(connection, report.case, now=world.now())


def _reason_not_to(
    connection: Connection, world: World, one: Problem, report: Report, *, by: str, roles: Collection[str] | None
) -> str:
    """Why the sender of a case is not told; empty when it is."""
    role = world.settings.role(report.role)
    if role is None:
        return f"there is no role {report.role}"
    if one.within != (role.name if role.confidential else ""):
        return f"it lies with {role.name} now"
    if roles is not None and role.name not in roles:
        return f"{by} is not a member of {role.name}"
    opening = first_message(connection, report.case)
    if opening is None:
        return "there is no mail to answer"
    if opens_a_door(opening):
        return "it bears a sign-in link or a one-time code"
    return may_answer(opening, own=world.settings.own_addresses) or ""


def get(connection: Connection, number: int) -> Problem:
    """A problem. Raises NoProblemError."""
    one = problems.get(connection, number)
    if one is None:
        raise NoProblemError(number)
    return one


def put(connection: Connection, world: World, case: int, number: int, *, by: str) -> Problem:
    """A case is of a problem, says a person. Raises NoProblemError, and NotPossibleError over what is confidential."""
    one, standing = get(connection, number), _standing(connection, case)
    if _confidence(connection, world, standing) != one.within:
        raise NotPossibleError("one of the cases is confidential: it can be the same only as cases of its own role")
    _put(connection, world, standing, number, by=by, why=one.title)
    return _confirmed(connection, world, number)


def _put(connection: Connection, world: World, case: Case, number: int, *, by: str, why: str) -> None:
    if (was := problems.of_case(connection, case.number)) is None or was.number != number:
        text = f"of problem {number}: {why}"
        events.append(connection, case.number, Kind.PROBLEM, text=text, by=by, at=world.now())
    problems.put(connection, case.number, number, by=by, why=why)
    cords.move(connection, case.number, number)


def _confirmed(connection: Connection, world: World, number: int) -> Problem:
    one = get(connection, number)
    state = "open" if one.state == "proposed" else one.state
    problems.change(connection, number, {"state": state, "updated_at": world.now()})
    return get(connection, number)


def _standing(connection: Connection, number: int) -> Case:
    """A case, or what it was merged into. Raises NoCaseError."""
    return cases.get(connection, cases.survivor(connection, number) or number)


def _confidence(connection: Connection, world: World, case: Case) -> str:
    """The confidential role that a case lies with; empty for one that everybody may know. Raises NotPossibleError where it had been
    confidential."""
    role = world.settings.role(case.role)
    if role is not None and role.confidential:
        return role.name
    if was_secret(connection, world, case):
        raise NotPossibleError(f"case #{case.number} was confidential: it is of no problem that everybody sees")
    return ""
