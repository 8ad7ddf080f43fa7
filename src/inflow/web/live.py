"""News as it happens (server-sent events): that something has changed which somebody may see, and nothing of what it was."""

import asyncio
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import StreamingResponse
from starlette.datastructures import State

from inflow.desk.world import World
from inflow.store import board
from inflow.store.board import Reader
from inflow.store.engine import Trouble
from inflow.web.visitor import Asking, world_of

router = APIRouter()
LOOK_EVERY = 1.5
LASTS = 240.0
MOST_LISTENERS = 200


@router.get("/live")
async def live(request: Request, asking: Asking) -> StreamingResponse:
    """A stream that says `news` when something has changed. It ends after four minutes; the browser asks again, if it still may."""
    if len(request.app.state.listeners) >= MOST_LISTENERS:
        raise HTTPException(503)
    news = _stream(world_of(request), asking.reader, request.app.state)
    return StreamingResponse(news, media_type="text/event-stream")


async def _stream(world: World, reader: Reader, state: State) -> AsyncIterator[str]:
    mark = object()
    state.listeners.add(mark)
    try:
        yield "retry: 3000\n\n"
        seen = await asyncio.to_thread(_newest, world)
        ends_at = time.monotonic() + LASTS
        while time.monotonic() < ends_at and not state.stopping():
            await asyncio.sleep(LOOK_EVERY)
            try:
                reached = await asyncio.to_thread(_news, world, reader, seen)
            except Trouble:
                continue
            if reached is not None:
                seen = reached
                yield "event: news\ndata: \n\n"
            else:
                yield ": \n\n"
    finally:
        state.listeners.discard(mark)


def _newest(world: World) -> int:
    with world.database.reading() as connection:
        return board.newest(connection)


def _news(world: World, reader: Reader, after: int) -> int | None:
    with world.database.reading() as connection:
        return board.news(connection, reader, after=after)
