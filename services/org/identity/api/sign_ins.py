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

    login: str = Field(min_length=1, max_length=64, description="Login of the account.", examples=["li.ting"])
    password: Secret = Field(description="Password of the account.")


class RefreshToken(Model):
    """The refresh token of the last answer."""

    refresh_token: Secret = Field(description="The refresh token of the last answer; good for one use.")


class ClientCredentials(Model):
    """Which client system asks."""

    client_id: str = Field(min_length=1, max_length=64, description="What the system calls itself.", examples=["crm"])
    client_secret: Secret = Field(description="Its secret.")


class Tokens(Model):
    """An access token, and a refresh token with which a person gets the next one."""

    access_token: str = Field(description="The token to call with.")
    token_type: str = Field(default="Bearer", description="Always Bearer (RFC 6750).", examples=["Bearer"])
    expires_in: int = Field(description="How many seconds the access token is valid.", examples=[300])
    refresh_token: str | None = Field(default=None, description="Good for one use; null for client systems.")


class KeySet(Model):
    """A JSON Web Key Set."""

    keys: list[dict[str, Any]] = Field(description="The keys, as RFC 7517 has them.")


async def _signing_key(request: Request) -> SigningKey:
    key: SigningKey | None = request.app.state.signing_key
    if key is None:
        raise Unavailable
    return key


Signing = Annotated[SigningKey, Depends(_signing_key)]


@routes.post("/sessions", status_code=201, operation_id="create_session", summary="Sign in", response_model=Tokens)
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


@routes.post(
    "/sessions/refresh",
    status_code=201,
    operation_id="refresh_session",
    summary="Stay signed in",
    response_model=Tokens,
)
@keeps_no_body
async def refresh(
    body: RefreshToken, context: Context, key: Signing, now: MachineNow, today: Today, response: Response
) -> Tokens:
    """Exchange a refresh token for new tokens; using one twice ends the sign-in."""
    response.headers["Cache-Control"] = "no-store"
    found = await sign_ins.refresh(context.sessions, key=key, refresh_token=body.refresh_token, now=now, today=today)
    return _tokens(found)


@routes.post("/sessions/revoke", status_code=204, operation_id="revoke_session", summary="Sign out")
@keeps_no_body
async def revoke(body: RefreshToken, session: Write, now: MachineNow) -> None:
    """Sign out; answers the same for a token that is unknown."""
    await sign_ins.end(session, refresh_token=body.refresh_token, now=now)


@routes.post(
    "/service_tokens",
    status_code=201,
    operation_id="create_service_token",
    summary="Get a token for a service client",
    response_model=Tokens,
)
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


@routes.get("/jwks", operation_id="get_jwks", summary="Get the public keys", response_model=KeySet)
async def jwks(key: Signing) -> KeySet:
    """The public keys with which access tokens are checked."""
    return KeySet(**key.public_set)


def _tokens(found: sign_ins.Tokens) -> Tokens:
    return Tokens(access_token=found.access_token, expires_in=found.expires_in, refresh_token=found.refresh_token)
