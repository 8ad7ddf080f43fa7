"""What a member orders by mail, carried out: one command, one deed."""

from sqlalchemy import Connection

from inflow.casework import commands
from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.commands import Command, Verb
from inflow.casework.conversation import leads
from inflow.desk import actions, duty, many, people, questions, unclaimed, undo
from inflow.desk.world import World
from inflow.mail.message import Message
from inflow.routing.roles import Role
from inflow.store import cases, deliveries

_DEEDS = {Verb.ESCALATE: actions.escalate, Verb.CLOSE: actions.close, Verb.REOPEN: actions.reopen, Verb.UNDO: undo.undo}
_WITH_TEXT = {Verb.NOTE: actions.note, Verb.LABEL: actions.label}
_WITH_NUMBER = {Verb.MERGE: actions.merge, Verb.LINK: actions.link}
_WITH_PERSON = {Verb.ADD: people.add, Verb.REMOVE: people.remove}


def carry_out(
    connection: Connection, world: World, number: int, command: Command, *, role: Role, message: Message
) -> str:
    """Carry out one order of a member's mail. Returns what was done in words. Raises NotPossibleError, NoRoleError and
    NoCaseError."""
    verb, argument, by = command.verb, command.argument, message.sender.address
    if verb in _DEEDS:
        _DEEDS[verb](connection, world, number, by=by, why=argument)
    elif verb in _WITH_TEXT:
        _WITH_TEXT[verb](connection, world, number, argument, by=by)
    elif verb in _WITH_NUMBER:
        _WITH_NUMBER[verb](connection, world, number, many.number_in(argument), by=by)
    elif verb in _WITH_PERSON:
        argument = _WITH_PERSON[verb](connection, world, number, commands.person(argument), by=by)
    elif verb is Verb.SPLIT:
        argument = f"#{split(connection, world, number, message)}"
    elif verb in many.VERBS:
        argument = many.carry_out(connection, world, number, command, by=by)
    else:
        argument = _to_a_role(connection, world, number, command, role=role, by=by)
    return "" if verb is Verb.HELP else f"/{verb} {argument}".strip()


def _to_a_role(connection: Connection, world: World, number: int, command: Command, *, role: Role, by: str) -> str:
    """Orders in which a role has a part: the one they name, or the one that gives them."""
    verb, argument = command.verb, command.argument
    if verb is Verb.ROUTE:
        name, _, why = argument.partition(" ")
        actions.route(connection, world, number, _role(world, name), by=by, why=why.strip())
    elif verb is Verb.CLAIM:
        actions.claim(connection, world, number, actions.role_named(world, role.name), by=by, why=argument)
    elif verb is Verb.ASK:
        whom, _, text = argument.replace("\n", " \n", 1).partition(" ")
        return questions.ask(connection, world, number, whom=whom, text=text, by=by)
    elif verb is Verb.RELEASE:
        release(connection, world, number, by=by)
    elif verb is Verb.TO:
        raise NotPossibleError("it begins a new case, in a mail to the +new address")
    else:
        return _of_nobodys(connection, world, number, command, role=role, by=by)
    return argument


def _of_nobodys(connection: Connection, world: World, number: int, command: Command, *, role: Role, by: str) -> str:
    """Orders about a case that nobody owns, and about who mans the role."""
    verb, argument = command.verb, command.argument
    if verb is Verb.WHOSE:
        return unclaimed.whose(connection, world, number, by=by, why=argument)
    if verb is Verb.PASS:
        unclaimed.pass_(connection, world, number, role=role, by=by, why=argument)
    elif verb is Verb.DECLINE:
        if role not in (world.settings.managing, world.settings.role(world.settings.other.role)):
            raise NotPossibleError(
                "that nobody handles a matter is for the management to decide: /route ROLE or /whose"
            )
        return unclaimed.decline(connection, world, number, argument, by=by)
    elif verb is Verb.SWAP:
        agreed = duty.swap(connection, world, role, argument, by=by)
        cases.happened(connection, number, Kind.SWAPPED, text=f"{role.name}: {agreed}", by=by, now=world.now())
        return agreed
    return argument


def split(connection: Connection, world: World, number: int, message: Message) -> int:
    """The mail that a member answers becomes a case of its own. Returns its number. Raises NotPossibleError."""
    answered, _ = leads(message)
    chosen = deliveries.source_of(connection, number, answered)
    if chosen is None:
        raise NotPossibleError("answer the mail that is to be a case of its own")
    return actions.split(connection, world, number, [chosen], by=message.sender.address)


def _role(world: World, name: str) -> Role:
    try:
        return actions.role_named(world, name)
    except actions.NoRoleError as error:
        near = commands.nearest(name, [role.name for role in world.settings.roles])
        raise actions.NoRoleError(f"{error}" + (f" ({', '.join(near)}?)" if near else "")) from error


def release(connection: Connection, world: World, number: int, *, by: str) -> int:
    """Let the held replies of a case go out: by a member other than the one who wrote them, or operations. Returns how many.
    Raises NotPossibleError when there is none that `by` may release."""
    freed = deliveries.release_held(connection, number, not_by=by, now=world.now())
    if not freed:
        raise NotPossibleError("there is no held reply that you may release (nobody releases their own)")
    cases.happened(connection, number, Kind.RELEASED, text=f"{freed} held", by=by, now=world.now())
    cases.happened(connection, number, Kind.REPLIED, text="a held reply was released", by=by, now=world.now())
    return freed
