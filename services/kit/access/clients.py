"""Requests to other services: with deadlines, few retries where a repetition is harmless, and a token of its own.

A neighbour that does not answer in time, or with a fault of its own, is ``Unavailable``: the asker fails closed.
"""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

import httpx2
import structlog
from opentelemetry import propagate

from services.kit import json_lines
from services.kit.errors import Conflict, Unavailable
from services.kit.identity import service_name

log = structlog.get_logger(__name__)

CONNECT_SECONDS: Final = 1.0
TOTAL_SECONDS: Final = 3.0
STREAM_SECONDS: Final = 600.0
STREAM_SILENCE_SECONDS: Final = 30.0
RETRY_WAITS: Final = (0.1, 0.2)
RETRY_JITTER_SECONDS: Final = 0.2
_EXPIRY_MARGIN_SECONDS = 30.0
_UNAUTHORIZED, _TOO_MANY, _SERVER_FAULT = 401, 429, 500

Parameters = Mapping[str, str | int | bool | Sequence[str]]


class NeighbourAway(Unavailable):
    """A neighbouring service does not answer, or answers with a fault of its own."""

    code = "neighbour_unavailable"
    zh = "{service}服务暂时不可用，请稍后再试。"
    en = "The {service} service is not available at the moment ({reason}); try again later."

    def __init__(self, *, service: str, reason: str, retry_after: int | None = None) -> None:
        super().__init__(service=service_name(service), reason=reason, retry_after=retry_after)


class Refused(Conflict):
    """A neighbouring service refused the request. ``status`` and ``problem`` are its answer, for the asker to judge."""

    code = "neighbour_refused"
    zh = "{service}服务未接受请求：{title}。"
    en = "The {service} service refused the request: {title}."

    def __init__(self, *, service: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        title = str(problem.get("title") or f"HTTP {status}").rstrip("。.")
        super().__init__(service=service_name(service), title=title)


class TokenSource(Protocol):
    """Where a client gets the token that it sends."""

    async def token(self, *, refused: str | None = None) -> str:
        """A token that is valid for some time; ``refused`` is one that was just refused and must not be
        given again.
        """


class ServiceTokens:
    """A service's own access token, got with its client secret from org and kept until shortly before it expires."""

    def __init__(self, http: httpx2.AsyncClient, org_url: str, *, client_id: str, client_secret: str) -> None:
        self._http = http
        self._address = f"{org_url.rstrip('/')}/v1/org/service_tokens"
        self._credentials = {"client_id": client_id, "client_secret": client_secret}
        self._lock = asyncio.Lock()
        self._token = ""
        self._good_until = 0.0

    async def token(self, *, refused: str | None = None) -> str:
        """See ``TokenSource``.

        Raises:
            NeighbourAway: org gives none.
        """
        async with self._lock:  # of many askers one fetches, the others wait for it
            if self._token == refused or time.monotonic() >= self._good_until:
                await self._fetch()
            return self._token

    async def _fetch(self) -> None:
        self._good_until = 0.0
        asked_at = time.monotonic()
        answer = await exchange(
            "org", self._http, self._http.build_request("POST", self._address, json=self._credentials)
        )
        if not answer.is_success:
            log.error("service_token_refused", status=answer.status_code)
            raise NeighbourAway(service="org", reason=f"service_tokens: HTTP {answer.status_code}", retry_after=30)
        granted = _json("org", answer)
        self._token = str(granted["access_token"])
        self._good_until = asked_at + float(granted["expires_in"]) - _EXPIRY_MARGIN_SECONDS


class ServiceClient:
    """Requests to one neighbouring service, as oneself. ``http`` is shared by all clients of a process."""

    def __init__(self, service: str, base_url: str, *, http: httpx2.AsyncClient, tokens: TokenSource) -> None:
        self.service = service
        self._base_url = base_url.rstrip("/")
        self._http = http
        self._tokens = tokens

    async def get(self, path: str, params: Parameters | None = None) -> Any:
        """The JSON answer to a GET, repeated at most twice within the total deadline.

        Raises:
            NeighbourAway: no answer in time, or 5xx or 429.
            Refused: any other refusal.
        """
        return await self._answer("GET", path, params=params, repeatable=True)

    async def post(self, path: str, body: Any, *, idempotency_key: str | None = None) -> Any:
        """The JSON answer to a POST; it is repeated only if ``idempotency_key`` makes that harmless.

        Raises:
            NeighbourAway: no answer in time, or 5xx or 429; it may have taken effect.
            Refused: any other refusal.
        """
        headers = {} if idempotency_key is None else {"idempotency-key": idempotency_key}
        repeatable = idempotency_key is not None
        return await self._answer("POST", path, body=body, headers=headers, repeatable=repeatable)

    async def lines(self, path: str, params: Parameters | None = None) -> AsyncIterator[dict[str, Any]]:
        """The items of a JSON lines answer, as they come. Act on them only once the iteration has ended without error.

        Raises:
            NeighbourAway: no answer, silence for 30 s, not finished within 10 min, 5xx or 429.
            StreamBroken: it was cut off or damaged on the way.
            Refused: any other refusal.
        """
        deadline = time.monotonic() + STREAM_SECONDS
        async with self._streaming(path, params) as response:
            async for item in json_lines.read(response.aiter_bytes()):
                if time.monotonic() > deadline:
                    raise NeighbourAway(service=self.service, reason="timeout", retry_after=30)
                yield item

    async def copy_lines(
        self, path: str, sink: Callable[[bytes], object], params: Parameters | None = None
    ) -> json_lines.Proof:
        """Hand a JSON lines answer to ``sink`` as bytes, unparsed; see ``json_lines.copied``.

        Raises:
            NeighbourAway, StreamBroken, Refused: as ``lines`` does.
        """
        try:
            async with asyncio.timeout(STREAM_SECONDS), self._streaming(path, params) as response:
                return await json_lines.copied(response.aiter_bytes(), sink)
        except TimeoutError as error:
            raise NeighbourAway(service=self.service, reason="timeout", retry_after=30) from error

    @asynccontextmanager
    async def _streaming(self, path: str, params: Parameters | None) -> AsyncIterator[httpx2.Response]:
        timeout = httpx2.Timeout(STREAM_SILENCE_SECONDS, connect=CONNECT_SECONDS)
        token = await self._tokens.token()
        try:
            response = await self._http.send(
                self._request("GET", path, token, params=params, timeout=timeout), stream=True
            )
            if response.status_code == _UNAUTHORIZED:
                await response.aclose()
                token = await self._tokens.token(refused=token)
                again = self._request("GET", path, token, params=params, timeout=timeout)
                response = await self._http.send(again, stream=True)
            try:
                if not response.is_success:
                    await response.aread()
                self._check(response)
                yield response
            finally:
                await response.aclose()
        except httpx2.HTTPError as error:
            raise NeighbourAway(service=self.service, reason=type(error).__name__, retry_after=2) from error

    async def _answer(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool,
        params: Parameters | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        token = await self._tokens.token()
        for last in (False, True):
            request = self._request(method, path, token, params=params, body=body, headers=headers)
            answer = await exchange(self.service, self._http, request, repeatable=repeatable)
            if answer.status_code != _UNAUTHORIZED or last:
                break
            token = await self._tokens.token(refused=token)
        self._check(answer)
        return _json(self.service, answer)

    def _request(
        self,
        method: str,
        path: str,
        token: str,
        *,
        params: Parameters | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,
    ) -> httpx2.Request:
        carried = {"authorization": f"Bearer {token}", **(headers or {})}
        propagate.inject(carried)  # traceparent: one request through several services is one trace
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        if request_id:
            carried["x-request-id"] = str(request_id)
        return self._http.build_request(
            method, f"{self._base_url}{path}", params=params, json=body, headers=carried, timeout=timeout or _timeout()
        )

    def _check(self, answer: httpx2.Response) -> None:
        if answer.is_success:
            return
        if answer.status_code >= _SERVER_FAULT or answer.status_code == _TOO_MANY:
            raise away(self.service, answer)
        problem = _json(self.service, answer) if "json" in answer.headers.get("content-type", "") else {}
        raise Refused(service=self.service, status=answer.status_code, problem=problem)


async def exchange(
    service: str, http: httpx2.AsyncClient, request: httpx2.Request, *, repeatable: bool = False
) -> httpx2.Response:
    """Send ``request`` within the total deadline, twice more with growing, jittered waits if it is ``repeatable``.

    Raises:
        NeighbourAway: no answer in time; or, if repeatable, 5xx or 429 to the end.
    """
    waits = iter(RETRY_WAITS if repeatable else ())
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            while True:
                try:
                    return await _sent(service, http, request, repeatable=repeatable)
                except NeighbourAway as error:
                    wait = next(waits, None)
                    if wait is None:
                        raise
                    log.warning("neighbour_asked_again", service=service, reason=error.context["reason"])
                await asyncio.sleep(wait + RETRY_JITTER_SECONDS * random.random())  # noqa: S311 - spreads load only
    except TimeoutError as error:
        raise NeighbourAway(service=service, reason="timeout", retry_after=2) from error


async def _sent(
    service: str, http: httpx2.AsyncClient, request: httpx2.Request, *, repeatable: bool
) -> httpx2.Response:
    try:
        answer = await http.send(request)
    except httpx2.HTTPError as error:
        raise NeighbourAway(service=service, reason=type(error).__name__, retry_after=2) from error
    if repeatable and (answer.status_code >= _SERVER_FAULT or answer.status_code == _TOO_MANY):
        raise away(service, answer)
    return answer


def away(service: str, answer: httpx2.Response) -> NeighbourAway:
    """The error for an answer that is a fault of the neighbour's; it keeps the wait that the neighbour asks for."""
    asked = answer.headers.get("retry-after", "")
    wait = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 2  # noqa: PLR2004 - about a day
    return NeighbourAway(service=service, reason=f"HTTP {answer.status_code}", retry_after=wait)


def _json(service: str, answer: httpx2.Response) -> Any:
    try:
        return answer.json() if answer.content else None
    except ValueError as error:
        raise NeighbourAway(service=service, reason="not JSON", retry_after=2) from error


def _timeout() -> httpx2.Timeout:
    return httpx2.Timeout(TOTAL_SECONDS, connect=CONNECT_SECONDS)


def http_client(transport: httpx2.AsyncBaseTransport | None = None) -> httpx2.AsyncClient:
    """The connections of one process to its neighbours; proxies named in the environment are not for them."""
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=20)
    return httpx2.AsyncClient(
        timeout=_timeout(), limits=limits, follow_redirects=False, trust_env=False, transport=transport
    )
