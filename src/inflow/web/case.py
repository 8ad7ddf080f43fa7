"""A case: the conversation, why it lies where it does, what happened, what went out, and what can be done."""

import secrets
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlalchemy import Connection

from inflow.casework.case import Status
from inflow.desk import answers, people
from inflow.desk.world import World
from inflow.store import asked, board, cases, deliveries, events, messages, promises
from inflow.store.cases import Filters
from inflow.store.rows import Case
from inflow.web import alike, ready
from inflow.web.hostile import has_html
from inflow.web.looking import opened
from inflow.web.pages import page
from inflow.web.visitor import Asking, Visitor, world_of

router = APIRouter()
MOST_TEXT = 60_000
MOST_LOOKED_AT = 4 << 20


@router.get("/cases/{number}")
def case(request: Request, asking: Asking, number: int, done: str = "") -> Response:
    """One case."""
    world = world_of(request)
    with opened(world, asking.reader, number, what="the case") as (connection, found):
        shown = {} if found.number != number else _everything(connection, world, asking, found)
    if found.number != number:
        return RedirectResponse(f"/cases/{found.number}", status_code=303)
    return page(request, asking, "case.html", **shown, done=done, fault="", draft={})


def again(request: Request, asking: Visitor, number: int, *, fault: str, draft: dict[str, str]) -> HTMLResponse:
    """The case once more, with why it could not be done and what was written. Raises NoCaseError."""
    world = world_of(request)
    with opened(world, asking.reader, number, what="the case") as (connection, found):
        shown = _everything(connection, world, asking, found)
    return page(request, asking, "case.html", status=409, **shown, done="", fault=fault, draft=draft)


def _everything(connection: Connection, world: World, asking: Visitor, found: Case) -> dict[str, Any]:
    """What the page of a case shows."""
    role = world.settings.role(found.role)
    earlier = board.page(connection, asking.reader, Filters(party=found.party.address or "-", limit=6))
    with_other = found.role == world.settings.other.role
    conversation = messages.of_case(connection, found.number)
    outbox = deliveries.of_case(connection, found.number)
    return {
        "case": found,
        "role": role,
        "messages": conversation,
        "formatted": _formatted(connection, conversation),
        "events": events.of_case(connection, found.number),
        "decisions": cases.decisions(connection, found.number),
        "deliveries": outbox,
        "held": any(one["status"] == "held" for one in outbox),
        "once": secrets.token_hex(16),
        "promises": promises.of_case(connection, found.number),
        "asked": asked.of_case(connection, found.number),
        "receivers": people.receivers(connection, found),
        "earlier": [one for one in earlier.cases if one.number != found.number][:5] if found.party.address else [],
        "may_speak": asking.is_member(found.role),
        "may_claim": [one for one in asking.roles if one.name != found.role] if _is_unclaimed(found) else [],
        "suggestions": suggestions(found, asking, world) if with_other and found.status is not Status.CLOSED else [],
        "other_roles": [one for one in world.settings.roles if one.name != found.role],
        "ready": answers.keys(connection, world),
        "likely": ready.likely(connection, world, found, conversation),
        "alike": alike.of_case(connection, asking.reader, found.number),
        "most": MOST_TEXT,
    }


def _formatted(connection: Connection, conversation: list[dict[str, Any]]) -> set[int]:
    """The messages that may bring HTML; of what is large nobody looks. What could not be read is not shown."""
    readable = [one["id"] for one in conversation if one["state"] != "quarantined" and one["direction"] != "note"]
    looked_at = messages.small_raws(connection, readable, within=MOST_LOOKED_AT)
    return {id_ for id_ in readable if id_ not in looked_at or has_html(looked_at[id_])}


def _is_unclaimed(case: Case) -> bool:
    return case.status is Status.UNCLAIMED


def suggestions(case: Case, asking: Visitor, world: World) -> list[dict[str, Any]]:
    """The likeliest roles for a case that nobody owns, but those whose cases are not theirs to see."""
    known = {role.name for role in world.settings.roles} - {world.settings.other.role, *asking.reader.hidden}
    return [one for one in case.candidates if one["role"] in known][:3]
