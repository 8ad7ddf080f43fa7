"""Whatever a program sends, the API keeps to its own OpenAPI document: tried by schemathesis, operation by operation."""

from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from starlette.types import Receive as Incoming
from starlette.types import Scope, Send

from inflow.desk.world import World
from inflow.store import tokens
from inflow.web.api import asks, described
from inflow.web.app import build
from tests.jobs.conftest import Clock, Receive
from tests.web.conftest import HELP, INVOICE, UNCLEAR


class Stage:
    """The board that is asked: first one of no world, for its document, then that of the test."""

    def __init__(self) -> None:
        self.board = FastAPI()
        self.board.mount("/api/v1", described())

    async def __call__(self, scope: Scope, receive: Incoming, send: Send) -> None:
        await self.board(scope, receive, send)


stage = Stage()
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", stage)


@pytest.fixture
def secret(board_world: World, receive: Receive, monkeypatch: pytest.MonkeyPatch) -> str:
    """The token of a program that may do all but see what is confidential, and never waits; its board is on the stage."""
    monkeypatch.setattr(asks, "MOST_A_MINUTE", 1_000_000)
    receive(board_world, INVOICE, HELP, UNCLEAR)
    stage.board = build(board_world)
    with board_world.database.writing() as connection:
        return tokens.add(connection, "all", ["act", "read", "speak"], now=board_world.now()) or ""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@schema.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_documented(secret: str, clock: Clock, case: schemathesis.Case[Any]) -> None:
    clock.moment += timedelta(milliseconds=1)
    case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, timeout=120)
