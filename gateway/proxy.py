"""Forwarding: one request to one service and its answer streamed back, over kept-alive connections.

Nothing is decided here about people: the token travels on and the service that owns the data judges it. A service that
is down, broken or silent becomes a problem document of the gateway's own within five seconds, waiting in line included,
and one that is too busy within half a second. A read whose reader has left is given up, here and in the service
(PLT-01, PLT-08).
"""

import asyncio
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import NamedTuple, Self

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    TCPConnector,
)
from multidict import CIMultiDict
from starlette.types import Send
from yarl import URL

from gateway.admission import ServiceTurns, SigningIn
from gateway.bodies import Body
from gateway.headers import towards_client
from gateway.presence import Presence
from gateway.settings import GatewaySettings
from services.kit.errors import BadGateway, TimedOut, Unavailable
from services.kit.identity import service_name

# Idle connections are given up before the services give them up (uvicorn: 5 s), so that none dies under a request.
_KEEP_ALIVE_SECONDS = 3.0
_RETRY_SECONDS = 2
READING = frozenset({"GET", "HEAD"})


class ServiceDown(Unavailable):
    """No connection to the service, so the request was certainly not carried out."""

    code = "service_down"
    zh = "“{service}”服务暂时无法连接，本次请求未执行，请稍后再试。"
    en = "The {service} service cannot be reached at the moment; the request was not carried out. Try again later."


class ServiceBroke(BadGateway):
    """The connection broke before an answer, or the answer was not HTTP."""

    code = "service_broke"
    zh = "“{service}”服务在应答前中断。请求可能已执行，请用相同的 Idempotency-Key 重试。"
    en = (
        "The {service} service closed the connection before it answered. The request may have been carried out: "
        "repeat it with the same Idempotency-Key."
    )


class ServiceSlow(TimedOut):
    """No answer began in time."""

    code = "service_slow"
    zh = "“{service}”服务未在 {seconds} 秒内应答。请求可能已执行，请用相同的 Idempotency-Key 重试。"
    en = (
        "The {service} service did not answer within {seconds} s. The request may have been carried out: "
        "repeat it with the same Idempotency-Key."
    )


class AnswerBroken(Exception):
    """The answer stopped in the middle. Its status is out already, so all that is left is to break off as well."""


class Outgoing(NamedTuple):
    """What is to be asked of whom, and for how many seconds.

    ``target`` is path and query exactly as they go on the wire; ``signing_in`` is who offers a password or a secret,
    None for requests that offer none.
    """

    service: str
    method: str
    target: str
    headers: CIMultiDict[str]
    seconds: float
    signing_in: SigningIn | None = None


class Proxy:
    """Holds the connection pool; one per process."""

    def __init__(self, settings: GatewaySettings) -> None:
        """Opens nothing yet; enter the context inside a running event loop first."""
        self._settings = settings
        self._origins: Mapping[str, str] = settings.upstreams
        self._turns = {service: ServiceTurns(service, settings) for service in self._origins}
        self._session: ClientSession

    async def __aenter__(self) -> Self:
        """Open the pool."""
        self._session = ClientSession(
            connector=TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_SECONDS),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            timeout=ClientTimeout(total=None, sock_connect=self._settings.connect_seconds),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        await self._session.close()

    async def forward(
        self, outgoing: Outgoing, body: Body, presence: Presence, send: Send, *, added: Mapping[bytes, bytes]
    ) -> int:
        """Send the request on, pass the answer back with the headers ``added`` and return its status.

        Raises ServiceBusy, ServiceDown, ServiceBroke or ServiceSlow while nothing has been sent yet, AnswerBroken later
        on, and ClientGone when the reader hung up. What writes is seen through even then.
        """
        started = asyncio.get_running_loop().time()
        async with self._turn(outgoing, presence):
            waited = 0.0 if outgoing.signing_in else asyncio.get_running_loop().time() - started
            response = await self._ask(outgoing, body, presence, seconds=outgoing.seconds - waited)
            done = False
            try:
                origin = self._origins[outgoing.service].encode()
                headers = towards_client(response.raw_headers, status=response.status, origin=origin, added=added)
                await send({"type": "http.response.start", "status": response.status, "headers": headers})
                await self._pass_on(response, presence, send)
                done = True
            finally:
                if done:
                    response.release()
                else:
                    response.close()
            return response.status

    async def fetch(self, service: str, path: str, *, seconds: float) -> tuple[int, bytes]:
        """The status and body that a service answers to a GET of the gateway's own; raises ServiceDown."""
        try:
            async with asyncio.timeout(seconds), self._session.get(self._origins[service] + path) as response:
                return response.status, await response.read()
        except (ClientError, OSError, TimeoutError) as error:
            raise ServiceDown(service=service_name(service)) from error

    async def read(self, service: str, target: str, *, headers: CIMultiDict[str], seconds: float) -> tuple[int, bytes]:
        """The status and whole body of a GET that a composed answer needs; raises ServiceDown or ServiceBusy."""
        url = URL(self._origins[service] + target, encoded=True)
        try:
            async with (
                asyncio.timeout(seconds),
                self._turns[service].turn(patience=self._settings.wait_seconds, presence=Presence()),
                self._session.get(url, headers=headers) as response,
            ):
                return response.status, await response.read()
        except (ClientError, OSError, TimeoutError) as error:
            raise ServiceDown(service=service_name(service)) from error

    def _turn(self, outgoing: Outgoing, presence: Presence) -> AbstractAsyncContextManager[None]:
        turns = self._turns[outgoing.service]
        if outgoing.signing_in is None:
            return turns.turn(patience=self._settings.wait_seconds, presence=presence)
        return turns.sign_in_turn(outgoing.signing_in.sender, patience=outgoing.seconds, presence=presence)

    async def _ask(self, outgoing: Outgoing, body: Body, presence: Presence, *, seconds: float) -> ClientResponse:
        service = service_name(outgoing.service)
        if body.size:
            outgoing.headers["content-length"] = str(body.size)
        asking = self._session.request(
            outgoing.method,
            URL(self._origins[outgoing.service] + outgoing.target, encoded=True),
            headers=outgoing.headers,
            data=body.data(),
            allow_redirects=False,
        )
        try:
            async with asyncio.timeout(seconds) as clock:
                if outgoing.method not in READING:
                    return await asking
                with presence.ending(clock):
                    return await asking
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise ServiceDown(service=service, retry_after=_RETRY_SECONDS) from error
        except TimeoutError as error:
            raise ServiceSlow(service=service, seconds=round(outgoing.seconds), retry_after=_RETRY_SECONDS) from error
        except (ClientError, OSError) as error:
            raise ServiceBroke(service=service, retry_after=_RETRY_SECONDS) from error

    async def _pass_on(self, response: ClientResponse, presence: Presence, send: Send) -> None:
        content = response.content
        piece = await self._read(response)
        if not content.at_eof():
            with presence.on_leaving(response.close):
                while not content.at_eof():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                    piece = await self._read(response)
        await send({"type": "http.response.body", "body": piece, "more_body": False})

    async def _read(self, response: ClientResponse) -> bytes:
        content = response.content
        try:
            piece = content.read_nowait()
            if piece or content.at_eof():
                return piece
            async with asyncio.timeout(self._settings.stall_seconds):
                return await content.readany()
        except (ClientError, OSError, TimeoutError) as error:
            raise AnswerBroken from error
