"""Whether the process is alive and can work, for those who start, stop and route to services (PLT-01)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog
from fastapi import APIRouter
from pydantic import Field

from services.kit.errors import FieldError, Text, Unavailable
from services.kit.fields import Model
from services.kit.web.routing import operation_id

log = structlog.get_logger(__name__)

Check = Callable[[], Awaitable[object]]
CHECK_SECONDS: Final = 2.0


class NotReady(Unavailable):
    """Something on which the service depends does not answer."""

    code = "not_ready"
    zh = "服务尚未就绪，未应答的部分：{failing}。"
    en = "The service is not ready: {failing} does not answer."


class Health(Model):
    """``checks`` names what was asked; all of it answered."""

    status: str = Field(description="`live` or `ready`.", examples=["ready"])
    checks: tuple[str, ...] = Field(default=(), description="What was asked and answered.", examples=[["database"]])


def health_router(checks: Mapping[str, Check]) -> APIRouter:
    """``/health/live`` and ``/health/ready``. A check is fine if it returns within two seconds, whatever it returns."""
    routes = APIRouter(prefix="/health", tags=["health"], generate_unique_id_function=operation_id)

    @routes.get("/live", operation_id="get_liveness", summary="Check whether the process is alive")
    async def live() -> Health:
        """The process runs and takes requests."""
        return Health(status="live")

    @routes.get("/ready", operation_id="get_readiness", summary="Check whether the service is ready")
    async def ready() -> Health:
        """Everything that the service needs answers; 503 names what does not."""
        names = list(checks)
        failures = await asyncio.gather(*(_failure(name, checks[name]) for name in names))
        field_errors = [fault for fault in failures if fault is not None]
        if field_errors:
            failing = "、".join(fault.pointer.rpartition("/")[2] for fault in field_errors)
            raise NotReady(failing=failing, field_errors=field_errors, retry_after=5)
        return Health(status="ready", checks=tuple(names))

    return routes


async def _failure(name: str, check: Check) -> FieldError | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:  # a check may fail in any way that its library has; each means "not ready"
        log.warning("check_failed", check=name, exc_info=error)
        return FieldError(f"/checks/{name}", type(error).__name__, Text("在 2 秒内应答", "an answer within 2 seconds"))
    return None
