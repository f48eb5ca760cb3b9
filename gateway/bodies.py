"""The body of one request on its way through: never collected, counted as it passes, watched for a silent client."""

import asyncio
from collections.abc import AsyncGenerator, Iterable

from starlette.types import Receive

from services.kit.errors import FieldError, Malformed, Text, TooLarge

Clock = asyncio.Timeout


class ClientGone(Exception):
    """The client hung up; there is nobody left to answer."""


class ClientSilent(Malformed):
    """The client announced a body and then stopped sending it."""

    code = "request_incomplete"
    zh = "请求内容未在规定时间内发送完毕。"
    en = "The rest of the request did not arrive in time."


class LengthUnclear(Malformed):
    """Content-Length is not a plain number."""

    code = "length_unclear"
    zh = "请求头“Content-Length”有误。"
    en = "The header Content-Length is wrong."


def announced(raw: Iterable[tuple[bytes, bytes]]) -> int | None:
    """Bytes of body that a request's head announces: 0 for none, None for a body of unknown length."""
    for name, value in raw:
        if name == b"content-length":
            if not value.isdigit():
                raise LengthUnclear(
                    field_errors=[FieldError("header/content-length", None, Text("非负整数", "a whole number"))]
                )
            return int(value)
        if name == b"transfer-encoding":
            return None
    return 0


class Body:
    """Reads the client's body piece by piece, under two clocks.

    While the client is to send, ``stall`` seconds of silence end the request with ClientSilent; once a piece is handed
    on, the service has ``answer`` seconds to take it and, after the last one, to begin its answer. So a slow uplink is
    no fault of the service, and a service that hangs is noticed at once. Raises TooLarge beyond ``limit`` bytes, even
    where no length was announced, and ClientGone. ``fault`` keeps what was raised, since the HTTP client that pulls the
    pieces wraps it beyond recognition.
    """

    def __init__(self, receive: Receive, *, limit: int, length: int | None, stall: float, answer: float) -> None:
        """``length`` is what the head announced; see ``announced``."""
        if length is not None and length > limit:
            raise TooLarge(limit=limit)
        self._receive = receive
        self._limit = limit
        self._stall = stall
        self.answer = answer
        self._taken = 0
        self._clock: Clock | None = None
        self._collected: bytes | None = None
        self.finished = length == 0
        self.waiting = False
        self.fault: Exception | None = None

    async def whole(self) -> bytes:
        """All of a body that the gateway itself must look at; ``start`` then gives the same bytes again."""
        pieces = []
        async with asyncio.timeout(self._stall) as self._clock:
            while not self.finished:
                pieces.append(await self._piece())
        self._collected = b"".join(pieces)
        return self._collected

    async def start(self, clock: Clock) -> bytes | AsyncGenerator[bytes, None] | None:
        """What to send on: nothing, all of a short body at once, or a stream. ``clock`` is moved as pieces come."""
        self._clock = clock
        if self.finished:
            return self._collected
        first = await self._piece()
        return first if self.finished else self._stream(first)

    async def _stream(self, first: bytes) -> AsyncGenerator[bytes, None]:
        yield first
        while not self.finished:
            yield await self._piece()

    async def _piece(self) -> bytes:
        self._set_clock(self._stall)
        self.waiting = True
        message = await self._receive()
        self.waiting = False
        self._set_clock(self.answer)
        if message["type"] == "http.disconnect":
            self.fault = ClientGone()
            raise self.fault
        piece: bytes = message.get("body", b"")
        self.finished = not message.get("more_body", False)
        self._taken += len(piece)
        if self._taken > self._limit:
            self.fault = TooLarge(limit=self._limit)
            raise self.fault
        return piece

    def _set_clock(self, seconds: float) -> None:
        if self._clock:
            self._clock.reschedule(asyncio.get_running_loop().time() + seconds)
