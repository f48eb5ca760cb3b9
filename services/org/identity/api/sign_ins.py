"""Signing in, staying signed in, the public keys (ORG-12)."""

from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request, Response
from pydantic import Field

from services.kit.errors import Unavailable
from services.kit.fields import Model
from services.kit.senders import sender_of
from services.kit.web.application import Now, Today, Write
from services.kit.web.routing import keeps_no_body, router
from services.org.identity.usecases import invitations, sign_in_trail, sign_ins
from services.org.identity.usecases.narrow_sessions import NarrowSessions, SessionsInTurn
from services.org.identity.usecases.signing import SigningKey
from services.org.schemas import MachineNow

routes = router("/v1/org", tag="sessions")

Secret = Annotated[str, Field(min_length=1, max_length=400)]


class Credentials(Model):
    """The credentials of a person."""

    login: str = Field(min_length=1, max_length=64, description="Login of the account.", examples=["li.ting"])
    password: Secret = Field(description="Password of the account.")
    device_token: str | None = Field(
        default=None,
        max_length=2000,
        description="`device_token` from an earlier sign-in on this device; with it, other people's failed attempts "
        "do not slow down this sign-in.",
    )


class RefreshToken(Model):
    """The refresh token of the last response."""

    refresh_token: Secret = Field(description="Refresh token of the last response; it can be used once.")


class ClientCredentials(Model):
    """The credentials of a client system."""

    client_id: str = Field(
        min_length=1, max_length=64, description="Identifier with which the client system signs in.", examples=["crm"]
    )
    client_secret: Secret = Field(description="Secret of the client system.")


class Tokens(Model):
    """An access token, and for people a refresh token with which to get the next one."""

    access_token: str = Field(description="Access token for requests.")
    token_type: str = Field(
        default="Bearer", description="Type of the token: always Bearer (RFC 6750).", examples=["Bearer"]
    )
    expires_in: int = Field(description="Validity of the access token, in seconds.", examples=[300])
    refresh_token: str | None = Field(
        default=None, description="Refresh token, which can be used once; null for client systems."
    )
    device_token: str | None = Field(
        default=None,
        description="Token to be kept on the device and sent with its next sign-in; only after a sign-in with a "
        "password.",
    )


class InvitationAcceptance(Model):
    """The password chosen by the owner of an account."""

    token: Secret = Field(description="Token of the invitation.")
    password: Secret = Field(
        description="Password of at least 12 characters, hard to guess, that contains neither the login nor the name."
    )


class AcceptedInvitation(Model):
    """The account whose password was set."""

    login: str = Field(description="Login for signing in.", examples=["li.ting"])
    name: str = Field(description="Name of the account.", examples=["李婷"])


class KeySet(Model):
    """A JSON Web Key Set."""

    keys: list[dict[str, Any]] = Field(description="Keys in the format of RFC 7517.")


async def _signing_key(request: Request) -> SigningKey:
    key: SigningKey | None = request.app.state.signing_key
    if key is None:
        raise Unavailable
    return key


async def _place(
    request: Request, user_agent: Annotated[str, Header(description="Name of the client program.")] = ""
) -> sign_ins.Place:
    return sign_ins.Place(_address(request), user_agent)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


Signing = Annotated[SigningKey, Depends(_signing_key)]
FromWhere = Annotated[sign_ins.Place, Depends(_place)]
"""The address is the connection's, or what a proxy says that the server trusts (FORWARDED_ALLOW_IPS): the gateway."""


async def _sessions(request: Request) -> SessionsInTurn:
    sessions: NarrowSessions = request.app.state.sign_in_sessions
    return sessions.of(sender_of(_address(request)))


InTurn = Annotated[SessionsInTurn, Depends(_sessions)]

TAKES_TURNS: Final = {"x-answer-seconds": 30}
"""While passwords are being guessed, an attempt waits for its turn, longer than other requests may take."""
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
    """Exchanges login and password for tokens.

    After many wrong passwords for a login from one address, further attempts from there are checked one at a time.
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


@routes.post("/sessions/refresh", status_code=201, summary="Refresh a session")
@keeps_no_body
async def refresh_session(
    body: RefreshToken, sessions: InTurn, key: Signing, now: MachineNow, today: Today, response: Response
) -> Tokens:
    """Exchanges a refresh token for new tokens; using one twice ends the session."""
    response.headers["Cache-Control"] = "no-store"
    found = await sign_ins.refresh(sessions, key=key, refresh_token=body.refresh_token, now=now, today=today)
    return _tokens(found)


@routes.post("/sessions/revoke", status_code=204, summary="Sign out")
@keeps_no_body
async def revoke_session(body: RefreshToken, session: Write, now: MachineNow) -> None:
    """Ends the session; the answer is the same for an unknown token."""
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
    """Exchanges a client system's secret for an access token."""
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


@routes.post("/invitations/accept", summary="Accept an invitation", openapi_extra=TAKES_TURNS)
@keeps_no_body
async def accept_invitation(
    body: InvitationAcceptance, sessions: InTurn, now: Now, machine_now: MachineNow, today: Today
) -> AcceptedInvitation:
    """Sets the owner's password with the token of an invitation, which works only once; then sign in with the
    password.
    """
    found = await invitations.accept(
        sessions, token=body.token, password=body.password, now=now, machine_now=machine_now, today=today
    )
    return AcceptedInvitation.model_validate(found)


@routes.get("/jwks", summary="Get the public keys")
async def get_jwks(key: Signing) -> KeySet:
    """The public keys for verifying access tokens."""
    return KeySet(**key.public_set)


def _tokens(found: sign_ins.Tokens) -> Tokens:
    return Tokens(
        access_token=found.access_token,
        expires_in=found.expires_in,
        refresh_token=found.refresh_token,
        device_token=found.device_token,
    )
