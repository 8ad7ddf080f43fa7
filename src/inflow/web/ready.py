"""The ready answers: what there is, how often each has helped, its editions, and which of them a case asks for."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from inflow.casework.bank import AnswerError, Entry, Likely, read
from inflow.desk import answers as bank
from inflow.desk.world import World
from inflow.store import answers as store
from inflow.store.rows import Case
from inflow.web.pages import page
from inflow.web.visitor import Asking, Visitor, world_of

router = APIRouter()


@router.get("/answers")
def answers(request: Request, asking: Asking, done: str = "") -> Response:
    """The ready answers there are."""
    world = world_of(request)
    with world.database.reading() as connection:
        found = bank.held(connection, world)
        uses, offers = store.uses(connection), store.offers(connection)
    faults = bank.faults(world.settings.answers.folder, {role.name for role in world.settings.roles})
    shown: dict[str, Any] = {"found": found.values(), "uses": uses, "offers": offers, "faults": faults, "done": done}
    return page(request, asking, "answers.html", today=world.now().date(), may_write=bool(asking.roles), **shown)


@router.get("/answers/{key}")
def answer(request: Request, asking: Asking, key: str, done: str = "") -> Response:
    """One ready answer and its editions; one that is withdrawn, too."""
    world = world_of(request)
    with world.database.reading() as connection:
        found = bank.held(connection, world).get(key)
        editions = store.editions(connection, key) if len(key) <= 60 else []  # noqa: PLR2004  the column's length
        uses, offers = store.uses(connection), store.offers(connection)
    if found is None and not editions:
        raise HTTPException(404)
    may_write = may_edit(asking, found.entry) if found else bool(asking.roles)
    shown: dict[str, Any] = {"key": key, "one": found, "editions": editions, "done": done}
    shown |= {"uses": uses.get(key, 0), "offers": offers.get(key, (0, 0))}
    return page(request, asking, "answer.html", today=world.now().date(), may_write=may_write, **shown)


@router.get("/answers/{key}/editions/{number}")
def edition(request: Request, asking: Asking, key: str, number: int) -> Response:
    """An answer as it was."""
    with world_of(request).database.reading() as connection:
        found = next((one for one in store.editions(connection, key) if one.number == number), None)
    try:
        entry = read(key, found.content) if found and found.content else None
    except AnswerError:
        entry = None
    if found is None or entry is None:
        raise HTTPException(404)
    return page(request, asking, "answer_edition.html", edition=found, entry=entry)


def may_edit(asking: Visitor, entry: Entry) -> bool:
    """What goes outside is for members: of one of the roles of an answer, or, where it is for all, of any."""
    return any(asking.is_member(role) for role in entry.roles) if entry.roles else bool(asking.roles)


def likely(connection: Connection, world: World, case: Case, conversation: list[dict[str, Any]]) -> list[Likely]:
    """The answers that the newest mail of the sender asks for."""
    asked = next((one for one in reversed(conversation) if one["direction"] == "in"), None)
    if asked is None:
        return []
    said, subject, language = asked["reply_text"] or asked["text"], asked["subject"], asked["language"]
    return bank.suggested(connection, world, subject=subject, text=said, role=case.role, language=language)
