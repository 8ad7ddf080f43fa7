"""Problems for programs: what many have written about, counted and shown as far as the token sees the cases."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request

from inflow.store import problems as store
from inflow.store.problems import Problem
from inflow.web.api.asks import Reads
from inflow.web.api.reading import Number
from inflow.web.api.shapes import ProblemShape, WholeProblemShape
from inflow.web.visitor import world_of

router = APIRouter()
MOST_REPORTS = 500


@router.get("/problems", response_model=list[ProblemShape])
def problems(
    request: Request,
    asks: Reads,
    *,
    solved: Annotated[bool, Query(description="The solved ones too.")] = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    """The problems in which something happened last."""
    chosen = store.latest if solved else store.unsolved
    with world_of(request).database.reading() as connection:
        return [_shown(one) for one in chosen(connection, limit=limit, reader=asks.reader)]


@router.get("/problems/{number}", response_model=WholeProblemShape)
def problem(request: Request, asks: Reads, number: Number) -> Any:
    """One problem with its latest cases."""
    with world_of(request).database.reading() as connection:
        one = store.get(connection, number, reader=asks.reader)
        if one is None:
            raise HTTPException(404, "there is no such problem")
        reports = store.reports(connection, number, limit=MOST_REPORTS, reader=asks.reader)
    return {**_shown(one), "reports": reports}


def _shown(one: Problem) -> dict[str, Any]:
    return {
        "number": one.number,
        "title": one.title,
        "words": one.words,
        "state": one.state,
        "owner": one.owner,
        "answer": one.answer,
        "senders": one.senders,
        "cases": one.cases,
        "opened_at": one.opened_at,
        "updated_at": one.updated_at,
        "solved_at": one.solved_at,
        "loud": one.loud_at is not None,
    }
