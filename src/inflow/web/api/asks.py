"""Programs that ask: each brings a token (RFC 6750), whose scopes say what it may; one that asks too often waits."""

import threading
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBasic, HTTPBasicCredentials, HTTPBearer, SecurityScopes

from inflow.desk.world import World
from inflow.store import tokens
from inflow.store.board import Reader
from inflow.store.tokens import Token
from inflow.web.visitor import world_of

MOST_A_MINUTE = 600
_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="`Authorization: Bearer inflow_...`")
_BASIC = HTTPBasic(
    auto_error=False,
    scheme_name="token as password",
    description="For readers of feeds: any name, the token as password.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """A program that asks: what it sees, and the roles it may speak for."""

    reader: Reader
    roles: frozenset[str]


class Pace:
    """How often each token has asked in the minute that runs, in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._minute = 0
        self._asked: dict[str, int] = {}

    def wait(self, name: str, *, now: datetime) -> int:
        """The seconds until a token may ask again; 0: it may now, and this is counted."""
        minute, second = divmod(int(now.timestamp()), 60)
        with self._lock:
            if minute != self._minute:
                self._minute, self._asked = minute, {}
            if self._asked.get(name, 0) >= MOST_A_MINUTE:
                return 60 - second
            self._asked[name] = self._asked.get(name, 0) + 1
        return 0


def asks(
    request: Request,
    needed: SecurityScopes,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
    basic: Annotated[HTTPBasicCredentials | None, Depends(_BASIC)],
) -> Asks:
    """Who asks. 401 without a token that holds, 429 for one that asks too often, 403 for one without the scope."""
    world = world_of(request)
    token = _known(world, bearer.credentials if bearer else basic.password if basic else "")
    if token is None:
        raise HTTPException(401, "a token that holds is needed", {"WWW-Authenticate": 'Bearer realm="inflow"'})
    if seconds := request.app.state.pace.wait(token.name, now=world.now()):
        raise HTTPException(429, "it asks too often", {"Retry-After": str(seconds)})
    if missing := [scope for scope in needed.scopes if scope not in token.scopes]:
        raise HTTPException(403, f"this token may not {missing[0]}")
    return Asks(
        reader=_reader(world, token, gone=request.app.state.gone),
        roles=frozenset(role.name for role in world.settings.roles if "speak" in token.scopes),
    )


def _known(world: World, secret: str) -> Token | None:
    if not secret.startswith(tokens.PREFIX):
        return None
    with world.database.reading() as connection:
        token = tokens.known(connection, secret)
    if token is not None and tokens.is_stale(token, world.now()):
        with world.database.writing() as connection:
            tokens.used(connection, token.name, now=world.now())
    return token


def _reader(world: World, token: Token, *, gone: tuple[str, ...]) -> Reader:
    """What a token sees: what is confidential, and mail that opens doors, only with the scope."""
    name = f"api:{token.name}"
    if "confidential" in token.scopes:
        return Reader(address=name, hidden=gone)
    hidden = [role.name for role in world.settings.roles if role.confidential]
    return Reader(address=name, hidden=(*hidden, *gone), other=world.settings.other.role)


reads = Security(asks, scopes=["read"])
Reads = Annotated[Asks, reads]
Acts = Annotated[Asks, Security(asks, scopes=["act"])]
Speaks = Annotated[Asks, Security(asks, scopes=["speak"])]
