"""Whether the gateway lives, and how the services behind it are.

``/health/ready`` stays 200 while at least one service answers: one dead service degrades its part (the body names it)
and must not cut callers off from the others. Only with none left is the gateway itself of no use (503).
"""

import asyncio
from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel

from gateway.proxy import Proxy, ServiceDown
from gateway.settings import GatewaySettings
from services.kit.errors import FieldError, Text, Unavailable

PATH = "/health/ready"
CHECK_SECONDS = 2.0

State = Literal["ready", "degraded", "down"]


class NothingAnswers(Unavailable):
    """No service can be reached, so there is nothing to pass requests on to."""

    code = "services_down"
    zh = "所有服务均无法连接，请稍后再试或联系系统管理员。"
    en = "None of the services can be reached; try again later or ask your administrator."


class Live(BaseModel):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """The state of everything, and of each service."""

    status: State
    services: dict[str, State]


def router(settings: GatewaySettings, proxy: Proxy) -> APIRouter:
    """The two health routes."""
    routes = APIRouter(prefix="/health", tags=["health"])

    @routes.get("/live")
    async def live() -> Live:
        """存活 · the process answers; nothing else is asked."""
        return Live()

    @routes.get("/ready")
    async def ready(response: Response) -> Ready:
        """就绪 · the services' own readiness, asked now; parts that are not well are named."""
        names = list(settings.upstreams)
        states = await asyncio.gather(*(_state(proxy, name) for name in names))
        status = overall(states)
        if status == "down":
            expected = Text("可连接", "reachable")
            raise NothingAnswers(field_errors=[FieldError(f"services/{name}", "down", expected) for name in names])
        response.headers["Cache-Control"] = "no-store"
        return Ready(status=status, services=dict(zip(names, states, strict=True)))

    return routes


def overall(states: list[State]) -> State:
    """``ready`` when all are, ``down`` when all are, else ``degraded``."""
    kinds = set(states)
    if kinds == {"ready"}:
        return "ready"
    return "down" if kinds == {"down"} else "degraded"


async def _state(proxy: Proxy, service: str) -> State:
    try:
        status = await proxy.fetch(service, PATH, seconds=CHECK_SECONDS)
    except ServiceDown:
        return "down"
    return "ready" if status < 400 else "degraded"  # noqa: PLR2004 - below are the successes
