"""Signing in, staying signed in, the public keys (ORG-12)."""

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from pydantic import Field

from services.kit.errors import Unavailable
from services.kit.fields import Model
from services.kit.routing import keeps_no_body, router
from services.kit.web import Now, Today, Write
from services.org.identity.usecases import invitations, sign_in_trail, sign_ins
from services.org.identity.usecases.narrow_sessions import NarrowSessions
from services.org.identity.usecases.signing import SigningKey
from services.org.schemas import MachineNow

routes = router("/v1/org", tag="sessions")

Secret = Annotated[str, Field(min_length=1, max_length=400)]


class Credentials(Model):
    """Who signs in."""

    login: str = Field(min_length=1, max_length=64, description="Login of the account.", examples=["li.ting"])
    password: Secret = Field(description="Password of the account.")
    device_token: str | None = Field(
        default=None,
        max_length=2000,
        description="`device_token` of an earlier sign-in on this device: attempts of others then never slow it down.",
    )


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
    device_token: str | None = Field(
        default=None,
        description="Only after a sign-in with a password: to be kept on the device and sent with its next one.",
    )


class InvitationAcceptance(Model):
    """The password that somebody chooses."""

    token: Secret = Field(description="Token of the invitation.")
    password: Secret = Field(description="12 characters or more, hard to guess, without login or name in it.")


class AcceptedInvitation(Model):
    """Whose password was set."""

    login: str = Field(description="What to sign in with.", examples=["li.ting"])
    name: str = Field(description="Name of the account.", examples=["李婷"])


class KeySet(Model):
    """A JSON Web Key Set."""

    keys: list[dict[str, Any]] = Field(description="The keys, as RFC 7517 has them.")


async def _signing_key(request: Request) -> SigningKey:
    key: SigningKey | None = request.app.state.signing_key
    if key is None:
        raise Unavailable
    return key


async def _place(
    request: Request, user_agent: Annotated[str, Header(description="What the caller's program calls itself.")] = ""
) -> sign_ins.Place:
    return sign_ins.Place(request.client.host if request.client else "", user_agent)


Signing = Annotated[SigningKey, Depends(_signing_key)]
FromWhere = Annotated[sign_ins.Place, Depends(_place)]
"""The address is the connection's, or what a proxy says that the server trusts (FORWARDED_ALLOW_IPS): the gateway."""


async def _sessions(request: Request) -> NarrowSessions:
    sessions: NarrowSessions = request.app.state.sign_in_sessions
    return sessions


InTurn = Annotated[NarrowSessions, Depends(_sessions)]

TAKES_TURNS: Final = {"x-answer-seconds": 30}
"""Where somebody guesses, an attempt waits for its turn, longer than other requests may take."""
PATIENT: Final = dict.fromkeys(
    ("/v1/org/sessions", "/v1/org/service_tokens", "/v1/org/invitations/accept", "/v1/org/me/password"), 30.0
)
"""The paths of whatever checks or sets a password, which is slow by design, and for how many seconds a request there
waits for a place: guesses keep no right password out."""


@routes.post("/sessions", status_code=201, summary="Sign in", openapi_extra=TAKES_TURNS)
@keeps_no_body
async def create_session(
    body: Credentials,
    sessions: InTurn,
    key: Signing,
    place: FromWhere,
    now: MachineNow,
    moment: Now,
    today: Today,
    response: Response,
) -> Tokens:
    """Exchange login and password for tokens.

    Where many wrong passwords came for a name from an address, further attempts there are checked one after the other.
    """
    response.headers["Cache-Control"] = "no-store"
    async with sign_in_trail.of_person(sessions, login=body.login, now=moment):
        found = await sign_ins.sign_in(
            sessions,
            key=key,
            login=body.login,
            password=body.password,
            place=replace(place, device_token=body.device_token),
            now=now,
            today=today,
        )
    return _tokens(found)


@routes.post("/sessions/refresh", status_code=201, summary="Stay signed in")
@keeps_no_body
async def refresh_session(
    body: RefreshToken, sessions: InTurn, key: Signing, now: MachineNow, today: Today, response: Response
) -> Tokens:
    """Exchange a refresh token for new tokens; using one twice ends the sign-in."""
    response.headers["Cache-Control"] = "no-store"
    found = await sign_ins.refresh(sessions, key=key, refresh_token=body.refresh_token, now=now, today=today)
    return _tokens(found)


@routes.post("/sessions/revoke", status_code=204, summary="Sign out")
@keeps_no_body
async def revoke_session(body: RefreshToken, session: Write, now: MachineNow) -> None:
    """Sign out; answers the same for a token that is unknown."""
    await sign_ins.end(session, refresh_token=body.refresh_token, now=now)


@routes.post("/service_tokens", status_code=201, summary="Get a token for a service client", openapi_extra=TAKES_TURNS)
@keeps_no_body
async def create_service_token(
    body: ClientCredentials,
    sessions: InTurn,
    key: Signing,
    place: FromWhere,
    now: MachineNow,
    moment: Now,
    response: Response,
) -> Tokens:
    """Exchange a client system's secret for an access token."""
    response.headers["Cache-Control"] = "no-store"
    async with sign_in_trail.of_client(sessions, client_id=body.client_id, now=moment):
        found = await sign_ins.service_token(
            sessions,
            key=key,
            client_id=body.client_id,
            client_secret=body.client_secret,
            address=place.address,
            now=now,
        )
    return _tokens(found)


@routes.post("/invitations/accept", summary="Set the password of an invitation", openapi_extra=TAKES_TURNS)
@keeps_no_body
async def accept_invitation(
    body: InvitationAcceptance, sessions: InTurn, now: Now, machine_now: MachineNow, today: Today
) -> AcceptedInvitation:
    """Set one's own password with the token of an invitation, which works once; then sign in with it."""
    found = await invitations.accept(
        sessions, token=body.token, password=body.password, now=now, machine_now=machine_now, today=today
    )
    return AcceptedInvitation.model_validate(found)


@routes.get("/jwks", summary="Get the public keys")
async def get_jwks(key: Signing) -> KeySet:
    """The public keys with which access tokens are checked."""
    return KeySet(**key.public_set)


def _tokens(found: sign_ins.Tokens) -> Tokens:
    return Tokens(
        access_token=found.access_token,
        expires_in=found.expires_in,
        refresh_token=found.refresh_token,
        device_token=found.device_token,
    )
