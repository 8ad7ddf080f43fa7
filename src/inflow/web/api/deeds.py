"""What programs do to a case: the deeds of the board, each with what it needs as JSON."""

from base64 import b64decode
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from inflow.desk import written
from inflow.desk.world import World
from inflow.mail.message import Address
from inflow.store import board
from inflow.web import alarms
from inflow.web.acts import DEEDS, MOST_FILES, Deed, carry_out
from inflow.web.api.asks import Acts, Asks, Speaks
from inflow.web.api.reading import MOST, Number
from inflow.web.api.shapes import CaseShape, of_case
from inflow.web.order import Order
from inflow.web.visitor import world_of

router = APIRouter()
_BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
Name = Annotated[str, Field(min_length=1, max_length=100)]
Text = Annotated[str, Field(min_length=1, max_length=100_000)]


class Said(BaseModel):
    """What a deed needs, and nothing else."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Said):
    """It needs nothing."""


class Why(Said):
    """Why, where somebody wants to say so."""

    why: str = Field("", max_length=1000)


class ToRole(Why):
    """A role, by its name."""

    role: Name


class NoteSaid(Said):
    """What stays inside."""

    text: Text


class LabelSaid(Said):
    """What a case is marked with."""

    name: Name = Field(alias="label")


class Named(Said):
    """What something is called."""

    name: str = Field(min_length=1, max_length=200)


class Reason(Said):
    """Why; it must be said."""

    why: str = Field(min_length=1, max_length=500)


class Into(Said):
    """Another one of the same kind."""

    into: int = Field(ge=1, lt=MOST)


class Whom(Said):
    """A mail address."""

    whom: str = Field(min_length=1, max_length=400)


class Question(Whom):
    """A question, to a role or a mail address."""

    text: Text


class FileSaid(Said):
    """A file that goes with an answer; `content` is base64 (RFC 4648)."""

    filename: str = Field(min_length=1, max_length=200)
    content_type: str = Field("application/octet-stream", max_length=150)
    content: str = Field(pattern=_BASE64, json_schema_extra={"contentEncoding": "base64"})


class AnswerSaid(Said):
    """An answer to the sender: text, the key of a ready answer that stands below it, files. What is sent again with the same `once` is
    refused: a program that does not know whether it was heard may ask again."""

    text: str = Field("", max_length=500_000)
    ready: str = Field("", max_length=100)
    files: list[FileSaid] = Field([], max_length=MOST_FILES)
    once: str = Field("", max_length=40, pattern="^[0-9a-z]*$")


WITH_ACT: dict[str, tuple[type[Said], str]] = {
    "route": (ToRole, "Move a case to another role; the move teaches."),
    "note": (NoteSaid, "A note, which stays inside."),
    "label": (LabelSaid, "Mark a case with a label."),
    "escalate": (Why, "The case goes up to the role's next."),
    "close": (Why, "The matter is settled."),
    "reopen": (Why, "The matter is not settled after all."),
    "undo": (Why, "The last move of a case was a mistake."),
    "whose": (Nothing, "Ask every role whose case it is."),
    "merge": (Into, "Two cases are one matter: this one is part of the other from now on, which is returned."),
    "link": (Into, "Two cases have to do with each other."),
    "problem/same": (Into, "Two cases are about the same thing."),
    "problem/name": (Named, "A case is of the problem of that name, or its own is called so."),
    "problem/leave": (Nothing, "A case is of no problem."),
    "problem/andon": (Reason, "Pull the cord: the management and the owners are called."),
}
WITH_SPEAK: dict[str, tuple[type[Said], str]] = {
    "claim": (ToRole, "A role says that a case nobody owns is its own."),
    "ask": (Question, "Ask a role or an outsider something; the answer comes to the role that has the case."),
    "add": (Whom, "Somebody else gets the answers too, from now on."),
    "release": (Nothing, "What is held goes out."),
}
CARRIED = {**DEEDS, **{f"problem/{name}": deed for name, deed in alarms.DEEDS.items()}}
_NO_WORDS = dict.fromkeys(("role", "why", "text", "name", "whom", "into"), "")


@router.post("/cases/{number}/answer", response_model=CaseShape)
def answer(request: Request, asks: Speaks, number: Number, said: AnswerSaid) -> Any:
    """Answer the sender from the shared address, for the role that has the case."""
    words = written.Words(
        text=said.text.replace("\r\n", "\n"),
        ready=said.ready,
        files=tuple(written.enclosure(one.filename, one.content_type, b64decode(one.content)) for one in said.files),
        once=said.once,
    )

    def deed(connection: Connection, world: World, order: Order) -> None:
        role = world.settings.role(order.speaks(connection))
        who = Address(address=role.address if role else "")
        written.answer(connection, world, order.number, words, who=who, by=order.by)

    return _done(request, asks, number, {}, deed=deed)


def _does(name: str, model: type[Said], told: str) -> Callable[..., Any]:
    def act(request: Request, asks: Asks, number: Number, said: Any) -> Any:
        return _done(request, asks, number, said.model_dump(), deed=CARRIED[name][0])

    act.__doc__ = told
    act.__annotations__ |= {"asks": Speaks if name in WITH_SPEAK else Acts, "said": model}
    return act


for _name, (_model, _told) in (WITH_ACT | WITH_SPEAK).items():
    router.post(f"/cases/{{number}}/{_name}", response_model=CaseShape, name=_name.replace("/", "_"))(
        _does(_name, _model, _told)
    )


def _done(request: Request, asks: Asks, number: int, words: dict[str, Any], *, deed: Deed) -> Any:
    """The case as it stands after a deed, also where it went out of sight."""
    world = world_of(request)
    said = {name: str(value) for name, value in words.items()}
    order = Order(reader=asks.reader, roles=asks.roles, number=number, words=_NO_WORDS | said)
    number = carry_out(world, deed, order)
    with world.database.reading() as connection:
        return of_case(board.case(connection, board.Reader(address=asks.reader.address), number))
