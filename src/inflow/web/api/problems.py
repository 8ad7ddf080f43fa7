"""Problems for programs: what many have written about, counted and shown as far as the token sees the cases."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from inflow.store import problems as store
from inflow.web.api.asks import Acts, Asks, Reads, Speaks
from inflow.web.api.deeds import Into, Name, Named, NoteSaid, Nothing, Reason, Said
from inflow.web.api.reading import MOST, Number
from inflow.web.api.shapes import ProblemShape, WholeProblemShape
from inflow.web.order import Order
from inflow.web.problems import DEEDS, carry_out, seen
from inflow.web.visitor import world_of

router = APIRouter()
deeds_router = APIRouter()
MOST_REPORTS = 500


class OfRole(Said):
    """A role, by its name."""

    role: Name


class OfCase(Said):
    """A case, by its number."""

    case: int = Field(ge=1, lt=MOST)


WITH_ACT: dict[str, tuple[type[Said], str]] = {
    "name": (Named, "A problem is called something."),
    "own": (OfRole, "A role owns a problem: it is known."),
    "join": (OfCase, "A case is of this problem."),
    "leave": (OfCase, "A case is not of this problem; null where it is none any more."),
    "same": (Into, "Two problems are one, which is returned."),
    "solve": (NoteSaid, "A problem is solved; the text is what those who reported it are told, when somebody says so."),
    "andon": (Reason, "Pull the cord: the management and the owners are called."),
}
WITH_SPEAK: dict[str, tuple[type[Said], str]] = {
    "tell": (Nothing, "Tell all who reported a solved problem its answer, each once, in their own conversation."),
}


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
        return [one.as_json() for one in chosen(connection, limit=limit, reader=asks.reader)]


@router.get("/problems/{number}", response_model=WholeProblemShape)
def problem(request: Request, asks: Reads, number: Number) -> Any:
    """One problem with its latest cases."""
    with world_of(request).database.reading() as connection:
        one = seen(connection, asks.reader, number)
        reports = store.reports(connection, number, limit=MOST_REPORTS, reader=asks.reader)
    return {**one.as_json(), "reports": reports}


def _does(name: str, model: type[Said], told: str) -> Callable[..., Any]:
    def act(request: Request, asks: Asks, number: Number, said: Any) -> Any:
        words = {key: str(value) for key, value in said.model_dump().items()}
        order = Order(reader=asks.reader, roles=asks.roles, number=number, words=words)
        world = world_of(request)
        stands = carry_out(world, DEEDS[name][0], order)
        with world.database.reading() as connection:
            one = store.get(connection, stands, reader=asks.reader) if stands else None
        return one.as_json() if one else None

    act.__doc__ = told
    act.__annotations__ |= {"asks": Speaks if name in WITH_SPEAK else Acts, "said": model}
    return act


for _name, (_model, _told) in (WITH_ACT | WITH_SPEAK).items():
    deeds_router.post(f"/problems/{{number}}/{_name}", response_model=ProblemShape | None, name=f"problem_is_{_name}")(
        _does(_name, _model, _told)
    )
