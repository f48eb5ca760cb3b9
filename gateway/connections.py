"""One client connection, with the manners that uvicorn leaves to a proxy in front of it.

A head of a request must arrive within a time and a size, so that clients that trickle bytes cannot hold connections or
memory; a client that does not read what it asked for is given up; of a body whose request is answered already only the
end is read, if it is near; and what is no HTTP at all is refused in problem+json like everything else (PLT-08).
"""

import asyncio
from typing import Any

from uuid_utils import uuid4
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.presence import EXTENSION, PRESENCE, Presence
from gateway.refusals import refusal
from services.kit.errors import Malformed

HEAD_SECONDS = 15.0
HEAD_BYTES = 64 * 1024
UNREAD_SECONDS = 30.0
"""For how long an answer may wait for its reader."""
LEFT_OVER_SECONDS = 1.0
"""Left to a client to read a refusal before the connection ends on which its body was still coming."""
LEFT_OVER_BYTES = 64 * 1024


class NotHttp(Malformed):
    """The bytes are no HTTP request, or one whose length could be read in two ways."""

    code = "not_http"
    zh = "无法识别的 HTTP 请求。"
    en = "This is not a valid HTTP request."


class Ending:
    """The transport as the answer to one request has it: an end that it wants leaves the client time to read."""

    def __init__(self, connection: "GuardedConnection") -> None:
        self._connection = connection
        self.write = connection.transport.write
        self.is_closing = connection.transport.is_closing

    def close(self) -> None:
        """Close, unless the client is still sending: then it would not see the answer for the end."""
        if not self._connection.is_sending:
            self._connection.transport.close()


class GuardedConnection(HttpToolsProtocol):
    """uvicorn's connection with a watch on what comes too slowly, too long or not at all."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_open = False
        self._head_bytes = 0
        self.is_sending = False
        self._left_over = 0
        self._end_timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None
        self._presence = Presence()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A connection that never asks anything ends as well."""
        super().connection_made(transport)
        self._end_in(HEAD_SECONDS)

    def connection_lost(self, error: Exception | None) -> None:
        """Nothing is left to watch; those still working for the client learn that it has disconnected."""
        self._go_on()
        self.resume_writing()
        super().connection_lost(error)
        self._presence.leave()

    def pause_writing(self) -> None:
        """The client does not read; for a while it may."""
        super().pause_writing()
        self._unread_timer = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads again."""
        if self._unread_timer is not None:
            self._unread_timer.cancel()
            self._unread_timer = None
        super().resume_writing()

    def on_message_begin(self) -> None:
        """The first byte of a head."""
        self._head_open = True
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {PRESENCE: self._presence}}

    def on_headers_complete(self) -> None:
        """The last byte of a head."""
        self._head_open = False
        self._head_bytes = 0
        self.is_sending = True
        self._go_on()
        super().on_headers_complete()
        self.cycle.transport = Ending(self)  # type: ignore[assignment]  # all of a transport that an answer uses

    def on_body(self, body: bytes) -> None:
        """A piece of a body; of one whose request is answered already not many are taken."""
        super().on_body(body)
        if self.cycle.response_complete:
            self._left_over += len(body)
            if self._left_over > LEFT_OVER_BYTES and not self.transport.is_closing():
                self.transport.pause_reading()

    def on_message_complete(self) -> None:
        """The last byte of a request."""
        self.is_sending = False
        self._go_on()
        super().on_message_complete()
        if self.cycle.response_complete and not self.cycle.keep_alive:
            self.transport.close()

    def on_response_complete(self) -> None:
        """The answer is out. If the body is not in yet, it has little time left."""
        super().on_response_complete()
        if self.is_sending and self.cycle.response_complete and not self.transport.is_closing():
            self._left_over = 0
            self._end_in(LEFT_OVER_SECONDS)

    def data_received(self, data: bytes) -> None:
        """A head that does not come in one piece, as nearly all do, is watched."""
        super().data_received(data)
        if self._head_open and not self.transport.is_closing():
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self.send_400_response("")
            elif self._end_timer is None:
                self._end_in(HEAD_SECONDS)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP; uvicorn's own words are left out."""
        _, headers, body = refusal(NotHttp(), accept_language=None, request_id=uuid4().hex)
        headers |= {"Content-Length": str(len(body)), "Connection": "close"}
        head = "".join(f"{name.lower()}: {value}\r\n" for name, value in headers.items())
        self.transport.write(f"HTTP/1.1 400 Bad Request\r\n{head}\r\n".encode() + body)
        self.transport.close()

    def _end_in(self, seconds: float) -> None:
        self._end_timer = self.loop.call_later(seconds, self.transport.close)

    def _go_on(self) -> None:
        if self._end_timer is not None:
            self._end_timer.cancel()
            self._end_timer = None
