"""More requests than a service can answer are refused early, and what nobody waits for is dropped (PLT-01, PLT-08)."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from sqlalchemy import text
from starlette.types import ASGIApp, Message

from services.kit.database.sessions import Database
from services.kit.web.application import Read, Write, create_app
from services.kit.web.load import WAIT_SECONDS, Bounded
from tests.clients import app_context_of
from tests.identities import Issuer, SetClock

pytestmark = pytest.mark.req("PLT-01", "PLT-08")

SLEEP = "SELECT pg_sleep(20) /* {} */"


def sleeping() -> APIRouter:
    """A read and a write that take their time in the database."""
    routes = APIRouter(prefix="/v1/kit")

    @routes.get("/long_reads")
    async def long_read(session: Read) -> str:
        await session.execute(text(SLEEP.format("read")))
        return "read"

    @routes.post("/long_writes")
    async def long_write(session: Write) -> str:
        await session.execute(
            text(
                "INSERT INTO thing (id, name, amount, state, revision) SELECT "
                "gen_random_uuid(), 'kept', 1, 'draft', 1 FROM pg_sleep(1)"
            )
        )
        return "written"

    return routes


@pytest.fixture
def busy(kit_committed: Database, issuer: Issuer, clock: SetClock) -> FastAPI:
    """A service that works on two requests at once."""
    context = replace(app_context_of("org", kit_committed, issuer, clock), at_once=2)
    return create_app(title="kit", context=context, routers=[sleeping()])


class Caller:
    """One caller of an ASGI application, who may hang up."""

    def __init__(self, app: ASGIApp, method: str, path: str, *, address: str = "127.0.0.1") -> None:
        self.answers: list[Message] = []
        self._hung_up = asyncio.Event()
        self._asked = False
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "http",
            "query_string": b"",
            "headers": [(b"accept-language", b"en")],
            "client": (address, 1),
            "server": ("127.0.0.1", 2),
            "state": {"request_id": "of this call"},
        }
        self.call = asyncio.ensure_future(app(scope, self._receive, self._send))

    def hang_up(self) -> None:
        self._hung_up.set()

    async def _receive(self) -> Message:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._hung_up.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        self.answers.append(message)


async def running(database: Database) -> int:
    """Statements of the long read that the server works on."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep(20) /* read%'"
    async with database.engine.connect() as connection:
        return int(await connection.scalar(text(query)) or 0)


async def until_running(database: Database, number: int) -> None:
    async with asyncio.timeout(10):
        while True:
            if await running(database) == number:
                return
            await asyncio.sleep(0.02)


async def test_a_read_whose_caller_hangs_up_is_dropped_with_its_statement(
    busy: FastAPI, kit_committed: Database
) -> None:
    caller = Caller(busy, "GET", "/v1/kit/long_reads")
    await until_running(kit_committed, 1)
    caller.hang_up()
    async with asyncio.timeout(5):
        await caller.call
    assert caller.answers == []
    await until_running(kit_committed, 0)


async def test_a_write_whose_caller_hangs_up_is_seen_through(busy: FastAPI, kit_committed: Database) -> None:
    caller = Caller(busy, "POST", "/v1/kit/long_writes")
    await asyncio.sleep(0.3)
    caller.hang_up()
    await caller.call
    async with kit_committed.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM thing WHERE name = 'kept'")) == 1


async def test_a_crowd_is_refused_within_half_a_second_and_told_when_to_come_again(
    busy: FastAPI, kit_committed: Database
) -> None:
    working = [Caller(busy, "GET", "/v1/kit/long_reads") for _ in range(2)]
    await until_running(kit_committed, 2)
    async with asyncio.timeout(0.5):
        refused = Caller(busy, "GET", "/v1/kit/long_reads")
        await refused.call
    head, body = refused.answers
    headers = dict(head["headers"])
    assert head["status"] == 503
    assert headers[b"content-type"] == b"application/problem+json"
    assert headers[b"retry-after"] == b"1"
    assert b'"busy"' in body["body"]
    health = Caller(busy, "GET", "/health/live")
    await health.call
    assert health.answers[0]["status"] == 200
    for caller in working:
        caller.hang_up()
        await caller.call
    assert await running(kit_committed) == 0


async def test_whoever_leaves_the_line_frees_it(busy: FastAPI, kit_committed: Database) -> None:
    working = [Caller(busy, "GET", "/v1/kit/long_reads") for _ in range(2)]
    await until_running(kit_committed, 2)
    waiting = Caller(busy, "GET", "/v1/kit/long_reads")
    await asyncio.sleep(0.05)
    waiting.hang_up()
    await waiting.call
    assert waiting.answers == []
    working[0].hang_up()
    await working[0].call
    next_one = Caller(busy, "GET", "/v1/kit/long_reads")
    await until_running(kit_committed, 2)
    for caller in (working[1], next_one):
        caller.hang_up()
        await caller.call


async def test_a_slow_answer_to_a_patient_caller_is_not_cut_off() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"whole", "more_body": False})
        await asyncio.sleep(0.05)  # what is tidied up after the answer
        done.append(True)

    done: list[bool] = []
    caller = Caller(Bounded(app, at_once=1), "GET", "/v1/kit/things")
    await asyncio.sleep(0.01)
    caller.hang_up()
    await caller.call
    assert [message["type"] for message in caller.answers] == ["http.response.start", "http.response.body"]
    assert done == [True]


async def test_what_is_no_request_is_passed_on_and_what_fails_by_its_own_patience_fails() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["type"])
        if scope["type"] == "http":
            raise TimeoutError

    seen: list[str] = []
    bounded = Bounded(app, at_once=1)
    nothing: Any = None
    await bounded({"type": "lifespan"}, nothing, nothing)
    with pytest.raises(TimeoutError):
        await Caller(bounded, "GET", "/v1/kit/things").call
    assert seen == ["lifespan", "http"]


async def test_requests_that_take_turns_among_themselves_hold_up_nobody_and_wait_longer() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await free.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    free = asyncio.Event()
    bounded = Bounded(app, at_once=1, patient={"/v1/kit/turns": 30.0})
    callers = [Caller(bounded, "POST", path) for path in ("/v1/kit/turns", "/v1/kit/turns", "/v1/kit/things")]
    await asyncio.sleep(WAIT_SECONDS * 1.5)
    assert [each.answers for each in callers] == [[], [], []]
    free.set()
    await asyncio.gather(*(each.call for each in callers))
    assert [each.answers[0]["status"] for each in callers] == [200, 200, 200]


async def test_whoever_waits_longer_than_is_patient_is_refused_and_others_get_their_place_at_once() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await free.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    free = asyncio.Event()
    bounded = Bounded(app, at_once=1, patient={"/v1/kit/turns": 0.05})
    first = Caller(bounded, "POST", "/v1/kit/turns")
    second = Caller(bounded, "POST", "/v1/kit/turns")
    other = Caller(bounded, "POST", "/v1/kit/turns", address="192.0.2.7")
    await second.call
    free.set()
    await asyncio.gather(first.call, other.call)
    assert [each.answers[0]["status"] for each in (first, second, other)] == [200, 503, 200]
