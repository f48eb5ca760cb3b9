"""Access tokens: org signs them, every service checks them with the public key set (design §5)."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import OKPAlgorithm

from services.kit.access.tokens import TOKEN_TYPE, claims_of
from services.kit.explanation import canonical_json
from services.kit.identity import Caller

ACCESS_LIFETIME = timedelta(minutes=5)
DEVICE_LIFETIME = timedelta(days=180)
_DEVICE = "merit-device+jwt"
AUDIENCES = ("org", "appraisal", "incentive")
"""What a person's token is good for; a client system's only for what it was granted."""


@dataclass(frozen=True)
class SigningKey:
    """The Ed25519 key that signs, and the name of the issuer."""

    private: Ed25519PrivateKey
    issuer: str

    @classmethod
    def of_pem(cls, pem: str, issuer: str) -> "SigningKey":
        """Read a key.

        Raises:
            ValueError: it is not an Ed25519 key in PEM.
        """
        key = load_pem_private_key(pem.encode(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError("MERIT_ORG_SIGNING_KEY must be an Ed25519 private key in PEM")
        return cls(key, issuer)

    @cached_property
    def public_set(self) -> dict[str, Any]:
        """The JSON Web Key Set with the public half; the key's id is its RFC 7638 thumbprint."""
        public: dict[str, Any] = json.loads(OKPAlgorithm.to_jwk(self.private.public_key()))
        named = canonical_json({name: public[name] for name in ("crv", "kty", "x")})
        thumbprint = urlsafe_b64encode(hashlib.sha256(named).digest()).rstrip(b"=").decode()
        return {"keys": [{**public, "kid": thumbprint, "use": "sig", "alg": "EdDSA"}]}

    def token(self, caller: Caller, *, audiences: Sequence[str], now: datetime) -> str:
        """An access token for ``caller``; ``now`` is machine time."""
        claims = {
            **claims_of(caller),
            "iss": self.issuer,
            "aud": list(audiences),
            "iat": now.timestamp(),  # to the microsecond: a token made just after a revocation counts
            "exp": int((now + ACCESS_LIFETIME).timestamp()),
            "jti": uuid4().hex,
        }
        return self._signed(claims, TOKEN_TYPE)

    def device_token(self, account_id: UUID, *, now: datetime) -> str:
        """What a device that signed in shows when it signs in again. It opens nothing (``sign_in_attempts``)."""
        expires = int((now + DEVICE_LIFETIME).timestamp())
        claims = {"iss": self.issuer, "aud": _DEVICE, "sub": str(account_id), "exp": expires, "jti": uuid4().hex}
        return self._signed(claims, _DEVICE)

    def device_of(self, device_token: str | None, account_id: UUID) -> str | None:
        """The id of the device, None if the token does not show that one signed in as this account."""
        if device_token is None:
            return None
        try:
            if jwt.get_unverified_header(device_token).get("typ") != _DEVICE:
                return None
            claims = jwt.decode(
                device_token, self.private.public_key(), algorithms=["EdDSA"], audience=_DEVICE, issuer=self.issuer
            )
        except jwt.PyJWTError:
            return None
        return str(claims.get("jti")) if claims.get("sub") == str(account_id) else None

    def _signed(self, claims: dict[str, Any], kind: str) -> str:
        headers = {"typ": kind, "kid": self.public_set["keys"][0]["kid"]}
        return jwt.encode(claims, self.private, algorithm="EdDSA", headers=headers)
