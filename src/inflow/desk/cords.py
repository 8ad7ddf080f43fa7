"""The cord: anyone inside may pull it. The management and the owners are called at once; it hangs until somebody says what is done.

Pulled a hundred times it is one alarm and a count; what has come since is told once an hour.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection

from inflow.casework import wording_cord
from inflow.casework.addresses import Way, WayBack
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.rise import BEFORE, DAY, rate
from inflow.casework.wording_cord import Alarm
from inflow.desk import letters, secrecy
from inflow.desk.world import World
from inflow.routing.roles import Role
from inflow.store import alike, board, cases, problems
from inflow.store import cords as store
from inflow.store.board import Reader
from inflow.store.cords import Cord
from inflow.store.problems import Problem
from inflow.store.rows import Case

LABEL = "andon"
ITSELF = "inflow"
SUM_AFTER = timedelta(hours=1)
_MOST = 50


def pull(
    connection: Connection, world: World, reason: str, *, by: str, case: int | None = None, problem: int | None = None
) -> Cord:
    """Pull the cord at a case, at a problem, or in the house. A case of a problem pulls the problem's. Raises NotPossibleError
    without a reason, NoCaseError."""
    reason = " ".join(reason.split())[:500]
    if not reason:
        raise NotPossibleError("say why you pull the cord")
    standing = cases.get(connection, cases.survivor(connection, case) or case) if case is not None else None
    mine = problems.of_case(connection, standing.number) if standing else None
    about = problems.get(connection, problem) if problem is not None else mine
    if problem is not None and about is None:
        raise NotPossibleError(f"there is no problem {problem}")
    if (
        about is not None
        and standing is not None
        and not about.within
        and secrecy.is_secret(connection, world, standing)
    ):
        about = None
    now = world.now()
    number, new = store.pull(
        connection,
        case=standing.number if standing else None,
        problem=about.number if about else None,
        reason=reason,
        by=by,
        now=now,
    )
    if about is not None and about.loud_at is None:
        problems.change(connection, about.number, {"loud_at": now})
    if standing is not None and LABEL not in standing.labels:
        cases.add_label(connection, standing.number, LABEL)
        cases.happened(connection, standing.number, Kind.ANDON, text=reason, by=by, now=now)
    cord = _get(connection, number)
    if new:
        _call(connection, world, cord)
        store.tell(connection, cord, senders=about.senders if about else 0, now=now)
    return _get(connection, number)


def answer(connection: Connection, world: World, text: str, *, by: str, number: int) -> Cord:
    """Somebody says what is done: the alarm is over, and all who were called hear it. Raises NotPossibleError."""
    text = text.strip()[:2000]
    cord = store.get(connection, number)
    if cord is None:
        raise NotPossibleError(f"there is no andon {number}")
    if not text:
        raise NotPossibleError("say what is done")
    if not store.answer(connection, number, text, by=by, now=world.now()):
        raise NotPossibleError(f"{cord.answered_by} has answered andon {number}")
    for case in _marked(connection, cord):
        cases.remove_label(connection, case.number, LABEL)
        said = f"andon {number}: {' '.join(text.split())[:300]}"
        cases.happened(connection, case.number, Kind.ANDON_ANSWERED, text=said, by=by, now=world.now())
    for role, address in _called(connection, world, cord):
        alarm = _alarm(connection, world, cord, role=role)
        subject, words = wording_cord.answered(alarm, world.settings.organisation.language, text=text, by=by)
        letters.notice(connection, world, to=address, subject=subject, text=words)
    return _get(connection, number)


def of_case(connection: Connection, number: int) -> Cord | None:
    """The cord that hangs at a case or its problem."""
    mine = problems.of_case(connection, number)
    return store.of(connection, case=number, problem=mine.number if mine else None)


def is_seen(connection: Connection, reader: Reader, cord: Cord) -> bool:
    """Whether a cord is for somebody to see: its case, and its problem, where it has them."""
    return bool(seen(connection, reader, [cord]))


def seen(connection: Connection, reader: Reader, some: Sequence[Cord]) -> list[Cord]:
    """Those of some cords that are for somebody to see."""
    mine = board.seen(connection, reader, {one.case for one in some if one.case is not None})
    theirs = problems.seen(connection, {one.problem for one in some if one.problem is not None}, reader=reader)
    return [one for one in some if one.case in {None, *mine} and one.problem in {None, *theirs}]


def is_awake(connection: Connection) -> bool:
    """Whether a cord hangs, or a problem is loud."""
    return bool(store.unanswered(connection, limit=1) or problems.loud(connection))


def watch(connection: Connection, world: World, grown: set[int], *, is_behind: bool = False) -> int:
    """Problems that rise beyond their usual rate pull the cord themselves, once; those that are as usual again are armed anew: that
    waits while there are cases to compare, for a problem that thousands write about is dear to count. Returns how many pulled."""
    pulled = 0
    loud = {one[0] for one in problems.loud(connection)}
    for number in sorted(grown - loud if is_behind else grown | loud):
        one = problems.get(connection, number)
        if one is not None and not one.within:
            pulled += _watch(connection, world, one)
    return pulled


def _watch(connection: Connection, world: World, one: Problem) -> bool:
    now = world.now()
    reports = problems.reported(connection, one.number, since=now - BEFORE - DAY)
    current = rate(reports, now=now, since=alike.began(connection) or now)
    if one.loud_at is None and current.rises:
        language = world.settings.organisation.language
        reason = wording_cord.rises(language, title=one.title, recent=current.recent, usual=current.usual)
        pull(connection, world, reason, by=ITSELF, problem=one.number)
        return True
    if one.loud_at is not None and current.calm and store.of(connection, problem=one.number) is None:
        problems.change(connection, one.number, {"loud_at": None})
    return False


def sum_up(connection: Connection, world: World) -> int:
    """What has come since of each cord that hangs, at most once an hour. Returns how many were told."""
    told = 0
    for cord in store.unanswered(connection, limit=_MOST):
        if world.now() < cord.told_at + SUM_AFTER:
            continue
        one = problems.get(connection, cord.problem) if cord.problem else None
        senders = one.senders if one else 0
        grown = cord.pulls > cord.told_pulls or senders > cord.told_senders
        if grown and store.tell(connection, cord, senders=senders, now=world.now()):
            _call(connection, world, cord, more=senders - cord.told_senders)
            told += 1
    return told


def _call(connection: Connection, world: World, cord: Cord, *, more: int | None = None) -> None:
    """Mail to all who are called: that it was pulled, or (`more` senders) the sum of an hour."""
    language = world.settings.organisation.language
    for role, address in _called(connection, world, cord):
        case = _reply_case(connection, world, cord, role)
        alarm = _alarm(connection, world, cord, role=role, replies=case is not None)
        if more is None:
            subject, text = wording_cord.called(alarm, language)
        else:
            pulls = (cord.pulls - cord.told_pulls, cord.pulls)
            subject, text = wording_cord.hangs(alarm, language, pulls=pulls, senders=more)
        way = WayBack(way=Way.ROLE, number=case.number, role=role.name) if case and role else None
        way = way or (WayBack(way=Way.MANAGEMENT, number=case.number) if case else None)
        letters.notice(connection, world, to=address, subject=subject, text=text, case=case, back=way)


def _called(connection: Connection, world: World, cord: Cord) -> list[tuple[Role | None, str]]:
    """The owners by role, and the management (None): who is called, and at which address. Operations where nobody is the management."""
    names = [case.role for case in _marked(connection, cord, most=1)]
    one = problems.get(connection, cord.problem) if cord.problem else None
    if one is not None:
        reports = problems.reports(connection, one.number, limit=_MOST)
        names += [one.owner] if one.owner else [each.role for each in reports[-1:]]
    roles = [role for name in dict.fromkeys(names) if (role := world.settings.role(name)) is not None]
    found: list[tuple[Role | None, str]] = [(role, role.address) for role in roles]
    management = world.settings.other.management or world.settings.operations.address
    return [*([(None, management)] if management else []), *found]


def _alarm(connection: Connection, world: World, cord: Cord, *, role: Role | None, replies: bool = True) -> Alarm:
    case = cases.get(connection, cord.case) if cord.case else None
    one = problems.get(connection, cord.problem) if cord.problem else None
    title = (one.title if one else "") or (case.subject if case else "") or cord.reason
    return Alarm(
        number=cord.number,
        about=title,
        reason=cord.reason,
        by=cord.by,
        case=cord.case,
        problem=cord.problem,
        senders=one.senders if one else 0,
        role=case.role if case else (one.owner or "") if one else "",
        itself=cord.by == ITSELF,
        secret=_is_secret(connection, world, cord, role=role),
        replies=replies,
    )


def _is_secret(connection: Connection, world: World, cord: Cord, *, role: Role | None) -> bool:
    """Whether what a cord is about is not for a role (None: the management)."""
    case = cases.get(connection, cord.case) if cord.case else None
    within = problems.within(connection, cord.problem) if cord.problem else None
    if within:
        return role is None or role.name != within
    return case is not None and secrecy.is_secret(connection, world, case) and (role is None or role.name != case.role)


def is_secret(connection: Connection, world: World, cord: Cord) -> bool:
    """Whether what a cord is about is not for everybody."""
    return _is_secret(connection, world, cord, role=None)


def _reply_case(connection: Connection, world: World, cord: Cord, role: Role | None) -> Case | None:
    """The case by which a reply to the call comes back: the one the cord was pulled at, else the latest of the problem that is no
    secret; the management may answer about what it may not read by command alone."""
    if _is_secret(connection, world, cord, role=role):
        return None
    if cord.case is not None:
        return cases.get(connection, cord.case)
    reports = problems.reports(connection, cord.problem, limit=_MOST) if cord.problem else []
    for each in reversed(reports):
        case = cases.get(connection, each.case)
        if not secrecy.is_secret(connection, world, case) and (role is None or case.role == role.name):
            return case
    return None


def _marked(connection: Connection, cord: Cord, *, most: int = 500) -> list[Case]:
    """The cases that a cord marks."""
    numbers = [cord.case] if cord.case is not None else []
    if cord.problem is not None:
        reports = problems.reports(connection, cord.problem)
        numbers += [each.case for each in reports if each.case != cord.case]
    found = (cases.get(connection, number) for number in numbers[:most])
    return [case for case in found if LABEL in case.labels or case.number == cord.case]


def _get(connection: Connection, number: int) -> Cord:
    cord = store.get(connection, number)
    if cord is None:
        raise NotPossibleError(f"there is no andon {number}")
    return cord
