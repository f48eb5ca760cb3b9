"""Who calls in a test: people and client systems with real, signed access tokens of a key made for the test run."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from deploy.database import SERVICES
from services.kit.access.tokens import TOKEN_TYPE, FixedKeys, claims_of
from services.kit.identity import Caller, Role, RoleAssignment

ISSUER = "merit-test"


def person(*roles: Role, over: UUID | None = None, employee_id: UUID | None = None, name: str = "测试员") -> Caller:
    """A person with `roles` over one unit's subtree, or over the whole organisation if `over` is None."""
    return Caller(uuid4(), name, "person", employee_id, tuple(RoleAssignment(role, over) for role in roles))


def second_account(who: Caller) -> Caller:
    """The same person, signed in by another account."""
    return replace(who, account_id=uuid4())


def client_system(*scopes: str, name: str = "another system") -> Caller:
    """A client system that was granted `scopes`."""
    return Caller(uuid4(), name, "service", scopes=frozenset(scopes))


@dataclass(frozen=True)
class Issuer:
    """Signs access tokens as org does, with a key that the services under test trust."""

    private_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    key_id: str = "test"

    @property
    def keys(self) -> FixedKeys:
        """The key set, as a service holds it."""
        return FixedKeys(self.key_set)

    @property
    def key_set(self) -> dict[str, Any]:
        """The public key as JSON Web Key Set."""
        public = json.loads(OKPAlgorithm.to_jwk(self.private_key.public_key()))
        return {"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "EdDSA"}]}

    def token(self, caller: Caller, **changed: Any) -> str:
        """An access token for `caller`, good for every service; `changed` claims replace the right ones."""
        now = datetime.now(UTC)
        issued_at = caller.issued_at or now
        claims = {
            **claims_of(replace(caller, issued_at=None)),
            "iss": ISSUER,
            "aud": list(SERVICES),
            "iat": issued_at,
            "exp": now + timedelta(minutes=5),
            "jti": uuid4().hex,
            **changed,
        }
        headers = {"typ": TOKEN_TYPE, "kid": self.key_id}
        return jwt.encode(claims, self.private_key, algorithm="EdDSA", headers=headers)


@dataclass
class SetClock:
    """A clock that shows what the test sets it to."""

    moment: datetime = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The moment that was set."""
        return self.moment

    def set(self, *parts: int) -> None:
        """Sets it to a moment in UTC: year, month, day, hour …"""
        self.moment = datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]  # as many parts as a moment has
