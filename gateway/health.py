"""Whether the gateway lives, and how the services behind it are.

``/health/ready`` stays 200 while at least one service is ready: one dead service degrades its part (the body names it
and what it lacks) and must not cut callers off from the others. Where none is ready, as with PostgreSQL away, the
gateway is of no use either (503).
"""

import asyncio
import re
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from gateway.proxy import Proxy, ServiceDown
from gateway.settings import GatewaySettings
from services.kit.errors import FieldError, Text, Unavailable

PATH = "/health/ready"
CHECK_SECONDS = 3.0  # the services' own checks have 2
_RETRY_SECONDS = 5

State = Literal["ready", "degraded", "down"]

_NAMED = re.compile(r"/checks/([a-z_]{1,40})")


class NothingReady(Unavailable):
    """No service can do its work, so there is nothing to pass requests on to."""

    code = "services_down"
    zh = "所有服务均未就绪，请稍后再试或联系系统管理员。"
    en = "None of the services is ready; try again later or ask your administrator."


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """The state of everything and of each service, and what does not answer, such as ``org/database``."""

    status: State
    services: dict[str, State]
    failing: list[str]


def router(settings: GatewaySettings, proxy: Proxy) -> APIRouter:
    """The two health routes."""
    routes = APIRouter(prefix="/health", tags=["health"])

    @routes.get("/live")
    async def live() -> Live:
        """存活 · the process answers; nothing else is checked."""
        return Live()

    @routes.get("/ready")
    async def ready(response: Response) -> Ready:
        """就绪 · the services' own readiness, asked now; parts that are not well are named."""
        names = list(settings.upstreams)
        found = await asyncio.gather(*(_state(proxy, name) for name in names))
        states = [state for state, _ in found]
        failing = [part for _, parts in found for part in parts]
        if "ready" not in states:
            expected = Text("已就绪", "ready")
            raise NothingReady(
                retry_after=_RETRY_SECONDS,
                field_errors=[
                    FieldError(f"services/{part}", state, expected) for state, parts in found for part in parts
                ],
            )
        response.headers["Cache-Control"] = "no-store"
        services = dict(zip(names, states, strict=True))
        return Ready(status="degraded" if failing else "ready", services=services, failing=failing)

    return routes


async def _state(proxy: Proxy, service: str) -> tuple[State, list[str]]:
    """How a service is, and what of it does not answer: itself, or the checks that it names."""
    try:
        status, body = await proxy.fetch(service, PATH, seconds=CHECK_SECONDS)
    except ServiceDown:
        return "down", [service]
    if status < 400:  # noqa: PLR2004 - below are the successes
        return "ready", []
    checks = _NAMED.findall(body.decode(errors="replace"))
    return "degraded", [f"{service}/{check}" for check in checks] or [service]
