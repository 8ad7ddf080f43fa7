"""Acting on a case: each deed is the desk's, in one transaction, as by mail and on the command line."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from inflow.casework import commands
from inflow.casework.case import NotPossibleError
from inflow.desk import actions, orders, people, promises, questions, unclaimed, undo, written
from inflow.desk.answers import NoAnswerError
from inflow.desk.world import World
from inflow.mail.message import Address
from inflow.store import board
from inflow.store.cases import NoCaseError
from inflow.web import case as case_page
from inflow.web.looking import MOST_NUMBER
from inflow.web.order import Order
from inflow.web.visitor import Acting, Visitor, world_of

router = APIRouter()
MOST_FILES = 20


Deed = Callable[[Connection, World, Order], Any]


def _route(connection: Connection, world: World, order: Order) -> None:
    role = actions.role_named(world, order.words["role"])
    actions.route(connection, world, order.number, role, by=order.by, why=order.words["why"])


def _claim(connection: Connection, world: World, order: Order) -> None:
    role = actions.role_named(world, order.words["role"])
    if role.name not in order.roles:
        raise NotPossibleError(f"only members of {role.name} claim a case for it")
    actions.claim(connection, world, order.number, role, by=order.by, why=order.words["why"])


def _note(connection: Connection, world: World, order: Order) -> None:
    if not order.words["text"].strip():
        raise NotPossibleError("the note is empty")
    actions.note(connection, world, order.number, order.words["text"].strip(), by=order.by)


def _label(connection: Connection, world: World, order: Order) -> None:
    name = " ".join(order.words["name"].split())[:100]
    if not name:
        raise NotPossibleError("the label is empty")
    actions.label(connection, world, order.number, name, by=order.by)


def _ask(connection: Connection, world: World, order: Order) -> None:
    order.speaks(connection)
    questions.ask(
        connection, world, order.number, whom=order.words["whom"].strip(), text=order.words["text"], by=order.by
    )


def _release(connection: Connection, world: World, order: Order) -> None:
    order.speaks(connection)
    orders.release(connection, world, order.number, by=order.by)


def _add(connection: Connection, world: World, order: Order) -> None:
    order.speaks(connection)
    people.add(connection, world, order.number, commands.person(order.words["whom"]), by=order.by)


DEEDS: dict[str, tuple[Deed, str]] = {
    "route": (_route, "moved"),
    "claim": (_claim, "claimed"),
    "note": (_note, "noted"),
    "label": (_label, "labelled"),
    "ask": (_ask, "asked"),
    "release": (_release, "released"),
    "add": (_add, "added"),
    "escalate": (lambda c, w, o: actions.escalate(c, w, o.number, by=o.by, why=o.words["why"]), "escalated"),
    "close": (lambda c, w, o: actions.close(c, w, o.number, by=o.by, why=o.words["why"]), "closed"),
    "reopen": (lambda c, w, o: actions.reopen(c, w, o.number, by=o.by, why=o.words["why"]), "reopened"),
    "undo": (lambda c, w, o: undo.undo(c, w, o.number, by=o.by, why=o.words["why"]), "undone"),
    "whose": (lambda c, w, o: unclaimed.whose(c, w, o.number, by=o.by), "everybody"),
    "merge": (lambda c, w, o: actions.merge(c, w, o.number, o.case(c, "into"), by=o.by), "merged"),
    "link": (lambda c, w, o: actions.link(c, w, o.number, o.case(c, "into"), by=o.by), "linked"),
}


@router.post("/cases/{number}/answer")
def answer(
    request: Request,
    asking: Acting,
    number: int,
    text: Annotated[str, Form(max_length=500_000)] = "",
    *,
    ready: Annotated[str, Form(max_length=100)] = "",
    once: Annotated[str, Form(max_length=64)] = "",
    then: Annotated[str, Form(max_length=10)] = "",
    files: Annotated[list[UploadFile | str] | None, Form()] = None,
) -> Response:
    """Answer the sender, from the shared address."""
    chosen = [one for one in files or () if not isinstance(one, str) and one.filename]
    if len(chosen) > MOST_FILES:
        raise HTTPException(413)
    brought = [written.enclosure(one.filename or "", one.content_type or "", one.file.read()) for one in chosen]

    who = Address(name="" if asking.name == asking.address else asking.name, address=asking.address)
    said = written.Words(text=text.replace("\r\n", "\n"), ready=ready, files=tuple(brought), once=once)

    def deed(connection: Connection, world: World, order: Order) -> None:
        order.speaks(connection)
        written.answer(connection, world, order.number, said, who=who)
        if then == "close":
            actions.close(connection, world, order.number, by=order.by)

    words = {"text": text, "form": "answer"}
    return respond(request, asking, number, words, carried=deed, done="answered")


@router.post("/cases/{number}/{deed}")
def act(  # noqa: PLR0913  the words of the small forms, by name
    request: Request,
    asking: Acting,
    number: int,
    deed: str,
    *,
    role: Annotated[str, Form(max_length=100)] = "",
    why: Annotated[str, Form(max_length=1000)] = "",
    text: Annotated[str, Form(max_length=100_000)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    whom: Annotated[str, Form(max_length=400)] = "",
    into: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """One deed."""
    if deed not in DEEDS:
        raise HTTPException(404)
    words = {"role": role, "why": why, "text": text, "name": name, "whom": whom, "into": into, "form": deed}
    carried, done = DEEDS[deed]
    return respond(request, asking, number, words, carried=carried, done=done)


def carry_out(world: World, deed: Deed, order: Order) -> int:
    """A deed in one transaction. Returns the case that it was done to. Raises NotPossibleError, NoAnswerError, NoRoleError, and
    NoCaseError where there is none that they see."""
    with world.database.writing() as connection:
        number = board.case(connection, order.reader, min(max(order.number, 0), MOST_NUMBER)).number
        deed(connection, world, replace(order, number=number))
        promises.follow(connection, world, number)
    return number


def respond(
    request: Request, asking: Visitor, number: int, words: dict[str, str], *, carried: Deed, done: str
) -> Response:
    """The case as it stands after a deed, or the same page with why it could not be done."""
    world = world_of(request)
    roles = frozenset(role.name for role in asking.roles)
    order = Order(reader=asking.reader, roles=roles, number=number, words=words)
    try:
        number = carry_out(world, carried, order)
    except (NotPossibleError, NoAnswerError, NoCaseError, actions.NoRoleError) as error:
        return case_page.again(request, asking, number, fault=str(error), draft=words)
    try:
        with world.database.reading() as connection:
            number = board.case(connection, asking.reader, number).number
    except NoCaseError:
        return RedirectResponse(f"/?done={done}", status_code=303)
    return RedirectResponse(f"/cases/{number}?done={done}#top", status_code=303)
