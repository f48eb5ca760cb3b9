"""What a service does with more requests than it can answer, and with those whose caller has gone (PLT-01, PLT-08)."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit import problem
from services.kit.errors import Unavailable
from services.kit.senders import sender_of
from services.kit.web.places import FairPlaces

REQUESTS_AT_ONCE: Final = 64
"""How many requests one process works on together, unless its settings say otherwise."""
WAIT_SECONDS: Final = 0.4
"""For how long a request waits for its turn before it is refused."""
_READING: Final = frozenset({"GET", "HEAD"})
_UNCOUNTED: Final = frozenset({"/health/live", "/health/ready", "/metrics"})
_RETRY_SECONDS: Final = 1
_NOTHING: Final[Mapping[str, float]] = MappingProxyType({})


class Busy(Unavailable):
    """The process already handles as many requests as it can answer in time; this one was not begun."""

    code = "busy"
    zh = "服务繁忙，本次请求未执行，请稍后重试。"
    en = "The service is busy; the request was not carried out. Try again shortly."


class Bounded:
    """ASGI middleware: so many requests at once, the others wait a moment and are then refused.

    ``patient`` names paths, and for how many seconds a request there waits instead. They have as many places again, all
    of their own: requests that take turns among themselves hold up nobody else, and nobody else holds up them. They are
    shared fairly among the senders, so that addresses that fill them do not keep another one waiting.
    A read whose caller hangs up is given up at once, its statement with it. What writes is seen through: its caller
    will ask, with the same Idempotency-Key, how it went. Stands inside what gives the request its id.
    """

    def __init__(self, app: ASGIApp, at_once: int, patient: Mapping[str, float] = _NOTHING) -> None:
        self.app = app
        self._patient = patient
        self._turns = asyncio.Semaphore(at_once)
        self._patient_places = FairPlaces(at_once)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when its turn comes."""
        if scope["type"] != "http" or scope["path"] in _UNCOUNTED:
            await self.app(scope, receive, send)
        elif scope["method"] in _READING:
            await _while_read(receive, send, lambda received, sent: self._in_turn(scope, received, sent))
        else:
            await self._in_turn(scope, receive, send)

    async def _in_turn(self, scope: Scope, receive: Receive, send: Send) -> None:
        patience = self._patient.get(scope["path"])
        if patience is not None:
            await self._in_fair_turn(patience, scope, receive, send)
            return
        try:
            if self._turns.locked():
                async with asyncio.timeout(WAIT_SECONDS):
                    await self._turns.acquire()
            else:
                await self._turns.acquire()
        except TimeoutError:
            await _refuse(scope, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self._turns.release()

    async def _in_fair_turn(self, patience: float, scope: Scope, receive: Receive, send: Send) -> None:
        sender = sender_of(scope["client"][0] if scope["client"] else "")
        try:
            async with asyncio.timeout(patience):
                await self._patient_places.take(sender)
        except TimeoutError:
            await _refuse(scope, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            self._patient_places.give_back(sender)


async def _while_read(receive: Receive, send: Send, work: Callable[[Receive, Send], Awaitable[None]]) -> None:
    """Do the work of a request without a body, until it is done or nobody waits for it any more."""
    gone = asyncio.Event()
    answered = False

    heard_head = False

    async def heard() -> Message:
        nonlocal heard_head
        if not heard_head:
            heard_head = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    async def sent(message: Message) -> None:
        nonlocal answered
        answered = message["type"] == "http.response.body" and not message.get("more_body", False)
        await send(message)

    async def watch() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        gone.set()
        if not answered and not clock.expired():
            clock.reschedule(asyncio.get_running_loop().time())

    try:
        async with asyncio.timeout(None) as clock:
            watching = asyncio.create_task(watch())
            try:
                await work(heard, sent)
            finally:
                watching.cancel()
    except TimeoutError:
        if not gone.is_set():
            raise


async def _refuse(scope: Scope, send: Send) -> None:
    """Say no in our form; nothing has been answered yet."""
    language = problem.language(Headers(scope=scope).get("accept-language"))
    error = Busy(retry_after=_RETRY_SECONDS)
    status, headers, body = problem.render(error, language=language, trace_id=scope["state"]["request_id"])
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    raw.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
