"""One client connection, with the manners that uvicorn leaves to a proxy in front of it.

A head of a request must arrive within a time and a size, so that clients that trickle bytes cannot hold connections or
memory; and what is no HTTP at all is refused in problem+json like everything else (PLT-08).
"""

import asyncio
from typing import Any

from uuid_utils import uuid4
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.refusals import refusal
from services.kit.errors import Malformed

HEAD_SECONDS = 15.0
HEAD_BYTES = 64 * 1024


class NotHttp(Malformed):
    """The bytes are no HTTP request, or one whose length could be read in two ways."""

    code = "not_http"
    zh = "无法识别的 HTTP 请求。"
    en = "This is not a valid HTTP request."


class GuardedConnection(HttpToolsProtocol):
    """uvicorn's connection with a watch on the head of each request."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_open = False
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A connection that never asks anything ends as well."""
        super().connection_made(transport)
        self._watch()

    def connection_lost(self, error: Exception | None) -> None:
        """Nothing is left to watch."""
        self._unwatch()
        super().connection_lost(error)

    def on_message_begin(self) -> None:
        """The first byte of a head."""
        self._head_open = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The last byte of a head."""
        self._head_open = False
        self._head_bytes = 0
        self._unwatch()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """A head that does not come in one piece, as nearly all do, is watched."""
        super().data_received(data)
        if self._head_open and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.send_400_response("")
            elif self._head_timer is None:
                self._watch()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; uvicorn's own words are left out."""
        _, headers, body = refusal(NotHttp(), accept_language=None, request_id=uuid4().hex)
        headers |= {"Content-Length": str(len(body)), "Connection": "close"}
        head = "".join(f"{name.lower()}: {value}\r\n" for name, value in headers.items())
        self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{head}\r\n".encode() + body)
        self.transport.close()

    def _watch(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _unwatch(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
