"""``/metrics`` of the gateway: only for Prometheus, which sends a token (PLT-01, APR-10)."""

import hmac
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from pydantic import SecretStr

from services.kit.errors import Unauthenticated
from services.kit.observation.telemetry import Metrics


def router(metrics: Metrics, token: SecretStr | None) -> APIRouter:
    """The route of the figures; without a token in the settings there is none."""
    routes = APIRouter()
    if token is None:
        return routes
    expected = f"Bearer {token.get_secret_value()}".encode()

    async def scraping(authorization: Annotated[str, Header()] = "") -> None:
        if not hmac.compare_digest(authorization.encode(), expected):
            raise Unauthenticated

    routes.include_router(metrics.router(), dependencies=[Depends(scraping)])
    return routes
