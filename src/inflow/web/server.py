"""The board served: by `inflow web` alone, or beside the daemon in a thread of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
import uvicorn

from inflow.desk.world import World
from inflow.web.app import build

log = structlog.get_logger()
PATIENCE = 10.0


def make(world: World) -> uvicorn.Server:
    """A server for the board; forwarding headers are read by the board itself, which knows whom to believe."""
    web = world.settings.web
    app = build(world)
    config = uvicorn.Config(
        app,
        host=web.host,
        port=web.port,
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=4,
        timeout_keep_alive=30,
        limit_concurrency=500,
    )
    server = uvicorn.Server(config)
    app.state.stopping = lambda: server.should_exit
    return server


@contextmanager
def beside(world: World) -> Iterator[None]:
    """The board in a thread, until the block ends."""
    server = make(world)
    thread = threading.Thread(target=_serve, args=(server,), name="board", daemon=True)
    thread.start()
    log.info("board started", host=world.settings.web.host, port=world.settings.web.port)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE)


def _serve(server: uvicorn.Server) -> None:
    try:
        server.run()
    except SystemExit:  # uvicorn's way to say that it could not listen
        log.error("board not started: the address is in use or not ours")  # noqa: TRY400  expected: no traceback
