"""Real servers on loopback ports for the gateway's tests: the gateway itself, a talkative service, broken ones."""

import gzip
import json
import re
import socket
import threading
import time
from asyncio import ensure_future, sleep
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

START_SECONDS = 10.0


@contextmanager
def serving(app: ASGIApp, http: type[HttpToolsProtocol] = HttpToolsProtocol, port: int = 0) -> Iterator[str]:
    """Run an application in a thread, on the given port or a free one, and yield its origin."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            port=port,
            http=http,
            ws="none",
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=False,
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    deadline = time.monotonic() + START_SECONDS
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        assert time.monotonic() < deadline, "the server did not start in time"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)


@contextmanager
def listening(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A TCP server that lets ``answer`` do what it likes with each connection, then closes it."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                answer(connection)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(START_SECONDS)


def dead_origin() -> str:
    """An address at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


class Service:
    """A service that does as its path says and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, list[tuple[str, str]], bytes]] = []
        self.reader_gone = threading.Event()
        self.imported = threading.Event()
        self.readiness = 200
        self.origin = ""

    @property
    def last_headers(self) -> dict[str, str]:
        """The headers of the last request; none may have come twice."""
        headers = self.asked[-1][2]
        assert len(headers) == len({name for name, _ in headers})
        return dict(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        target = scope["raw_path"].decode() + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        headers = [(name.decode(), value.decode("latin-1")) for name, value in scope["headers"]]
        handler = getattr(self, f"answer_{scope['path'].rpartition('/')[2]}", None)
        if handler is None or handler == self.answer_echo:
            body = await whole(receive)
            self.asked.append((scope["method"], target, headers, body))
            await self.answer_echo(send, body)
        else:
            self.asked.append((scope["method"], target, headers, b""))
            await handler(receive, send)

    async def answer_echo(self, send: Send, body: bytes) -> None:
        content = json.dumps({"bytes": len(body), "start": body[:100].decode("latin-1")}).encode()
        await reply(
            send,
            200,
            content,
            {"content-type": "application/json", "x-own": "kept", "etag": '"3.ab"', "server": "secret/1.0"},
        )

    async def answer_stream(self, receive: Receive, send: Send) -> None:
        await start(send, 200, {"content-type": "application/jsonl"})
        for number in range(4):
            await send({"type": "http.response.body", "body": b'{"line":%d}\n' % number, "more_body": True})
            await sleep(0.15)
        await send({"type": "http.response.body", "body": b""})

    async def answer_brief(self, receive: Receive, send: Send) -> None:
        """Take a tenth of a second."""
        await sleep(0.1)
        await reply(send, 200, b"{}", {"content-type": "application/json"})

    async def answer_endless(self, receive: Receive, send: Send) -> None:
        """Go on until the reader hangs up, and note that he did."""
        await start(send, 200, {})
        await receive()
        gone = ensure_future(receive())
        while not gone.done():
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": True})
            await sleep(0)
        self.reader_gone.set()

    async def answer_big(self, receive: Receive, send: Send) -> None:
        await reply(send, 200, b"0123456789abcdef" * 65536 * 4, {})

    async def answer_slow(self, receive: Receive, send: Send) -> None:
        await sleep(3)
        await reply(send, 200, b"late", {})

    async def answer_imports(self, receive: Receive, send: Send) -> None:
        await whole(receive)
        await sleep(1.2)
        self.imported.set()
        await reply(send, 200, b"imported", {})

    async def answer_waiting(self, receive: Receive, send: Send) -> None:
        """Answer nothing until the reader hangs up, and note that he did."""
        while (await receive())["type"] != "http.disconnect":
            pass
        self.reader_gone.set()

    async def answer_gzip(self, receive: Receive, send: Send) -> None:
        await reply(send, 200, gzip.compress(b'{"packed":true}'), {"content-encoding": "gzip"})

    async def answer_unchanged(self, receive: Receive, send: Send) -> None:
        await start(send, 304, {"etag": '"7"', "content-length": "1234"})
        await send({"type": "http.response.body", "body": b""})

    async def answer_nothing(self, receive: Receive, send: Send) -> None:
        await start(send, 204, {})
        await send({"type": "http.response.body", "body": b""})

    async def answer_elsewhere(self, receive: Receive, send: Send) -> None:
        await reply(send, 307, b"", {"location": f"{self.origin}/v1/org/echo?from=elsewhere"})

    async def answer_refusal(self, receive: Receive, send: Send) -> None:
        body = b'{"code":"weights_not_100","status":422}'
        await reply(send, 422, body, {"content-type": "application/problem+json"})

    async def answer_ready(self, receive: Receive, send: Send) -> None:
        unwell = b'{"errors":[{"pointer":"/checks/database"}]}'
        await reply(send, self.readiness, b"{}" if self.readiness == 200 else unwell, {})

    async def answer_sessions(self, receive: Receive, send: Send) -> None:
        body = await whole(receive)
        self.asked[-1] = (*self.asked[-1][:3], body)
        password = json.loads(body).get("password") if body[:1] == b"{" else None
        good = password == "right"
        if password == "guess":
            await sleep(0.5)
        content = b'{"access_token":"a","token_type":"Bearer","expires_in":300,"refresh_token":"r"}'
        await reply(send, 200 if good else 401, content if good else b"{}", {"content-type": "application/json"})


async def whole(receive: Receive) -> bytes:
    """All of a body."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def start(send: Send, status: int, headers: dict[str, str]) -> None:
    """The head of an answer."""
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def reply(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    """A whole answer."""
    await start(send, status, {"content-length": str(len(body)), **headers})
    await send({"type": "http.response.body", "body": body})


def received(connection: socket.socket, begun: bytes = b"") -> bytes:
    """An answer to its end, as far as the connection lives: it may come in several pieces."""
    answer = begun
    while not _is_whole(answer) and (piece := connection.recv(65536)):
        answer += piece
    return answer


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(end) and length is not None and len(body) >= int(length[1])
