"""Sign-in and one's own account: the frontends' paths to org, and why the gateway itself verifies no token.

A token is passed on as it came. Each service verifies signature, issuer, its own audience, expiry and type, because it
must hold on its own port too. A second check here would need org's keys, so that org's absence became everybody's;
would cost as much time as the forwarding itself (Ed25519, 0.1 ms); and would tempt a service to trust the gateway.
Nor does the gateway count wrong passwords: only org knows which were wrong, and an address may be a whole office.
"""

from collections.abc import Mapping
from typing import Final

CREDENTIAL_BYTES = 16 * 1024
NO_STORE = (b"cache-control", b"no-store")

SIGN_IN: Mapping[str, str] = {
    "/v1/sign_in": "/v1/org/sessions",
    "/v1/sign_in/refresh": "/v1/org/sessions/refresh",
    "/v1/sign_out": "/v1/org/sessions/revoke",
}
"""What frontends call, and the operation of org that answers."""

OWN: Mapping[str, str] = {"/v1/me": "/v1/org/me", "/v1/invitations": "/v1/org/invitations"}
"""What people do with their own account: these paths and all below them are org's."""

CREDENTIALS: Final = frozenset(
    {*SIGN_IN.values(), "/v1/org/service_tokens", "/v1/org/invitations/accept", "/v1/org/me/password"}
)
"""Operations that take a password, a secret or a token: small bodies, answers that nobody stores."""


def operation_path(path: str) -> str:
    """The path of the service's operation that answers ``path``."""
    if path in SIGN_IN:
        return SIGN_IN[path]
    for short, target in OWN.items():
        if path == short or path.startswith(f"{short}/"):
            return target + path.removeprefix(short)
    return path


def short_path(path: str) -> str:
    """The reverse for what people do with their own account: under which path the gateway describes it."""
    for short, target in OWN.items():
        if path == target or path.startswith(f"{target}/"):
            return short + path.removeprefix(target)
    return path
