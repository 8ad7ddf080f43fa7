"""Writing ready answers on the board: a new one, one made of what was answered in a case, a new edition, and none any more."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from inflow.casework.bank import AnswerError, Entry
from inflow.casework.case import NotPossibleError
from inflow.desk import answers as bank
from inflow.store import answers as store
from inflow.store.cases import NoCaseError
from inflow.web.looking import opened
from inflow.web.pages import page
from inflow.web.ready import may_edit
from inflow.web.visitor import Acting, Asking, Visitor, world_of

router = APIRouter()
LONGEST = 100_000


class Written(BaseModel):
    """The form of an answer as it was filled in; `after`: the edition that was there before."""

    key: str = Field("", max_length=60)
    title: str = Field("", max_length=300)
    questions: str = Field("", max_length=LONGEST)
    roles: list[str] = []
    languages: str = Field("", max_length=100)
    valid_until: str = Field("", max_length=10)
    text: str = Field("", max_length=LONGEST)
    after: int = 0

    def entry(self, key: str) -> Entry:
        """The answer that it says. Raises AnswerError."""
        try:
            until = date.fromisoformat(self.valid_until) if self.valid_until else None
        except ValueError:
            raise AnswerError(f"{self.valid_until!r} is no day; write 2026-12-31") from None
        return Entry(
            key=key.strip().lower(),
            text=self.text.replace("\r\n", "\n").strip(),
            title=" ".join(self.title.split()),
            questions=tuple(" ".join(line.split()) for line in self.questions.splitlines() if line.strip()),
            roles=tuple(self.roles),
            languages=tuple(self.languages.replace(",", " ").lower().split()),
            valid_until=until,
        )


def _written(entry: Entry, *, after: int) -> Written:
    return Written(
        key=entry.key,
        title=entry.title[:300],
        questions="\n".join(entry.questions),
        roles=list(entry.roles),
        languages=", ".join(entry.languages),
        valid_until=entry.valid_until.isoformat() if entry.valid_until else "",
        text=entry.text[:LONGEST],
        after=after,
    )


@router.get("/new-answer")
def begin(request: Request, asking: Asking, case: int = 0, message: int | None = None) -> Response:
    """The form of a new answer; with `case`, of what was answered there. Raises NoCaseError."""
    if not case:
        return _form(request, asking, Written())
    world = world_of(request)
    with opened(world, asking.reader, case, what="its answer, to make it a ready one") as (connection, found):
        try:
            made = _written(bank.from_case(connection, world, found.number, message=message), after=0)
        except NotPossibleError:
            raise NoCaseError(case) from None
    return _form(request, asking, made, case=found.number)


@router.post("/new-answer")
def write(request: Request, asking: Acting, written: Annotated[Written, Form()]) -> Response:
    """A new answer."""
    return _keep(request, asking, written, key=written.key.strip().lower(), is_new=True)


@router.get("/answers/{key}/edit")
def edit(request: Request, asking: Asking, key: str) -> Response:
    """The form of an answer that there is."""
    world = world_of(request)
    with world.database.reading() as connection:
        found = bank.held(connection, world).get(key)
        before = store.editions(connection, key, limit=1)
    if found is None:
        raise HTTPException(404)
    return _form(request, asking, _written(found.entry, after=before[0].number if before else 0), key=key)


@router.post("/answers/{key}/edit")
def change(request: Request, asking: Acting, key: str, written: Annotated[Written, Form()]) -> Response:
    """A new edition of an answer."""
    return _keep(request, asking, written, key=key)


@router.post("/answers/{key}/withdraw")
def withdraw(request: Request, asking: Acting, key: str) -> Response:
    """The board keeps an answer no more."""
    world = world_of(request)
    with world.database.reading() as connection:
        found = bank.held(connection, world).get(key)
    if found is None or found.edition is None:
        raise HTTPException(404)
    if not may_edit(asking, found.entry):
        raise HTTPException(403)
    with world.database.writing() as connection:
        bank.withdraw(connection, world, key, by=asking.address)
    return RedirectResponse(f"/answers/{key}?done=withdrawn", status_code=303)


def _keep(request: Request, asking: Visitor, written: Written, *, key: str, is_new: bool = False) -> Response:
    """A new edition, or the form once more with why it cannot be kept. Raises 404."""
    world = world_of(request)
    with world.database.reading() as connection:
        there = bank.held(connection, world).get(key)
        before = store.editions(connection, key, limit=1) if is_new else []
    if there is None and not is_new:
        raise HTTPException(404)
    after = written.after if not is_new else before[0].number if before else 0
    try:
        entry = _entry(asking, written, key, there.entry if there else None, is_new=is_new)
        with world.database.writing() as connection:
            bank.edit(connection, world, entry, by=asking.address, after=after)
    except (AnswerError, NotPossibleError) as error:
        return _form(request, asking, written, fault=str(error), key="" if is_new else key)
    return RedirectResponse(f"/answers/{key}?done=kept", status_code=303)


def _entry(asking: Visitor, written: Written, key: str, there: Entry | None, *, is_new: bool) -> Entry:
    """What the form says. Raises AnswerError, and NotPossibleError where it is not theirs to say."""
    if there is not None and is_new:
        raise NotPossibleError(f"there is an answer {key!r} already")
    entry = written.entry(key)
    if not may_edit(asking, entry) or not may_edit(asking, there or entry):
        raise NotPossibleError("only members of its roles write an answer")
    return entry


def _form(
    request: Request, asking: Visitor, written: Written, *, key: str = "", case: int = 0, fault: str = ""
) -> Response:
    world = world_of(request)
    roles = [role for role in world.settings.roles if role.name != world.settings.other.role]
    values: dict[str, Any] = {"written": written, "key": key, "case": case, "fault": fault, "roles": roles}
    return page(request, asking, "answer_form.html", status=409 if fault else 200, **values)
