"""Acting on a case: each deed is the desk's, in one transaction, as by mail and on the command line."""

from collections.abc import Callable
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
from inflow.web.visitor import Acting, Visitor, world_of

router = APIRouter()
MOST_FILES = 20


class Order:
    """What somebody orders: who, in which case, and the words of the form."""

    def __init__(self, asking: Visitor, number: int, words: dict[str, str]) -> None:
        self.asking = asking
        self.number = number
        self.by = asking.address
        self.words = words

    def other_case(self, connection: Connection) -> int:
        """The case that the form names beside this one. Raises NoCaseError where they may not see it."""
        try:
            number = int(self.words["into"].strip().lstrip("#"))
        except ValueError:
            raise NotPossibleError(f"{self.words['into']!r} is not the number of a case") from None
        return board.case(connection, self.asking.reader, min(max(number, 0), case_page.MOST_NUMBER)).number

    def speaks(self, connection: Connection) -> None:
        """What goes outside is for members of the role that has the case. Raises NotPossibleError."""
        role = board.case(connection, self.asking.reader, self.number).role
        if not self.asking.is_member(role):
            raise NotPossibleError(f"only members of {role} speak for it")


Deed = Callable[[Connection, World, Order], Any]


def _route(connection: Connection, world: World, order: Order) -> None:
    role = actions.role_named(world, order.words["role"])
    actions.route(connection, world, order.number, role, by=order.by, why=order.words["why"])


def _claim(connection: Connection, world: World, order: Order) -> None:
    role = actions.role_named(world, order.words["role"])
    if not order.asking.is_member(role.name):
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
    "merge": (lambda c, w, o: actions.merge(c, w, o.number, o.other_case(c), by=o.by), "merged"),
    "link": (lambda c, w, o: actions.link(c, w, o.number, o.other_case(c), by=o.by), "linked"),
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

    def deed(connection: Connection, world: World, order: Order) -> None:
        order.speaks(connection)
        who = Address(name="" if asking.name == asking.address else asking.name, address=asking.address)
        said = written.Words(text=text.replace("\r\n", "\n"), ready=ready, files=tuple(brought), once=once)
        written.answer(connection, world, order.number, said, who=who)
        if then == "close":
            actions.close(connection, world, order.number, by=order.by)

    return _carry_out(request, Order(asking, number, {"text": text, "form": "answer"}), deed, done="answered")


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
    return _carry_out(request, Order(asking, number, words), carried, done=done)


def _carry_out(request: Request, order: Order, deed: Deed, *, done: str) -> Response:
    """A deed in one transaction; then the case as it stands, or the same page with why it could not be done."""
    world = world_of(request)
    with world.database.reading() as connection:
        found = board.case(connection, order.asking.reader, min(max(order.number, 0), case_page.MOST_NUMBER))
    order.number = found.number
    try:
        with world.database.writing() as connection:
            deed(connection, world, order)
            promises.follow(connection, world, order.number)
    except (NotPossibleError, NoAnswerError, NoCaseError, actions.NoRoleError) as error:
        return case_page.again(request, order.asking, order.number, fault=str(error), draft=order.words)
    try:
        with world.database.reading() as connection:
            number = board.case(connection, order.asking.reader, order.number).number
    except NoCaseError:
        return RedirectResponse(f"/?done={done}", status_code=303)
    return RedirectResponse(f"/cases/{number}?done={done}#top", status_code=303)
