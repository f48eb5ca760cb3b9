"""Reading the body of a request completely before a service receives it (PLT-01, PLT-08).

A client that dawdles holds nothing but its own connection: no connection to a service is taken until its body is there.
It must keep a least rate and a last moment; of several dawdlers of one caller the oldest gives way. What is longer than
``MEMORY_BYTES`` waits in a temporary file.
"""

import asyncio
import tempfile
from collections import OrderedDict
from collections.abc import AsyncGenerator, Hashable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Final

from starlette.types import Receive

from gateway.presence import ClientGone, end
from gateway.settings import GatewaySettings
from services.kit.errors import FieldError, Malformed, Text, TooLarge, Unavailable

MEMORY_BYTES: Final = 64 * 1024
_PIECE_BYTES: Final = 256 * 1024
_RETRY_SECONDS: Final = 5


class ClientSilent(Malformed):
    """The client announced a body and then sent it too slowly, or not at all."""

    code = "request_incomplete"
    zh = "请求内容未在规定时间内发送完毕。"
    en = "The request was not received completely in time; send it again."


class LengthUnclear(Malformed):
    """Content-Length is not a plain number."""

    code = "length_unclear"
    zh = "请求头“Content-Length”有误。"
    en = "The header Content-Length is wrong."


class NoRoomForBody(Unavailable):
    """All uploads in progress together take as much room as the gateway may use."""

    code = "uploads_full"
    zh = "当前上传任务过多，本次请求未执行，请稍后重试。"
    en = "Too much is being uploaded at the moment; the request was not carried out. Try again later."


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
    """A body that has arrived: in memory, or in a file where it is long. ``size`` is in bytes."""

    def __init__(self) -> None:
        self.size = 0
        self._pieces: list[bytes] = []
        self._file: IO[bytes] | None = None

    @property
    def in_file(self) -> int:
        """The number of its bytes that are in a file."""
        return 0 if self._file is None else self.size

    async def add(self, piece: bytes) -> None:
        """Keep the next piece."""
        self.size += len(piece)
        if self._file is not None:
            await asyncio.to_thread(self._file.write, piece)
            return
        self._pieces.append(piece)
        if self.size > MEMORY_BYTES:
            self._file = await asyncio.to_thread(tempfile.TemporaryFile)
            await asyncio.to_thread(self._file.writelines, self._pieces)
            self._pieces = []

    def whole(self) -> bytes:
        """All of a body short enough to be in memory."""
        return b"".join(self._pieces)

    def data(self) -> bytes | AsyncGenerator[bytes, None] | None:
        """What the HTTP client is to send."""
        if self._file is not None:
            return self._stream(self._file)
        return self.whole() or None

    async def _stream(self, file: IO[bytes]) -> AsyncGenerator[bytes, None]:
        await asyncio.to_thread(file.seek, 0)
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece

    def close(self) -> None:
        """Give the file back."""
        if self._file is not None:
            self._file.close()


class Bodies:
    """Reads the bodies of all requests of this process."""

    def __init__(self, settings: GatewaySettings) -> None:
        """Nothing is in progress yet."""
        self._settings = settings
        self._dawdlers: dict[Hashable, OrderedDict[asyncio.Timeout, None]] = {}
        self._in_files = 0

    @contextmanager
    def kept(self) -> Iterator[Body]:
        """A body that is given up at the end of the block."""
        body = Body()
        try:
            yield body
        finally:
            self._in_files -= body.in_file
            body.close()

    async def read(self, body: Body, receive: Receive, *, length: int | None, limit: int, caller: Hashable) -> None:
        """Fill ``body`` with what the client sends.

        Args:
            body: a fresh one.
            receive: from which the client's bytes come.
            length: what the head announced; see ``announced``.
            limit: bytes that the route takes.
            caller: whose body it is; nobody has more than a few that are slow.

        Raises:
            TooLarge: at once by the announced length, or when the limit is passed.
            ClientSilent: too slow, or one slow body too many.
            ClientGone: nobody is left to answer.
            NoRoomForBody: the files of all bodies together are as long as may be.
        """
        if length == 0:
            return
        if length is not None and length > limit:
            raise TooLarge(limit=limit)
        started = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(self._settings.body_grace_seconds) as clock:
                with self._dawdling(caller, clock):
                    while await self._take(body, receive, limit):
                        clock.reschedule(started + self._allowed(body.size))
        except TimeoutError as error:
            raise ClientSilent from error

    async def _take(self, body: Body, receive: Receive, limit: int) -> bool:
        """Keep one piece; whether more will come."""
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece: bytes = message.get("body", b"")
        if body.size + len(piece) > limit:
            raise TooLarge(limit=limit)
        before = body.in_file
        try:
            await body.add(piece)
        except OSError as error:
            raise NoRoomForBody(retry_after=_RETRY_SECONDS) from error
        finally:
            self._in_files += body.in_file - before
        if self._in_files > self._settings.max_spooled_bytes:
            raise NoRoomForBody(retry_after=_RETRY_SECONDS)
        return bool(message.get("more_body", False))

    def _allowed(self, taken: int) -> float:
        """Seconds from the start within which more must have come, once ``taken`` bytes are there."""
        paced = self._settings.body_grace_seconds + taken / self._settings.body_bytes_per_second
        return min(self._settings.body_seconds, paced)

    @contextmanager
    def _dawdling(self, caller: Hashable, clock: asyncio.Timeout) -> Iterator[None]:
        """Record that a body of the caller is in progress; if there are too many, the oldest one is ended."""
        clocks = self._dawdlers.setdefault(caller, OrderedDict())
        clocks[clock] = None
        if len(clocks) > self._settings.bodies_per_caller:
            end(clocks.popitem(last=False)[0])
        try:
            yield
        finally:
            clocks.pop(clock, None)
            if not clocks and self._dawdlers.get(caller) is clocks:
                del self._dawdlers[caller]
