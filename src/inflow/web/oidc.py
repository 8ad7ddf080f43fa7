"""Signing in with an identity provider (OpenID Connect, authorisation code with PKCE). Authlib checks state, nonce and signature."""

import asyncio
from typing import Any

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from httpx2 import HTTPError
from joserfc.errors import JoseError
from starlette.middleware.sessions import SessionMiddleware

from inflow.desk.world import World
from inflow.store.accounts import Session
from inflow.web import tokens
from inflow.web.login import begin
from inflow.web.pages import local_path

log = structlog.get_logger()
_MOST_GROUPS = 500


def join(app: FastAPI, world: World) -> None:
    """Add the way to the provider and back. What is on its way stands in a signed cookie of its own for ten minutes."""
    settings, web = world.settings.web.oidc, world.settings.web
    assert settings is not None
    provider = OAuth().register(
        name="oidc",
        server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_id=settings.client_id,
        client_secret=settings.client_secret.read(),
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": 10},
    )
    secret = tokens.csrf("on the way to the provider", world.keys)
    app.add_middleware(
        SessionMiddleware, secret_key=secret, session_cookie="inflow-oidc", max_age=600, https_only=web.is_https
    )

    @app.get("/login/oidc")
    async def leave(request: Request, next: str = "/") -> Response:  # noqa: A002  it is called so in the address
        """To the provider."""
        request.session.clear()
        request.session["next"] = local_path(next)
        try:
            response: Response = await provider.authorize_redirect(request, f"{web.url}/login/oidc/back")
        except (AuthlibBaseError, HTTPError) as error:
            return _refused(error)
        return response

    @app.get("/login/oidc/back")
    async def back(request: Request) -> Response:
        """From the provider, with what it says of who it is."""
        onward = local_path(str(request.session.get("next", "/")))
        try:
            token: dict[str, Any] = await provider.authorize_access_token(request)
        except (AuthlibBaseError, JoseError, HTTPError, ValueError, KeyError) as error:
            return _refused(error)
        who = _who(token.get("userinfo") or {}, settings.groups_claim)
        request.session.clear()
        if who is None:
            return _refused(ValueError("the provider tells no verified mail address"))
        return await asyncio.to_thread(begin, world, who, onward=onward)


def _who(claims: dict[str, Any], groups_claim: str) -> Session | None:
    """Who it is, by the provider's word: a mail address that it does not call unverified."""
    address = str(claims.get("email") or "").strip().lower()
    if "@" not in address or claims.get("email_verified") is False:
        return None
    groups = claims.get(groups_claim) or []
    told = groups if isinstance(groups, list) else [groups]
    return Session(
        address=address, name=str(claims.get("name") or ""), groups=tuple(str(one) for one in told[:_MOST_GROUPS])
    )


def _refused(error: Exception) -> Response:
    log.warning("sign-in refused", error=type(error).__name__)
    return PlainTextResponse("the identity provider did not let you in; try again from the first page", status_code=401)
