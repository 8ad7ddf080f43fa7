"""The ready answers: what there is, how often each has helped, and which of them a case asks for."""

from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from inflow.casework.bank import Likely
from inflow.desk import answers as bank
from inflow.desk.world import World
from inflow.store import answers as used
from inflow.store.rows import Case
from inflow.web.pages import page
from inflow.web.visitor import Asking, world_of

router = APIRouter()


@router.get("/answers")
def answers(request: Request, asking: Asking) -> Response:
    """The ready answers there are."""
    return _shown(request, asking, "")


@router.get("/answers/{key}")
def answer(request: Request, asking: Asking, key: str) -> Response:
    """One ready answer."""
    return _shown(request, asking, key)


def _shown(request: Request, asking: Asking, key: str) -> Response:
    world = world_of(request)
    found = [one for one in bank.bank(world.settings.answers.folder).entries() if key in ("", one.key)]
    if key and not found:
        raise HTTPException(404)
    with world.database.reading() as connection:
        uses = used.uses(connection)
    faults = bank.faults(world.settings.answers.folder, {role.name for role in world.settings.roles})
    return page(request, asking, "answers.html", found=found, uses=uses, faults=faults)


def likely(world: World, case: Case, conversation: list[dict[str, Any]]) -> list[Likely]:
    """The answers that the newest mail of the sender asks for."""
    asked = next((one for one in reversed(conversation) if one["direction"] == "in"), None)
    if asked is None:
        return []
    return bank.suggested(
        world.settings.answers.folder,
        subject=asked["subject"],
        text=asked["reply_text"] or asked["text"],
        role="" if case.role == world.settings.other.role else case.role,
        language=asked["language"],
        now=world.now(),
    )
