"""What is kept of each call: a line in the log and two figures (PLT-04, design §8).

Only the route's template is noted, never the path with its ids, nor address, token, query or body: whoever rates a
colleague anonymously must not be found again by joining a log with the clock (APR-10).
"""

import time
from functools import lru_cache
from typing import Any

import structlog
from prometheus_client import Counter, Histogram

from gateway.routes import Route

_LABELS = ("service", "route", "method", "status")
_CALLS = Counter("merit_gateway_requests", "Requests answered", _LABELS)
_SECONDS = Histogram(
    "merit_gateway_request_seconds",
    "Seconds from the head of a request to the end of its answer",
    ("service",),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
_log = structlog.get_logger("gateway")


class Call:
    """One request as it is noted."""

    __slots__ = ("_started", "broken", "method", "request_id", "route", "status")

    def __init__(self, method: str) -> None:
        self._started = time.perf_counter()
        self.method = method
        self.request_id: str | None = None
        self.route: Route | None = None
        self.status = 0
        self.broken: str | None = None

    def note(self) -> None:
        """Count and log it."""
        seconds = time.perf_counter() - self._started
        service, template = self.route or ("", "")
        _calls(service, template, self.method, self.status).inc()
        _seconds(service).observe(seconds)


@lru_cache(maxsize=4096)
def _calls(*labels: str | int) -> Counter:
    return _CALLS.labels(*labels)


@lru_cache(maxsize=8)
def _seconds(service: str) -> Any:
    return _SECONDS.labels(service)
