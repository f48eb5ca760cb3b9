"""Sign-in: how frontends reach org's sessions, and why the gateway itself verifies no token.

A token is passed on as it came. Each service verifies signature, issuer, its own audience, expiry and type, because it
must hold on its own port too. A second check here would need org's keys, so that org's absence became everybody's;
would cost as much time as the forwarding itself (Ed25519, 0.1 ms); and would tempt a service to trust the gateway.
What the gateway adds is a stricter rate wherever a password or a secret is offered, under every path that takes one.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

CREDENTIAL_BYTES = 16 * 1024
NO_STORE = (b"cache-control", b"no-store")


class CredentialRoute(NamedTuple):
    """A route that takes credentials. ``name_field`` is the member of its body that says whom they are for."""

    target: str
    name_field: str | None


# What frontends call, and the operation of org that answers.
SIGN_IN: Mapping[str, CredentialRoute] = {
    "/v1/sign_in": CredentialRoute("/v1/org/sessions", "login"),
    "/v1/sign_in/refresh": CredentialRoute("/v1/org/sessions/refresh", None),
    "/v1/sign_out": CredentialRoute("/v1/org/sessions/revoke", None),
}

# The same operations under their own paths, and client systems' secrets: counted alike.
CREDENTIAL_ROUTES: Mapping[str, CredentialRoute] = {
    **SIGN_IN,
    **{route.target: route for route in SIGN_IN.values()},
    "/v1/org/service_tokens": CredentialRoute("/v1/org/service_tokens", "client_id"),
}


def claimed_name(route: CredentialRoute, body: bytes) -> str | None:
    """Whom the credentials claim to be for; None where the body does not say, which is org's to complain about."""
    if route.name_field is None:
        return None
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    name = content.get(route.name_field) if isinstance(content, dict) else None
    return name.strip().casefold() if isinstance(name, str) else None
