"""Asking a neighbour: quick to give up, careful in repeating, never content with half an answer."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from services.kit import json_lines
from services.kit.access import clients
from services.kit.access.clients import NeighbourAway, Refused, ServiceClient, ServiceTokens, http_client
from services.kit.errors import Unavailable
from services.kit.json_lines import StreamBroken

pytestmark = pytest.mark.req("PLT-03", "PLT-05")

Answer = Callable[[httpx2.Request], httpx2.Response | Awaitable[httpx2.Response]]


class Neighbour:
    """A service that gives prepared answers and counts requests."""

    def __init__(self, answer: Answer, *, lifetime: int = 300) -> None:
        self.requests: list[httpx2.Request] = []
        self.tokens = 0
        self.lifetime = lifetime
        self.answer = answer
        self.http = http_client(httpx2.MockTransport(self._handle))

    async def _handle(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/v1/org/service_tokens":
            assert json.loads(request.content) == {"client_id": "me", "client_secret": "mine"}
            self.tokens += 1
            return httpx2.Response(200, json={"access_token": f"t{self.tokens}", "expires_in": self.lifetime})
        self.requests.append(request)
        answer = self.answer(request)
        return answer if isinstance(answer, httpx2.Response) else await answer

    @property
    def source(self) -> ServiceTokens:
        return ServiceTokens(self.http, "http://org.test/", client_id="me", client_secret="mine")

    def client(self, tokens: ServiceTokens | None = None) -> ServiceClient:
        return ServiceClient("org", "http://org.test", http=self.http, tokens=tokens or self.source)


@pytest.fixture(autouse=True)
def without_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries follow at once."""
    monkeypatch.setattr(clients, "RETRY_WAITS", (0.0, 0.0))
    monkeypatch.setattr(clients, "RETRY_JITTER_SECONDS", 0.0)


def answers(*statuses: int, **more: Any) -> Answer:
    waiting = iter(statuses)
    return lambda _: httpx2.Response(next(waiting, 200), json={"ok": True}, **more)


async def test_a_read_is_repeated_twice_and_then_given_up() -> None:
    neighbour = Neighbour(answers(503, 502))
    assert await neighbour.client().get("/x", {"as_of": "2026-01-01"}) == {"ok": True}
    assert [str(request.url) for request in neighbour.requests] == ["http://org.test/x?as_of=2026-01-01"] * 3
    neighbour = Neighbour(answers(503, 503, 503, headers={"retry-after": "7"}))
    with pytest.raises(NeighbourAway) as away:
        await neighbour.client().get("/x")
    assert len(neighbour.requests) == 3
    assert away.value.retry_after == 7
    assert isinstance(away.value, Unavailable)


async def test_a_write_is_repeated_only_with_an_idempotency_key() -> None:
    neighbour = Neighbour(answers(503))
    with pytest.raises(NeighbourAway):
        await neighbour.client().post("/x", {})
    assert len(neighbour.requests) == 1
    neighbour = Neighbour(answers(503))
    assert await neighbour.client().post("/x", {"a": "1"}, idempotency_key="k") == {"ok": True}
    assert [request.headers["idempotency-key"] for request in neighbour.requests] == ["k", "k"]


async def test_a_refusal_is_not_repeated_and_can_be_judged_by_the_asker() -> None:
    neighbour = Neighbour(lambda _: httpx2.Response(404, json={"code": "no_cycle", "title": "没有这个周期"}))
    with pytest.raises(Refused) as refused:
        await neighbour.client().get("/x")
    assert (refused.value.status, refused.value.problem["code"]) == (404, "no_cycle")
    assert "没有这个周期" in refused.value.text("zh")
    assert len(neighbour.requests) == 1


async def test_a_neighbour_that_is_silent_is_given_up_within_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "TOTAL_SECONDS", 0.2)

    async def silence(_: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(30)
        raise AssertionError

    started = time.monotonic()
    with pytest.raises(NeighbourAway, match="timeout"):
        await Neighbour(silence).client().get("/x")
    assert time.monotonic() - started < 2


async def test_a_port_where_nobody_listens_and_an_answer_that_is_not_json_are_both_away() -> None:
    neighbour = Neighbour(lambda _: httpx2.Response(200, text="<html>"))
    with pytest.raises(NeighbourAway, match="JSON"):
        await neighbour.client().get("/x")
    async with http_client() as http:
        nobody = ServiceClient("org", "http://127.0.0.1:1", http=http, tokens=neighbour.source)
        with pytest.raises(NeighbourAway, match="ConnectError"):
            await nobody.get("/x")


async def test_one_token_serves_until_shortly_before_it_expires() -> None:
    neighbour = Neighbour(answers())
    client = neighbour.client()
    await asyncio.gather(*(client.get("/x") for _ in range(5)))
    assert neighbour.tokens == 1
    assert {request.headers["authorization"] for request in neighbour.requests} == {"Bearer t1"}
    neighbour = Neighbour(answers(), lifetime=20)
    client = neighbour.client()
    await client.get("/x")
    await client.get("/x")
    assert neighbour.tokens == 2


async def test_a_token_that_is_refused_is_renewed_once() -> None:
    neighbour = Neighbour(
        lambda request: httpx2.Response(401 if request.headers["authorization"] == "Bearer t1" else 200)
    )
    client = neighbour.client()
    assert await asyncio.gather(*(client.get("/x") for _ in range(3))) == [None, None, None]
    assert neighbour.tokens == 2
    always = Neighbour(lambda _: httpx2.Response(401, json={}))
    with pytest.raises(Refused):
        await always.client().get("/x")
    assert len(always.requests) == 2


async def test_wrong_credentials_make_the_neighbour_away_not_the_caller_wrong() -> None:
    http = http_client(httpx2.MockTransport(lambda _: httpx2.Response(401)))
    tokens = ServiceTokens(http, "http://org.test", client_id="me", client_secret="wrong")
    with pytest.raises(NeighbourAway):
        await tokens.token()


async def test_the_trace_is_passed_on() -> None:
    neighbour = Neighbour(answers())
    with TracerProvider().get_tracer("test").start_as_current_span("asking") as span:
        await neighbour.client().get("/x")
    trace_id = trace.format_trace_id(span.get_span_context().trace_id)
    assert neighbour.requests[0].headers["traceparent"].split("-")[1] == trace_id


async def of(*items: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    for item in items:
        yield item


async def whole(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def pieces(data: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def read(data: bytes) -> list[dict[str, Any]]:
    return [item async for item in json_lines.read(pieces(data))]


ITEMS = [{"kind": "unit", "name": "市场部", "n": str(n)} for n in range(3)]


async def test_a_stream_ends_with_the_number_and_hash_of_its_lines() -> None:
    data = await whole(json_lines.written(of(*ITEMS)))
    *lines, end = data.splitlines(keepends=True)
    assert json.loads(end) == {"kind": "end", "lines": 3, "hash": hashlib.sha256(b"".join(lines)).hexdigest()}
    assert await read(data) == ITEMS
    assert await read(await whole(json_lines.written(of()))) == []


@given(cut=st.integers(0, 10**6), size=st.integers(1, 300))
async def test_no_part_of_a_stream_is_taken_for_the_whole(cut: int, size: int) -> None:
    data = await whole(json_lines.written(of(*ITEMS)))
    broken = data[: cut % len(data)]
    with pytest.raises(StreamBroken):
        _ = [item async for item in json_lines.read(pieces(broken, size))]
    copied = bytearray()
    with pytest.raises(StreamBroken):
        await json_lines.copied(pieces(broken, size), copied.extend)


@given(size=st.integers(1, 300), number=st.integers(0, 20))
async def test_copied_bytes_are_the_lines_and_the_proof_is_the_end_line(size: int, number: int) -> None:
    data = await whole(json_lines.written(of(*(ITEMS * 7)[:number])))
    copied = bytearray()
    proof = await json_lines.copied(pieces(data, size), copied.extend)
    end = data.splitlines(keepends=True)[-1]
    assert bytes(copied) + end == data
    assert {"kind": "end", "lines": proof.lines, "hash": proof.hash} == json.loads(end)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.replace(b'"1"', b'"9"'),
        lambda d: d + d,
        lambda d: d + d.splitlines(keepends=True)[0],
        lambda d: d + b"x",
        lambda d: d.replace(b'"end"', b'"fin"'),
        lambda d: b"[1]\n" + d,
        lambda d: b"x\n" + d,
    ],
)
async def test_a_stream_changed_on_the_way_is_noticed(change: Callable[[bytes], bytes]) -> None:
    changed = change(await whole(json_lines.written(of(*ITEMS))))
    with pytest.raises(StreamBroken):
        await read(changed)
    with pytest.raises(StreamBroken):
        await json_lines.copied(pieces(changed), bytearray().extend)


async def test_an_endless_line_is_cut_off() -> None:
    with pytest.raises(StreamBroken, match="too long"):
        _ = [item async for item in json_lines.read(pieces(b"x" * (json_lines.MAX_LINE + 10), 1 << 20))]
    with pytest.raises(StreamBroken, match="too long"):
        await json_lines.copied(pieces(b"x" * (json_lines.MAX_LINE + 10), 1 << 20), bytearray().extend)


async def test_a_compressed_stream_is_read_with_a_renewed_token() -> None:
    data = await whole(json_lines.gzipped(json_lines.written(of(*ITEMS))))

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.headers["authorization"] == "Bearer t1":
            return httpx2.Response(401)
        return httpx2.Response(200, headers={"content-encoding": "gzip"}, content=pieces(data))

    assert [item async for item in Neighbour(answer).client().lines("/lines")] == ITEMS


async def test_a_stream_that_takes_too_long_and_a_token_that_org_does_not_give_mean_that_a_neighbour_is_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(clients, "STREAM_SECONDS", -1.0)
    data = await whole(json_lines.written(of(*ITEMS)))
    with pytest.raises(NeighbourAway):
        _ = [item async for item in Neighbour(lambda _: httpx2.Response(200, content=data)).client().lines("/lines")]
    transport = httpx2.MockTransport(lambda _: httpx2.Response(401, json={}))
    async with httpx2.AsyncClient(transport=transport) as http:
        with pytest.raises(NeighbourAway):
            await ServiceTokens(http, "http://org.test/", client_id="me", client_secret="another").token()


@pytest.mark.parametrize(("status", "error"), [(503, NeighbourAway), (422, Refused), (429, NeighbourAway)])
async def test_a_stream_that_is_refused_says_why(status: int, error: type[Exception]) -> None:
    neighbour = Neighbour(lambda _: httpx2.Response(status, json={"title": "no"}))
    with pytest.raises(error):
        _ = [item async for item in neighbour.client().lines("/lines")]
    assert len(neighbour.requests) == 1
