"""Logs, traces, metrics and health: enough to look after the services, nothing of what people are and earn (PLT-04)."""

import asyncio
import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import structlog
from opentelemetry import trace
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.kit.errors import Invalid, Unavailable
from services.kit.identity import Role
from services.kit.jobs.queue import defer
from services.kit.observation import logs
from services.kit.observation.telemetry import trace_requests
from services.kit.web.health import NotReady, health_router
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import Issuer, person

pytestmark = pytest.mark.req("PLT-04")

CANARY = "98765.43"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the process logs."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    target = io.StringIO()
    monkeypatch.setattr(sys, "stdout", target)
    logs.set_up("kit")
    yield target
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


def logged(target: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in target.getvalue().splitlines()]


@pytest.fixture(scope="session")
def spans() -> InMemorySpanExporter:
    """The spans of this process; a process has one tracer provider for good."""
    exporter = InMemorySpanExporter()
    trace_requests("kit").add_span_processor(SimpleSpanProcessor(exporter))
    return exporter


async def test_a_request_is_one_line_with_its_route_and_without_ids_and_names(lines: io.StringIO, kit: Clients) -> None:
    caller = person(Role.HR, name="张三")
    answer = await kit(caller).post("/v1/kit/things", json={"name": "红木桌", "amount": CANARY})
    await kit(caller).get(f"/v1/kit/things/{answer.json()['id']}?secret=1", headers={"x-request-id": "r-7"})
    post, get = [line for line in logged(lines) if line["logger"] == "access"]
    assert {key: post[key] for key in ("event", "service", "method", "route", "status")} == {
        "event": "request", "service": "kit", "method": "POST", "route": "/v1/kit/things", "status": 201,
    }  # fmt: skip
    assert (get["route"], get["request_id"]) == ("/v1/kit/things/{thing_id}", "r-7")
    everything = lines.getvalue()
    for telling in (CANARY, "张三", "红木桌", str(caller.account_id), answer.json()["id"], "secret=1"):
        assert telling not in everything


async def test_a_defect_is_logged_with_its_place_and_without_its_words(
    lines: io.StringIO, kit: Clients, issuer: Issuer
) -> None:
    transport = httpx2.ASGITransport(app=kit.app, raise_app_exceptions=False)
    headers = {"authorization": f"Bearer {issuer.token(person(Role.HR))}"}
    async with httpx2.AsyncClient(transport=transport, base_url="http://merit.test", headers=headers) as client:
        await client.get("/v1/kit/defect")
    [defect] = [line for line in logged(lines) if "exception" in line]
    assert defect["exception"]["kind"] == "builtins.RuntimeError"
    assert any("little_service.py" in place for place in defect["exception"]["at"])
    assert "54321.99" not in lines.getvalue()
    [access] = [line for line in logged(lines) if line["logger"] == "access"]
    assert access["status"] == 500


def test_words_of_an_error_are_logged_only_if_they_quote_nothing(lines: io.StringIO) -> None:
    log = structlog.get_logger("test")
    try:
        try:
            raise ValueError(CANARY)
        except ValueError as fault:
            raise Unavailable from fault
    except Unavailable:
        log.exception("away")
    log.warning("refused", exc_info=Invalid(field_errors=[]))
    logging.getLogger("library").error("failed", exc_info=KeyError(CANARY))
    away, refused, library = logged(lines)
    assert away["exception"]["text"].startswith("The service is not available")
    assert away["exception"]["cause"]["kind"] == "builtins.ValueError"
    assert refused["exception"]["code"] == "invalid"
    assert "text" not in refused["exception"]
    assert library["exception"]["kind"] == "builtins.KeyError"
    assert CANARY not in lines.getvalue()


def test_libraries_that_tell_too_much_are_quiet(lines: io.StringIO) -> None:
    for name in ("httpx2", "procrastinate.worker", "sqlalchemy.engine", "uvicorn.access"):
        logging.getLogger(name).info("GET https://org/v1/employees?name=%s", CANARY)
    assert lines.getvalue() == ""


async def test_a_span_carries_the_route_template_and_joins_the_callers_trace(
    kit: Clients, spans: InMemorySpanExporter, lines: io.StringIO
) -> None:
    spans.clear()
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await kit(Role.HR).get(f"/v1/kit/things?filter={CANARY}", headers={"traceparent": parent})
    [span] = spans.get_finished_spans()
    attributes = dict(span.attributes or {})
    assert span.name == "GET /v1/kit/things"
    assert trace.format_trace_id(span.context.trace_id if span.context else 0) == parent.split("-")[1]
    assert attributes["http.route"] == "/v1/kit/things"
    assert CANARY not in str(attributes)
    [line] = [line for line in logged(lines) if line["logger"] == "access"]
    assert line["trace_id"] == parent.split("-")[1]


async def test_metrics_count_by_route_template(kit: Clients) -> None:
    client = kit(Role.HR)
    for _ in range(3):
        await client.get("/v1/kit/things/7")
    await client.get("/v1/unknown/98765")
    metrics = (await kit.stranger().get("/metrics")).text
    counted = 'merit_http_requests_total{method="GET",route="/v1/kit/things/{thing_id}",service="org",status="422"} 3.0'
    assert counted in metrics
    assert "98765" not in metrics
    assert "merit_http_request_seconds_bucket" in metrics


async def test_metrics_tell_of_jobs_that_wait_and_that_failed(kit: Clients, kit_sessions: RolledBack) -> None:
    async with kit_sessions.write() as session:
        await defer(session, "anything")
    metrics = (await kit.stranger().get("/metrics")).text
    assert 'merit_jobs{service="org",status="todo"} 1.0' in metrics
    assert 'merit_jobs{service="org",status="failed"} 0.0' in metrics


@pytest.mark.req("PLT-01")
async def test_a_service_is_ready_when_its_database_answers(kit: Clients) -> None:
    client = kit.stranger()
    assert (await client.get("/health/live")).json() == {"status": "live", "checks": []}
    assert (await client.get("/health/ready")).json() == {"status": "ready", "checks": ["database"]}


@pytest.mark.req("PLT-01")
async def test_what_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.kit.web.health.CHECK_SECONDS", 0.05)

    async def fine() -> None:
        """Answers."""

    async def broken() -> None:
        raise OSError(CANARY)

    async def silent() -> None:
        await asyncio.sleep(10)

    ready = health_router({"a": fine, "b": broken, "c": silent}).routes[1].endpoint  # type: ignore[attr-defined]  # an APIRoute
    with pytest.raises(NotReady) as refused:
        await ready()
    assert [(fault.pointer, fault.found) for fault in refused.value.field_errors] == [
        ("/checks/b", "OSError"), ("/checks/c", "TimeoutError")]  # fmt: skip
    assert "b、c" in refused.value.text("zh")
