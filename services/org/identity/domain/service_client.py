"""What client systems of other makers can be allowed, and which services that concerns."""

from collections.abc import Collection, Mapping
from typing import Final, Literal

SCOPES: Final[Mapping[str, str]] = {
    "directory": "org",
    "snapshot": "org",
    "measurements": "appraisal",
    "results": "appraisal",
}
"""Each scope with the service that honours it: read the organisation, copy it for a period, send measurements, read
the results of closed cycles."""

Scope = Literal["directory", "snapshot", "measurements", "results"]


def audiences_of(scopes: Collection[str]) -> list[str]:
    """The services for which a client's tokens are good: those of its scopes and no other."""
    return sorted({SCOPES[scope] for scope in scopes})
