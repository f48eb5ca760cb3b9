"""The gateway put together: its own pages in FastAPI, everything under /v1 in the raw forwarding application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from opentelemetry import trace
from starlette.exceptions import HTTPException
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uuid_utils import uuid4

from gateway import figures, health, pages
from gateway.cors import CrossOrigin
from gateway.documentation import load_documents
from gateway.forwarding import Forwarding
from gateway.limits import Limits
from gateway.observation import Observer
from gateway.proxy import Proxy
from gateway.refusals import refusal
from gateway.routes import MethodRefused, Routes, RouteUnknown
from gateway.settings import GatewaySettings
from services.kit import problem
from services.kit.errors import DomainError, Invalid, Malformed
from services.kit.observation.telemetry import Metrics


class Defect(DomainError):
    """A defect of the gateway itself. The log has the details; the answer only says where to look."""

    code = "defect"
    zh = "系统出错，问题已记录。请把编号 trace_id 告诉系统管理员。"
    en = "Something went wrong on our side, and it has been logged. Give the trace_id to your administrator."


class Gateway:
    """Sends what lies under /v1 to the services and answers the rest itself."""

    def __init__(self, forwarding: ASGIApp, own: ASGIApp) -> None:
        """``own`` also gets the start and end of the server's life."""
        self._forwarding = forwarding
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or attend one life."""
        forwarded = scope["type"] == "http" and scope["path"].startswith("/v1/")
        await (self._forwarding if forwarded else self._own)(scope, receive, send)


def create_app(settings: GatewaySettings) -> ASGIApp:
    """The gateway's application; raises DocumentMissing where a service's routes are not known."""
    documents = load_documents(settings.api_documents)
    proxy = Proxy(settings)
    metrics = Metrics("gateway")
    forwarding = Forwarding(
        settings,
        proxy=proxy,
        routes=Routes(documents),
        limits=Limits(settings),
        observer=Observer(metrics, trace.get_tracer("gateway") if settings.traced else None),
    )

    @asynccontextmanager
    async def alive(_: FastAPI) -> AsyncIterator[None]:
        async with proxy:
            yield

    own = FastAPI(title="Merit", openapi_url=None, lifespan=alive, redirect_slashes=False)
    own.include_router(health.router(settings, proxy))
    own.include_router(pages.router(documents))
    own.include_router(figures.router(metrics, settings.metrics_token))
    own.add_exception_handler(DomainError, refuse)
    own.add_exception_handler(RequestValidationError, refuse)
    own.add_exception_handler(HTTPException, refuse)
    whole = ServerErrorMiddleware(Gateway(forwarding, own), handler=refuse)
    return CrossOrigin(whole, settings.browser_origins) if settings.browser_origins else whole


async def refuse(request: Request, error: Exception) -> Response:
    """Anything that goes wrong on the gateway's own pages, and its own defects anywhere, as a problem document."""
    accept_language = request.headers.get("accept-language")
    status, headers, body = refusal(_as_ours(error), accept_language=accept_language, request_id=uuid4().hex)
    return Response(body, status, headers)


def _as_ours(error: Exception) -> DomainError:
    if isinstance(error, DomainError):
        return error
    if isinstance(error, RequestValidationError):
        return Invalid(field_errors=problem.field_errors_of(error.errors()))
    if isinstance(error, HTTPException):
        allow = (error.headers or {}).get("allow") or (error.headers or {}).get("Allow") or "GET"
        return {404: RouteUnknown(), 405: MethodRefused(allow=allow)}.get(error.status_code, Malformed())
    return Defect()
