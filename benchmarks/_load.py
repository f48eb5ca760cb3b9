"""Load on a server in a process of its own: requests a second, milliseconds, processor time of one request."""

import asyncio
import os
import socket
import time
from statistics import median, quantiles
from typing import NamedTuple

import psutil


class Round(NamedTuple):
    """Requests a second, milliseconds of the median and of the slowest percent, and of the server's processor time."""

    rate: float
    middle: float
    slowest: float
    processor: float


class Asking(asyncio.Protocol):
    """One connection of the load: asks, waits for the whole answer, asks again until its share is done."""

    def __init__(self, request: bytes, count: int, seconds: list[float], done: "asyncio.Future[None]") -> None:
        self._request, self._left, self._seconds, self._done = request, count, seconds, done
        self._buffer = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        """Note the time of a whole answer."""
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        assert head.startswith(b"HTTP/1.1 200 "), head
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        self._seconds.append(time.perf_counter() - self._sent)
        self._buffer = b""
        self._left -= 1
        if self._left:
            self._ask()
            return
        self._transport.close()
        self._done.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        """Nobody may hang up on us."""
        if not self._done.done():
            self._done.set_exception(error or ConnectionError("the server hung up"))

    def _ask(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._request)


async def load(
    process: psutil.Process, port: int, path: str, *, connections: int, requests: int, token: str = "x" * 400
) -> Round:
    """Ask ``requests`` times over ``connections`` and see how fast."""
    loop = asyncio.get_running_loop()
    request = f"GET {path} HTTP/1.1\r\nHost: merit\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    seconds: list[float] = []
    ends = [loop.create_future() for _ in range(connections)]
    used = sum(process.cpu_times()[:2])
    started = time.perf_counter()
    for end in ends:
        await loop.create_connection(
            lambda end=end: Asking(request, requests // connections, seconds, end),  # type: ignore[misc]  # bound now
            "127.0.0.1",
            port,
        )
    await asyncio.gather(*ends)
    rate = len(seconds) / (time.perf_counter() - started)
    used = sum(process.cpu_times()[:2]) - used
    return Round(rate, median(seconds) * 1000, quantiles(seconds, n=100)[98] * 1000, used / len(seconds) * 1000)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def pin(pid: int, core: int) -> None:
    """Keep a process on one core, where the system can do that and has several."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(pid, {core})


def wait_for(port: int) -> None:
    """Until something listens; raises TimeoutError after three minutes, for busy machines."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise TimeoutError(f"nothing listens on {port}")


def middle_of(rounds: list[Round]) -> Round:
    """The median of each figure."""
    return Round(*(median(figures) for figures in zip(*rounds, strict=True)))
