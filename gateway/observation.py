"""What is kept of each call: two figures, a span where traces are exported, and a line in the log for what only the
gateway knows (PLT-04, design §8).

Every forwarded request is logged by the service that answers it, under the request id that the gateway gave it; saying
it again here would cost a third of the throughput. So the gateway logs its own refusals and what broke. Only the
template of the route is noted, never the path with its ids, nor address, token, query or body: whoever rates a
colleague anonymously must not be found again by joining a log with the clock (APR-10). So of routes that leave no
figure nothing is kept but failures, and the services are asked not to trace them.
"""

from time import perf_counter

import structlog
from multidict import CIMultiDict
from opentelemetry import propagate, trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer

from gateway.routes import Route
from services.kit.observation.telemetry import Metrics

_UNKNOWN = "(none)"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
_FAILED = 500
_OF_CROWDS = frozenset({429, 503})
_LOGGED_EACH_SECONDS = 1.0
_NOT_SAMPLED = "00"

_log = structlog.get_logger("gateway.calls")


class Call:
    """One request as it is noted. ``refused`` is the code of a refusal of the gateway's own, ``broken`` what broke."""

    __slots__ = ("_started", "broken", "method", "refused", "request_id", "route", "span", "status")

    def __init__(self, method: str) -> None:
        self._started = perf_counter()
        self.method = method if method in _METHODS else "other"
        self.request_id: str | None = None
        self.route: Route | None = None
        self.status = 0
        self.refused: str | None = None
        self.broken: str | None = None
        self.span: Span | None = None

    @property
    def template(self) -> str:
        """The route as documented; one word for all unknown ones, whose paths anybody can make up."""
        return self.route.template if self.route else _UNKNOWN

    @property
    def leaves_no_figure(self) -> bool:
        """Whether its use must not be seen as it happens."""
        return self.route is not None and self.route.leaves_no_figure

    @property
    def seconds(self) -> float:
        """Since the head of the request was read."""
        return perf_counter() - self._started


class Observer:
    """Counts, traces and logs calls. ``tracer`` is None where spans are exported nowhere."""

    def __init__(self, metrics: Metrics, tracer: Tracer | None) -> None:
        self._metrics = metrics
        self._tracer = tracer
        self._logged: dict[str, tuple[float, int]] = {}  # by code: when it was last logged, how often it came since

    def begin(self, call: Call, headers: CIMultiDict[str]) -> None:
        """Open the span of a call whose route is known and put it into the headers for the service."""
        if call.leaves_no_figure:
            headers["traceparent"] = f"{headers['traceparent'][:-2]}{_NOT_SAMPLED}"
            return
        if self._tracer is None:
            return
        call.span = self._tracer.start_span(
            f"{call.method} {call.template}",
            context=propagate.extract(headers),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": call.method, "http.route": call.template},
        )
        propagate.inject(headers, context=trace.set_span_in_context(call.span))

    def end(self, call: Call) -> None:
        """Note how it went."""
        if call.leaves_no_figure and call.status < _FAILED:
            return
        self._metrics.count(call.method, call.template, call.status, call.seconds)
        code = call.refused or call.broken
        times = self._times(call.status, code) if code else 0
        if times:
            _log.info(
                "broken" if call.broken else "refused",
                request_id=call.request_id,
                method=call.method,
                route=call.template,
                status=call.status,
                code=code,
                ms=round(call.seconds * 1000, 1),
                **({"times": times} if times > 1 else {}),
            )
        if call.span is not None:
            call.span.set_attribute("http.response.status_code", call.status)
            if call.broken or call.status >= _FAILED:
                call.span.set_status(Status(StatusCode.ERROR))
            call.span.end()

    def _times(self, status: int, code: str) -> int:
        """How many calls the line about this one speaks for; 0 for no line.

        A crowd is refused hundreds of times a second, and to tell of each would cost what it is refused for. So of the
        same refusal one line a second says how often it came since the last; the figures count all.
        """
        if status not in _OF_CROWDS:
            return 1
        now = perf_counter()
        logged_at, since = self._logged.get(code, (-_LOGGED_EACH_SECONDS, 0))
        if now - logged_at < _LOGGED_EACH_SECONDS:
            self._logged[code] = (logged_at, since + 1)
            return 0
        self._logged[code] = (now, 0)
        return since + 1
