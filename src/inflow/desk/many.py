"""What a member orders by mail about what many meet: which cases are the same, that it is solved, the cord."""

from sqlalchemy import Connection

from inflow.casework import wording_problems
from inflow.casework.case import NotPossibleError
from inflow.casework.commands import Command, Verb
from inflow.casework.speaking import is_member
from inflow.desk import cords, problems
from inflow.desk.world import World
from inflow.store import problems as store
from inflow.store.problems import Problem

VERBS = frozenset({Verb.SAME, Verb.PROBLEM, Verb.SOLVED, Verb.TELL, Verb.ANDON, Verb.ANDON_ANSWER})


def carry_out(connection: Connection, world: World, number: int, command: Command, *, by: str) -> str:
    """Carry out one of these orders about a case. Returns what was done in words. Raises NotPossibleError and NoCaseError."""
    verb, argument = command.verb, command.argument
    language = world.settings.organisation.language
    if verb is Verb.SAME:
        one = problems.same(connection, world, number, number_in(argument), by=by)
        return f"#{number_in(argument)}: problem {one.number} ({one.title})"
    if verb is Verb.PROBLEM:
        one = problems.name(connection, world, number, argument, by=by)
        return f"{one.title} (problem {one.number}, {one.senders})"
    if verb is Verb.SOLVED:
        one = problems.solve(connection, world, _problem(connection, number).number, argument, by=by)
        waiting = len(problems.untold(connection, one.number))
        return wording_problems.solved(
            language, problem=one.number, title=one.title, waiting=waiting, answer=one.answer
        )
    if verb is Verb.TELL:
        mine = _problem(connection, number)
        told = problems.tell(connection, world, mine.number, by=by, roles=_spoken_for(world, by))
        return wording_problems.went(language, problem=mine.number, told=len(told.cases), silent=len(told.silent))
    if verb is Verb.ANDON:
        cord = cords.pull(connection, world, argument, by=by, case=number)
        return f"{cord.number}: {cord.reason}"
    hangs = cords.of_case(connection, number)
    if hangs is None:
        raise NotPossibleError(f"no cord hangs at case #{number}")
    return f"{cords.answer(connection, world, argument, by=by, number=hangs.number).number}: {argument}"


def _spoken_for(world: World, address: str) -> set[str]:
    """The roles whose member somebody is."""
    domains = world.settings.organisation.domains
    return {role.name for role in world.settings.roles if is_member(address, role, domains)}


def number_in(argument: str) -> int:
    """The number of a case that somebody wrote. Raises NotPossibleError."""
    try:
        return int(argument.lstrip("#"))
    except ValueError:
        raise NotPossibleError(f"{argument!r} is not the number of a case") from None


def _problem(connection: Connection, number: int) -> Problem:
    """The problem of a case. Raises NotPossibleError."""
    mine = store.of_case(connection, number)
    if mine is None:
        raise NotPossibleError(f"case #{number} is of no problem")
    return mine
