"""Access tokens: org signs them, every service checks them with the public key set (design §5)."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import OKPAlgorithm

from services.kit.explanation import canonical_json
from services.kit.identity import Caller
from services.kit.tokens import TOKEN_TYPE, claims_of

ACCESS_LIFETIME = timedelta(minutes=5)
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
        headers = {"typ": TOKEN_TYPE, "kid": self.public_set["keys"][0]["kid"]}
        return jwt.encode(claims, self.private, algorithm="EdDSA", headers=headers)
