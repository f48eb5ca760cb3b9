"""Traces and metrics: one request through several services is one trace; counts and latencies by route template.

FastAPI itself writes the server spans once a tracer provider stands; ``kit.access.clients`` passes the trace on.
"""

import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import perf_counter
from typing import Final

import structlog
from fastapi import APIRouter, Response
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SpanExporter
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger("access")

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_UNKNOWN_ROUTE: Final = "(none)"
_QUIET_ROUTES: Final = frozenset({"/health/live", "/health/ready", "/metrics"})
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CLIENT_GONE = 499  # nginx's number for a request whose caller left before the answer began
_DEFECT = 500
# Attributes of server spans that can hold what somebody searched for or who they are.
_TELLING: Final = ("url.query", "url.path", "user_agent.original", "client.address")


class Discreet(SpanProcessor):
    """Takes paths and queries out of server spans: the route template says enough."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Blank what tells too much; attributes cannot be removed, and not changed once the span has ended."""
        given = span.attributes or {}
        span.set_attributes({name: "" for name in _TELLING if name in given})

    def on_end(self, span: ReadableSpan) -> None:
        """Nothing is left to do."""


def trace_requests(service: str, *, exporters: Sequence[SpanExporter] = ()) -> TracerProvider:
    """Give this process a tracer provider; also without an exporter its trace ids join the logs of one request.

    ``OTEL_TRACES_EXPORTER=console`` writes spans to standard output. For a collector install the OTLP exporter and set
    ``FASTAPI_OTEL_AUTO_CONFIGURE=true`` and ``OTEL_EXPORTER_OTLP_ENDPOINT``: FastAPI then adds it to this provider.
    """
    provider = TracerProvider(resource=Resource.create({"service.name": service, "service.namespace": "merit"}))
    provider.add_span_processor(Discreet())
    for exporter in exporters:
        provider.add_span_processor(BatchSpanProcessor(exporter))
    if os.environ.get("OTEL_TRACES_EXPORTER") == "console":
        provider.add_span_processor(BatchSpanProcessor(ConsoleSpanExporter()))
    trace.set_tracer_provider(provider)
    propagate.set_global_textmap(TraceContextTextMapPropagator())  # no baggage: it would carry what clients put in
    return provider


JobCounts = Callable[[], Awaitable[Mapping[str, int]]]


class Metrics:
    """The counters of one process."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        labels = ("service", "method", "route", "status")
        self._requests = Counter("merit_http_requests", "HTTP requests answered", labels, registry=self.registry)
        self._seconds = Histogram(
            "merit_http_request_seconds",
            "Time to the end of the answer",
            labels[:3],
            registry=self.registry,
            buckets=_BUCKETS,
        )
        self._jobs = Gauge(
            "merit_jobs", "Jobs waiting, running, failed for good", labels[:1] + labels[3:], registry=self.registry
        )
        self._service = service
        self._known: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request. ``route`` is the template, so that no id becomes a label."""
        series = self._known.get((method, route, status))
        if series is None:  # kept, since finding a child by its labels costs more than counting
            series = self._known[method, route, status] = (
                self._requests.labels(self._service, method, route, str(status)),
                self._seconds.labels(self._service, method, route),
            )
        requests, duration = series
        requests.inc()
        duration.observe(seconds)

    def router(self, job_counts: JobCounts | None = None) -> APIRouter:
        """``GET /metrics`` for Prometheus; the gateway does not pass it on. Jobs are counted when it is asked for."""
        routes = APIRouter(include_in_schema=False)

        @routes.get("/metrics")
        async def metrics() -> Response:
            for status, number in (await job_counts() if job_counts else {}).items():
                self._jobs.labels(self._service, status).set(number)
            return Response(generate_latest(self.registry), media_type=CONTENT_TYPE_LATEST)

        return routes


class Observed:
    """ASGI middleware: one log line and one count a request. Stands inside what gives the request its id.

    The line names no caller and no path with ids: whoever reads logs must not learn who rated whom when (APR-10). Of a
    route that leaves no figure only failures are noted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, observed."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        status = _CLIENT_GONE

        async def send_observed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=scope.get("state", {}).get("request_id")):
            try:
                await self.app(scope, receive, send_observed)
            except Exception:
                status = _DEFECT
                raise
            finally:
                self._note(scope, status, perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        route = scope.get("route")
        if getattr(getattr(route, "endpoint", None), "leaves_no_figure", False) and status < _CLIENT_GONE:
            return
        method = scope["method"] if scope["method"] in _METHODS else "other"
        path = getattr(route, "path", _UNKNOWN_ROUTE)
        self._metrics.count(method, path, status, seconds)
        if path not in _QUIET_ROUTES:
            log.info("request", method=method, route=path, status=status, ms=round(seconds * 1000, 1))
