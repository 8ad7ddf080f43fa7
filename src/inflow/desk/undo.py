"""What was done by mistake is taken back: a move, with what the router learned from it, and a person's mail under the law."""

from sqlalchemy import Connection

from inflow.casework.case import Kind, NotPossibleError
from inflow.desk import actions, asking, letters
from inflow.desk.world import World
from inflow.routing.decision import DecidedBy, Decision
from inflow.store import cases, erasure, learning

_TAKEN_BACK = {
    "sv": ("Tillbaka", "Flytten till {wrong} var ett misstag (enligt {by}). Ärendet ligger hos {right} igen.\n"),
    "en": ("Taken back", "The move to {wrong} was a mistake (says {by}). The case lies with {right} again.\n"),
}


def undo(connection: Connection, world: World, number: int, *, by: str, why: str = "") -> str:
    """The last move of a case was a mistake: it lies again where it lay, and the router forgets the move. Returns the role.
    Raises NotPossibleError when the last decision was no person's, or the role it came from is gone; NoCaseError."""
    case = cases.get(connection, number)
    decisions = cases.decisions(connection, number)
    if len(decisions) == 1 or decisions[-1]["by"] != DecidedBy.PERSON:
        raise NotPossibleError(f"nobody has moved case #{number}: there is no move to take back")
    before, last = decisions[-2:]
    role = actions.role_named(world, before["role"])
    learning.uncorrect(connection, number, now=world.now())
    restored = Decision(
        role=role.name,
        by=DecidedBy(before["by"]),
        confidence=before["confidence"],
        reasons=tuple(before["reasons"]),
    )
    cases.decide(connection, number, restored, level=role.level, now=world.now())
    text = f"{last['role']} was a mistake: back to {role.name}" + (f" ({why})" if why else "")
    with_other = role.name == world.settings.other.role
    cases.happened(connection, number, Kind.UNDONE, text=text, by=by, now=world.now(), with_other=with_other)
    if with_other:
        asking.set_clocks(connection, world, number)
    language = "sv" if world.settings.organisation.language == "sv" else "en"
    title, told = _TAKEN_BACK[language]
    for one in (role, world.settings.role(case.role)):
        if one is not None:
            said = told.format(wrong=last["role"], right=role.name, by=by)
            letters.notice(connection, world, to=one.address, subject=f"{title}: {case.subject}", text=said, case=case)
    return role.name


def erase(connection: Connection, world: World, address: str, *, by: str) -> list[int]:
    """Forget a person, as data-protection law may demand: everything of the cases that person raised, and what that person
    wrote in others'. The cases keep their numbers and an event that says so (I9); what was learned from them is unlearned.
    Returns the numbers."""
    own, others = erasure.of_person(connection, address)
    for number in (*own, *others):
        erasure.wipe(connection, number, address, whole=number in own, now=world.now())
        text = "everything of this case was erased" if number in own else "what one person wrote here was erased"
        kind = Kind.ERASED if number in own else Kind.ERASED_IN_PART
        cases.happened(connection, number, kind, text=f"{text}, under data-protection law", by=by, now=world.now())
    erasure.forget(connection, address)
    if own or others:
        learning.forget(connection, now=world.now())
    return [*own, *others]
