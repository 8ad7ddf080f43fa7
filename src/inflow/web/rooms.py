"""The other pages: what nobody owns, the roles, how everything stands."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from inflow import health
from inflow.store import board
from inflow.store.cases import Filters
from inflow.store.health import look
from inflow.web.case import suggestions
from inflow.web.inbox import Listed
from inflow.web.pages import page
from inflow.web.visitor import Asking, world_of

router = APIRouter()
UNCLAIMED = 20


@router.get("/unclaimed")
def unclaimed(request: Request, asking: Asking, below: int | None = None) -> Response:
    """Cases that nobody owns: what they are about, who may be the one and why, and one press that takes or moves them."""
    world = world_of(request)
    wanted = Listed(below=below if below and 0 < below < 1 << 60 else None)
    with world.database.reading() as connection:
        filters = Filters(status="unclaimed", limit=UNCLAIMED)
        found = board.page(connection, asking.reader, filters, below=wanted.below)
        words = board.openings(connection, [case.number for case in found.cases])
    return page(
        request,
        asking,
        "unclaimed.html",
        found=found,
        words=words,
        suggested={case.number: suggestions(case, asking, world) for case in found.cases},
        mine=[role for role in asking.roles if role.name != world.settings.other.role],
        roles=[role for role in world.settings.roles if role.name != world.settings.other.role],
    )


@router.get("/roles")
def roles(request: Request, asking: Asking) -> Response:
    """Who handles what, and how much lies with each."""
    world = world_of(request)
    with world.database.reading() as connection:
        lying = board.open_by_role(connection, asking.reader)
    return page(
        request,
        asking,
        "roles.html",
        roles=world.settings.roles,
        lying=lying,
        other=world.settings.other.role,
        mine={role.name for role in asking.roles},
        hidden=asking.reader.hidden,
    )


@router.get("/status")
def status(request: Request, asking: Asking) -> Response:
    """How everything stands: mailboxes, what waits to go out, alarms."""
    world = world_of(request)
    with world.database.reading() as connection:
        known = look(connection, [one.name for one in world.settings.mailboxes])
        alarms = health.alarms(connection, world)
        unsent = board.unsent(connection, asking.reader)
    return page(request, asking, "status.html", known=known, alarms=alarms, unsent=unsent)
