"""What the gateway keeps of a call: one trace through everything, no word about people (PLT-04)."""

import pytest
from multidict import CIMultiDict
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, format_span_id, format_trace_id
from structlog.testing import capture_logs

from gateway import observation
from gateway.observation import Call, Observer
from gateway.routes import Route
from services.kit.observation.telemetry import Metrics

pytestmark = pytest.mark.req("PLT-04")


@pytest.fixture
def spans() -> InMemorySpanExporter:
    """Where the spans of a test end."""
    return InMemorySpanExporter()


@pytest.fixture
def observer(spans: InMemorySpanExporter) -> Observer:
    """An observer whose spans are exported."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    return Observer(Metrics("gateway"), provider.get_tracer("gateway"))


def called(observer: Observer, headers: CIMultiDict[str], *, status: int = 200) -> None:
    """One observed call."""
    call = Call("GET")
    call.route = Route("org", "/v1/org/units/{id}")
    observer.begin(call, headers)
    call.status = status
    observer.end(call)


def test_the_span_continues_the_clients_trace_and_the_service_continues_the_span(
    observer: Observer, spans: InMemorySpanExporter
) -> None:
    headers = CIMultiDict({"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
    called(observer, headers)
    (span,) = spans.get_finished_spans()
    context = span.get_span_context()
    assert context
    assert format_trace_id(context.trace_id) == "0af7651916cd43dd8448eb211c80319c"
    assert span.parent
    assert format_span_id(span.parent.span_id) == "b7ad6b7169203331"
    assert headers.getall("traceparent") == [
        f"00-0af7651916cd43dd8448eb211c80319c-{format_span_id(context.span_id)}-01",
    ]


def test_a_span_names_the_template_and_nothing_of_the_request(observer: Observer, spans: InMemorySpanExporter) -> None:
    called(observer, CIMultiDict({"authorization": "Bearer canary"}))
    (span,) = spans.get_finished_spans()
    assert (span.name, span.kind) == ("GET /v1/org/units/{id}", SpanKind.SERVER)
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.route": "/v1/org/units/{id}",
        "http.response.status_code": 200,
    }


def test_a_failed_call_is_a_failed_span(observer: Observer, spans: InMemorySpanExporter) -> None:
    called(observer, CIMultiDict(), status=503)
    (span,) = spans.get_finished_spans()
    assert not span.status.is_ok


def test_of_a_crowd_one_line_a_second_says_how_many_were_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr(observation, "perf_counter", lambda: clock[0])
    observer = Observer(Metrics("gateway"), None)
    with capture_logs() as lines:
        for passed in (0.0, 0.1, 0.2, 1.0, 0.1):
            clock[0] += passed
            refused(observer, 503, "service_busy")
        refused(observer, 503, "service_down")
        refused(observer, 404, "route_unknown")
        refused(observer, 404, "route_unknown")
    assert [(line["code"], line.get("times")) for line in lines] == [
        ("service_busy", None),
        ("service_busy", 3),
        ("service_down", None),
        ("route_unknown", None),
        ("route_unknown", None),
    ]


def refused(observer: Observer, status: int, code: str) -> None:
    """One call that the gateway refused."""
    call = Call("GET")
    call.status, call.refused = status, code
    observer.end(call)
