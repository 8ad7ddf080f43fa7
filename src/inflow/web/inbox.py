"""The inbox of the organisation: every case somebody may see, filtered; and the views they keep."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import Connection

from inflow.casework.case import Status
from inflow.desk.world import World
from inflow.store import accounts, board
from inflow.store.board import Page
from inflow.store.cases import Filters
from inflow.web.pages import page
from inflow.web.visitor import Acting, Asking, Visitor, world_of

router = APIRouter()
KINDS = ("customer", "supplier", "authority", "media", "public", "internal", "applicant")


class Wanted(BaseModel):
    """What stands behind the ? of a list. Empty: all; an empty `status`: all but the closed."""

    q: str = Field("", max_length=300)
    status: str = Field("", max_length=20)
    role: str = Field("", max_length=100)
    party: str = Field("", max_length=320)
    label: str = Field("", max_length=100)
    since: str = Field("", max_length=10)
    until: str = Field("", max_length=10)
    order: str = Field("", max_length=10)

    def filled(self) -> dict[str, str]:
        """What is not empty."""
        return {key: value for key, value in self.model_dump().items() if value}


class Listed(Wanted):
    """A page of such a list: the cases of lower numbers than `below`, or, where they are by activity, touched before `at`."""

    below: int | None = Field(None, ge=1, le=1 << 60)
    at: AwareDatetime | None = None

    @property
    def by_activity(self) -> bool:
        """Whether what was touched last comes first: in lists of what is not closed."""
        return self.order == "activity" and self.status not in ("closed", "all")


@router.get("/")
def inbox(request: Request, asking: Asking, wanted: Annotated[Listed, Query()]) -> Response:
    """The cases that match, newest first."""
    world = world_of(request)
    with world.database.reading() as connection:
        found = _found(connection, world, asking, wanted)
        counts = board.counts(connection, asking.reader)
        labels = board.labels(connection, asking.reader)
        views = accounts.views(connection, asking.address)
    filters = Wanted(**wanted.model_dump(exclude={"below", "at"})).filled()
    return page(
        request,
        asking,
        "inbox.html",
        done=request.query_params.get("done", ""),
        found=found,
        counts=counts,
        labels=labels,
        views=views,
        filters=filters,
        wanted=wanted,
        mine=[role.name for role in asking.roles],
        roles=[role for role in world.settings.roles if role.name not in asking.reader.hidden],
        kinds=KINDS,
        statuses=[status.value for status in Status],
    )


@router.post("/views")
def keep(
    request: Request,
    asking: Acting,
    name: Annotated[str, Form(max_length=100)] = "",
    query: Annotated[str, Form()] = "",
) -> Response:
    """Keep a list under a name."""
    known = {key: value for key, value in parse_qsl(query[:2000]) if key in Wanted.model_fields}
    said = urlencode(known)
    if name.strip():
        with world_of(request).database.writing() as connection:
            accounts.keep_view(connection, asking.address, name.strip(), said)
    return RedirectResponse(f"/?{said}" if said else "/", status_code=303)


@router.post("/views/{id_}/remove")
def drop(request: Request, asking: Acting, id_: int) -> Response:
    """Keep a list no more."""
    with world_of(request).database.writing() as connection:
        accounts.drop_view(connection, asking.address, id_)
    return RedirectResponse("/", status_code=303)


def _found(connection: Connection, world: World, asking: Visitor, wanted: Listed) -> Page:
    """A page of what is wanted."""
    until = _day(world, wanted.until)
    filters = Filters(
        role=wanted.role or None,
        status=wanted.status if wanted.status not in ("", "all") else None,
        party=wanted.party.strip() or None,
        since=_day(world, wanted.since),
        label=wanted.label or None,
        search=wanted.q if wanted.q.strip() else None,
    )
    if wanted.by_activity:
        below = (wanted.at, wanted.below) if wanted.at and wanted.below else None
        return board.touched(
            connection, asking.reader, filters, until=until + timedelta(days=1) if until else None, below=below
        )
    return board.page(
        connection,
        asking.reader,
        filters,
        active=not wanted.status,
        until=until + timedelta(days=1) if until else None,
        below=wanted.below,
    )


def _day(world: World, text: str) -> datetime | None:
    """The beginning of a day in the organisation's zone; None for what is no day."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=world.settings.organisation.zone).astimezone(UTC)
    except ValueError:
        return None
