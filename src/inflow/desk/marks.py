"""What stands above a forward of a case that others have written about, or at which the cord was pulled. Only reads."""

from collections.abc import Sequence

from sqlalchemy import Connection

from inflow.casework import alike, wording_cord, wording_problems
from inflow.desk.world import World
from inflow.mail.message import Message
from inflow.store import cords, problems
from inflow.store.cords import Cord
from inflow.store.problems import Loud, Problem
from inflow.store.rows import Case


def above(
    connection: Connection, world: World, case: Case, *, message: Message, loud: Sequence[Loud] | None
) -> dict[str, str]:
    """The lines `many` and `cord` of a forward's block. A case that is filed just now is of no problem yet: a `loud` one, that an alarm
    is about, is recognised by its words."""
    language = world.settings.organisation.language
    first = loud is not None
    one = _its_own(connection, case) if loud is None else _seems(connection, case, message, loud)
    cord = cords.of(connection, case=None if first else case.number, problem=one.number if one else None)
    return {"many": _many(language, one, seems=first), "cord": _cord(language, cord)}


def _its_own(connection: Connection, case: Case) -> Problem | None:
    one = problems.of_case(connection, case.number)
    return one if one is not None and one.within in ("", case.role) else None


def _seems(connection: Connection, case: Case, message: Message, loud: Sequence[Loud]) -> Problem | None:
    there = [(number, core) for number, core, within in loud if within in ("", case.role)]
    if not there:
        return None
    sender = f"{message.sender.name} {message.sender.address}"
    words = alike.said(message.subject, message.reply_text, sender=sender)
    number = next((number for number, core in there if alike.is_of(words, core)), None)
    return None if number is None else problems.get(connection, number)


def _many(language: str, one: Problem | None, *, seems: bool) -> str:
    count = one.senders - (not seems) if one else 0
    if one is None or count < 1:
        return ""
    answer = one.answer if one.state == "solved" else ""
    title = " ".join(one.title.split())[:120]
    return wording_problems.others(language, problem=one.number, title=title, count=count, seems=seems, answer=answer)


def _cord(language: str, cord: Cord | None) -> str:
    if cord is None:
        return ""
    return wording_cord.in_block(language, number=cord.number, reason=cord.reason, by=cord.by, pulls=cord.pulls)
