"""The JSON API: for programs, with tokens whose scopes say what they may. Its OpenAPI is at /api/v1/openapi.json."""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from inflow.casework.case import NotPossibleError
from inflow.desk.actions import NoRoleError
from inflow.desk.answers import NoAnswerError
from inflow.desk.world import World
from inflow.store.cases import NoCaseError
from inflow.store.engine import Trouble, is_trouble
from inflow.web.api import bank, cords, deeds, problems, reading
from inflow.web.api.asks import MOST_A_MINUTE, Pace
from inflow.web.api.shapes import Fault
from inflow.web.visitor import gone_roles

_FAULTS: dict[int | str, dict[str, Any]] = {
    400: {"model": Fault, "description": "Not JSON in UTF-8, or words that no database takes"},
    401: {"model": Fault, "description": "No token that holds"},
    403: {"model": Fault, "description": "The token may not do this"},
    404: {"model": Fault, "description": "Not there, or not to be seen"},
    429: {"model": Fault, "description": "The token asks too often; Retry-After says when it may again"},
}
_REFUSED: dict[int | str, dict[str, Any]] = {
    409: {"model": Fault, "description": "It cannot be done as things stand"},
    413: {"description": "Too large: a request has 32 MB at most"},
}
_DESCRIPTION = f"""Cases, mail, answers, problems and figures, and what people can do to a case.

`Authorization: Bearer TOKEN` (`inflow tokens add`). A token has the scopes `read`, `act`, `speak` and `confidential`, as it was
given them; which one an operation needs stands with it. What a token may not see is answered as what is not there.
A token may ask {MOST_A_MINUTE} times a minute; a request has 32 MB at most."""


def build(world: World) -> FastAPI:
    """The API of a world, to be mounted."""
    app = described()
    app.state.world, app.state.gone, app.state.pace = world, gone_roles(world), Pace()
    return app


def described() -> FastAPI:
    """The API of no world yet: what its OpenAPI tells."""
    app = FastAPI(
        title="Inflow",
        version="1",
        docs_url=None,
        redoc_url=None,
        responses=_FAULTS,
        description=_DESCRIPTION,
        generate_unique_id_function=lambda route: route.name,
    )
    for one in (reading, bank, problems, cords):
        app.include_router(one.router)
    for acting in (deeds.router, problems.deeds_router, cords.deeds_router):
        app.include_router(acting, responses=_REFUSED)
    app.add_exception_handler(NoCaseError, _not_there)
    for error in (NotPossibleError, NoRoleError, NoAnswerError):
        app.add_exception_handler(error, _not_possible)
    for trouble in Trouble:
        app.add_exception_handler(trouble, _trouble)
    return app


def _not_there(_: Request, error: Exception) -> Response:
    del error
    return JSONResponse({"detail": "there is no such case"}, status_code=404)


def _not_possible(_: Request, error: Exception) -> Response:
    return JSONResponse({"detail": str(error)}, status_code=409)


def _trouble(_: Request, error: Exception) -> Response:
    if not is_trouble(error):
        return JSONResponse({"detail": "the database does not take this"}, status_code=400)
    return JSONResponse(
        {"detail": "the database cannot be used now; try again"}, status_code=503, headers={"Retry-After": "5"}
    )
