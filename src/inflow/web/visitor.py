"""Who is asking. Nobody gets further than this without being somebody, and what they may see is settled here, once a request."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Form, HTTPException, Request

from inflow.casework.speaking import is_member
from inflow.config import Settings
from inflow.desk.world import World
from inflow.routing.roles import Role
from inflow.store import accounts, board
from inflow.store.accounts import Session
from inflow.store.board import Reader
from inflow.web import tokens

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


class SignedOutError(Exception):
    """Nobody is signed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who may look: the roles they are a member of, what they may see, and the word that their forms bring with them."""

    address: str
    name: str
    roles: tuple[Role, ...]
    reader: Reader
    csrf: str

    def is_member(self, role: str) -> bool:
        """Whether they may speak for a role."""
        return role in {one.name for one in self.roles}


def world_of(request: Request) -> World:
    """The world that the board shows."""
    world: World = request.app.state.world
    return world


def cookie_name(settings: Settings) -> str:
    """What the cookie is called; with __Host- no other host of the domain can set it (RFC 6265bis section 4.1.3.2)."""
    return "__Host-inflow" if settings.web.is_https else "inflow"


def token_of(request: Request) -> str | None:
    """The token that a browser holds, where it is one of ours."""
    world = world_of(request)
    return tokens.read(request.cookies.get(cookie_name(world.settings), ""), world.keys)


def client_of(request: Request) -> str:
    """The address of whoever asks; what a trusted proxy says of it is believed."""
    peer = request.client.host if request.client else ""
    forwarded = request.headers.get("x-forwarded-for", "")
    believed = forwarded and world_of(request).settings.web.believes(peer)
    return forwarded.rpartition(",")[2].strip()[:64] if believed else peer


def visitor(request: Request) -> Visitor:
    """Who is asking. Raises SignedOutError."""
    world = world_of(request)
    who = {"proxy": _by_proxy, "demo": _on_this_machine}.get(world.settings.web.auth, _by_session)(request, world)
    if who is None:
        raise SignedOutError
    roles = tuple(role for role in world.settings.roles if belongs(who, role, world.settings.organisation.domains))
    names = {role.name for role in roles}
    hidden = [role.name for role in world.settings.roles if role.confidential and role.name not in names]
    return Visitor(
        address=who.address,
        name=who.name or who.address,
        roles=roles,
        reader=Reader(
            address=who.address,
            hidden=(*hidden, *request.app.state.gone),
            other="" if world.settings.other.role in names else world.settings.other.role,
        ),
        csrf=tokens.csrf(token_of(request) or who.address, world.keys),
    )


def belongs(who: Session, role: Role, domains: Sequence[str]) -> bool:
    """Whether somebody is a member of a role: by address, or by a group that the identity provider tells (`group:NAME`)."""
    return is_member(who.address, role, domains) or any(f"group:{group}" in role.members for group in who.groups)


def _by_session(request: Request, world: World) -> Session | None:
    token = token_of(request)
    if token is None:
        return None
    with world.database.reading() as connection:
        return accounts.signed_in(connection, tokens.digest(token), now=world.now())


def _by_proxy(request: Request, world: World) -> Session | None:
    settings = world.settings.web
    said = request.headers.getlist(settings.header)
    peer = request.client.host if request.client else ""
    if not settings.believes(peer) or len(said) != 1 or "@" not in said[0]:
        return None
    return Session(address=said[0].strip().lower(), name="")


def _on_this_machine(request: Request, world: World) -> Session | None:
    """Everybody on this machine is one person of the demo; a name that only leads here (DNS rebinding) is not believed."""
    if urlsplit(f"//{request.headers.get('host', '')}").hostname not in _HERE:
        return None
    return Session(address=f"du@{(*world.settings.organisation.domains, 'localhost')[0]}", name="Du")


Asking = Annotated[Visitor, Depends(visitor)]


def acting(request: Request, asking: Asking, csrf: Annotated[str, Form()] = "") -> Visitor:
    """Who acts: their form is one of ours. Raises SignedOutError, and 403 for a form of anybody else."""
    check_form(request, asking.csrf, csrf)
    return asking


def check_form(request: Request, expected: str, said: str) -> None:
    """Raises 403 where a form did not come from a page of ours."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    if site != "same-origin" or not hmac.compare_digest(expected.encode(), said.encode("utf-8", "replace")):
        raise HTTPException(403)


Acting = Annotated[Visitor, Depends(acting)]


def gone_roles(world: World) -> tuple[str, ...]:
    """Roles that cases lie with and that the config does not know: whether they were confidential cannot be told."""
    with world.database.reading() as connection:
        return board.roles_without_config(connection, {role.name for role in world.settings.roles})
