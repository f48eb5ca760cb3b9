"""Access tokens: read and checked by every service itself, against its own audience (design §5)."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, Protocol
from uuid import UUID

import httpx2
import jwt

from services.kit.errors import Unauthenticated, Unavailable
from services.kit.identity import Caller, Role, RoleAssignment
from services.kit.polled import REREAD, Polled

ALGORITHMS = ("EdDSA", "RS256")
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type of RFC 9068, not a password
REQUIRED = ["iss", "sub", "aud", "exp", "iat", "jti"]
ASKING_SECONDS = 1.0
"""How long the issuer may take to answer with its keys."""
LIFETIME = timedelta(minutes=5)
"""How long org's tokens are good for; an issuer that gives longer ones has to be configured so."""
LEEWAY = timedelta(minutes=1)
"""What may be on top, for issuers that date their tokens back a little."""
MOST_REMEMBERED = 4096
"""Tokens that a process keeps in mind once they are verified."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TokenRefused(Unauthenticated):
    """The token proves nothing here: forged, expired, for another audience or not an access token."""

    code = "token_refused"
    zh = "登录已失效或过期，请重新登录。"
    en = "The access token is not valid here or has expired; sign in again."


class Keys(Protocol):
    """Where the public keys that tokens are signed with come from."""

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key of that id, None if there is none."""


class FixedKeys:
    """Keys known from the start: those of the issuer itself, or of a test."""

    def __init__(self, key_set: dict[str, Any]) -> None:
        """``key_set`` is a JSON Web Key Set."""
        self._keys = {key.key_id: key for key in jwt.PyJWKSet.from_dict(key_set).keys}

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key of that id, None if there is none."""
        return self._keys.get(key_id)

    def has(self, key_id: str) -> bool:
        """Whether there is a key of that id."""
        return key_id in self._keys


class FetchedKeys:
    """Keys read from the issuer's key set address every two seconds, so that a retired one is soon trusted no more.

    While the issuer is away those that it had last count for ``patience`` seconds.
    """

    def __init__(self, address: str, client: httpx2.AsyncClient, *, patience: float = inf) -> None:
        self._address = address
        self._client = client
        self._known: tuple[object, FixedKeys] | None = None
        self.polled = Polled(self._read, patience=patience)

    async def find(self, key_id: str) -> jwt.PyJWK | None:
        """The key of that id; an unknown id makes the set be read again, at most once in two seconds.

        Raises:
            Unavailable: the set was never read, or too long ago, and the issuer does not answer.
        """
        keys = await self.polled.value()
        if not keys.has(key_id):
            keys = await self.polled.value(oldest=REREAD)
        return await keys.find(key_id)

    async def _read(self) -> FixedKeys:
        try:
            answer = await self._client.get(self._address, timeout=ASKING_SECONDS)
            answer.raise_for_status()
            key_set = answer.json()
            if self._known is None or self._known[0] != key_set:  # else the same keys, and tokens stay known
                self._known = key_set, FixedKeys(key_set)
        except (httpx2.HTTPError, jwt.PyJWTError, ValueError) as fault:
            raise Unavailable(retry_after=2) from fault
        return self._known[1]


@dataclass(frozen=True)
class _Verified:
    """What a token proved. ``expires`` is in seconds since 1970."""

    caller: Caller
    expires: int
    key_id: str
    key: jwt.PyJWK


class Verifier:
    """Checks tokens for one audience, and remembers those that are good: a client sends the same one many times.

    A remembered token counts until it expires and only while the issuer's key is the one that it was checked with.
    """

    def __init__(self, keys: Keys, *, issuer: str, audience: str, lifetime: timedelta = LIFETIME) -> None:
        """Tokens made to be good for longer than ``lifetime`` prove nothing.

        Withdrawals are remembered for as long as a token may live, so an expiry far out would outlive them.
        """
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._longest = (lifetime + LEEWAY).total_seconds()
        self._known: OrderedDict[str, _Verified] = OrderedDict()

    async def verify(self, token: str) -> Caller:
        """The caller that ``token`` proves.

        Raises:
            TokenRefused: for every kind of doubt, without telling which.
            Unavailable: the issuer's keys cannot be had.
        """
        known = self._known.get(token)
        if known is not None and time.time() < known.expires and await self._keys.find(known.key_id) is known.key:
            self._known.move_to_end(token)
            return known.caller
        try:
            verified = await self._verified(token)
        except (jwt.PyJWTError, ValueError, KeyError, TypeError, AttributeError, OverflowError) as fault:
            self._known.pop(token, None)
            raise TokenRefused from fault
        self._known[token] = verified
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)
        return verified.caller

    async def _verified(self, token: str) -> _Verified:
        """Raises one of the many errors that there are for what is no good token."""
        header = jwt.get_unverified_header(token)
        if header.get("typ", "").lower() != TOKEN_TYPE or header.get("alg") not in ALGORITHMS:
            raise ValueError("not an access token")
        key_id = str(header.get("kid"))
        key = await self._keys.find(key_id)
        if key is None:
            raise ValueError("signed with an unknown key")
        claims = jwt.decode(
            token,
            key,
            algorithms=list(ALGORITHMS),
            issuer=self._issuer,
            audience=self._audience,
            options={"require": REQUIRED},
        )
        if claims["exp"] - claims["iat"] > self._longest:
            raise ValueError("good for too long")
        return _Verified(caller_of(claims), int(claims["exp"]), key_id, key)


def caller_of(claims: dict[str, Any]) -> Caller:
    """The caller described by checked claims. Raises ValueError or KeyError for claims that are not ours."""
    employee, session = claims.get("employee_id"), claims.get("sid")
    return Caller(
        account_id=UUID(claims["sub"]),
        name=claims["name"],
        kind=claims["kind"],
        employee_id=UUID(employee) if employee else None,
        role_assignments=tuple(
            RoleAssignment(Role(held["role"]), UUID(held["unit_id"]) if held.get("unit_id") else None)
            for held in claims.get("role_assignments", [])
        ),
        scopes=frozenset(claims.get("scopes", [])),
        issued_at=_EPOCH + timedelta(seconds=claims["iat"]),  # fromtimestamp would raise OSError far out
        session_id=UUID(session) if session else None,
    )


def claims_of(caller: Caller) -> dict[str, Any]:
    """The claims that describe a caller; the issuer adds iss, aud, exp, iat and jti."""
    return {
        "sub": str(caller.account_id),
        "name": caller.name,
        "kind": caller.kind,
        "employee_id": str(caller.employee_id) if caller.employee_id else None,
        "role_assignments": [
            {"role": held.role.value, "unit_id": str(held.unit_id) if held.unit_id else None}
            for held in caller.role_assignments
        ],
        "scopes": sorted(caller.scopes),
        **({"sid": str(caller.session_id)} if caller.session_id else {}),
    }
