"""Signing in, staying signed in, the public keys (ORG-12)."""

from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import Field

from services.kit.errors import Unavailable
from services.kit.fields import Model
from services.kit.routing import keeps_no_body, router
from services.kit.web import Context, Today, Write
from services.org.identity.usecases import sign_ins
from services.org.identity.usecases.signing import SigningKey
from services.org.schemas import MachineNow

routes = router("/v1/org", tag="sessions")

Secret = Annotated[str, Field(min_length=1, max_length=400)]


class Credentials(Model):
    """Who signs in."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Secret


class RefreshToken(Model):
    """The refresh token of the last answer."""

    refresh_token: Secret


class ClientCredentials(Model):
    """Which client system asks."""

    client_id: Annotated[str, Field(min_length=1, max_length=64)]
    client_secret: Secret


class Tokens(Model):
    """``expires_in`` is the life of the access token in seconds; ``refresh_token`` is good for one use."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105 - RFC 6750's name, not a secret
    expires_in: int
    refresh_token: str | None = None


class KeySet(Model):
    """A JSON Web Key Set."""

    keys: list[dict[str, Any]]


async def _signing_key(request: Request) -> SigningKey:
    key: SigningKey | None = request.app.state.signing_key
    if key is None:
        raise Unavailable
    return key


Signing = Annotated[SigningKey, Depends(_signing_key)]


@routes.post("/sessions", status_code=201)
@keeps_no_body
async def sign_in(
    body: Credentials, context: Context, key: Signing, now: MachineNow, today: Today, response: Response
) -> Tokens:
    """Exchange login and password for tokens."""
    response.headers["Cache-Control"] = "no-store"
    found = await sign_ins.sign_in(
        context.sessions, key=key, login=body.login, password=body.password, now=now, today=today
    )
    return _tokens(found)


@routes.post("/sessions/refresh", status_code=201)
@keeps_no_body
async def refresh(
    body: RefreshToken, context: Context, key: Signing, now: MachineNow, today: Today, response: Response
) -> Tokens:
    """Exchange a refresh token for new tokens; using one twice ends the sign-in."""
    response.headers["Cache-Control"] = "no-store"
    found = await sign_ins.refresh(context.sessions, key=key, refresh_token=body.refresh_token, now=now, today=today)
    return _tokens(found)


@routes.post("/sessions/revoke", status_code=204)
@keeps_no_body
async def revoke(body: RefreshToken, session: Write, now: MachineNow) -> None:
    """Sign out; answers the same for a token that is unknown."""
    await sign_ins.end(session, refresh_token=body.refresh_token, now=now)


@routes.post("/service_tokens", status_code=201)
@keeps_no_body
async def service_token(
    body: ClientCredentials, context: Context, key: Signing, now: MachineNow, response: Response
) -> Tokens:
    """Exchange a client system's secret for an access token."""
    response.headers["Cache-Control"] = "no-store"
    found = await sign_ins.service_token(
        context.sessions, key=key, client_id=body.client_id, client_secret=body.client_secret, now=now
    )
    return _tokens(found)


@routes.get("/jwks")
async def jwks(key: Signing) -> KeySet:
    """The public keys with which access tokens are checked."""
    return KeySet(**key.public_set)


def _tokens(found: sign_ins.Tokens) -> Tokens:
    return Tokens(access_token=found.access_token, expires_in=found.expires_in, refresh_token=found.refresh_token)
