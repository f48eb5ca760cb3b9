"""People at the gateway: each signs in with an own account and calls the public API with an own token."""

import asyncio
import time
from collections.abc import Awaitable, Iterable, Mapping
from types import TracebackType
from typing import Any, TypeVar
from uuid import uuid4

import httpx2

from services.kit.errors import Language

AT_ONCE = 16
SIGN_INS_AT_ONCE = 4  # checking a password is slow on purpose
TOKEN_SECONDS = 200  # tokens live five minutes
PATIENCE_SECONDS = 60.0
BUSY = frozenset({429, 502, 503, 504})
TRIES = 5

T = TypeVar("T")


class Refused(Exception):
    """The API answered with a problem; `status`, `code` and `body` are its."""

    def __init__(self, request: str, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(f"{request}: {status} {dict(body)}")
        self.status = status
        self.code = str(body.get("code", ""))
        self.body = body


class Person:
    """One signed-in account."""

    def __init__(self, gateway: "Gateway", login: str, password: str) -> None:
        self._gateway = gateway
        self._password = password
        self._lock = asyncio.Lock()
        self._token = ""
        self._since = float("-inf")
        self.login = login

    def renew(self) -> None:
        """Sign in again at the next request: what the account may do has changed."""
        self._since = float("-inf")

    async def get(self, path: str, **query: str) -> Any:
        return (await self._call("GET", path, params=query)).json()

    async def read(self, path: str, **query: str) -> httpx2.Response:
        """The whole answer, for what is not JSON or for its headers."""
        return await self._call("GET", path, params=query)

    async def post(self, path: str, body: object = None, *, key: str | None = None, tag: str | None = None) -> Any:
        """`key`: the Idempotency-Key, a new one by default; the same key again does nothing twice. `tag`: If-Match."""
        sent = body if body is not None else {}
        return _body(await self._call("POST", path, json=sent, key=key or str(uuid4()), tag=tag))

    async def put(self, path: str, body: object, *, tag: str | None = None) -> Any:
        return _body(await self._call("PUT", path, json=body, tag=tag))

    async def patch(self, path: str, body: object, *, tag: str) -> Any:
        return _body(await self._call("PATCH", path, json=body, tag=tag))

    async def send(self, path: str, content: bytes, kind: str, **query: str) -> Any:
        return _body(await self._call("POST", path, content=content, kind=kind, params=query, key=str(uuid4())))

    async def items(self, path: str, **query: str) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = await self.get(path, limit="500", **query, **({"cursor": cursor} if cursor else {}))
            found += page["items"]
            cursor = page.get("next")
        return found

    async def _call(  # the parts that a request may have
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        content: bytes | None = None,
        kind: str | None = None,
        params: Mapping[str, str] | None = None,
        key: str | None = None,
        tag: str | None = None,
    ) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {await self._bearer()}", "Accept-Language": self._gateway.language}
        headers |= {"Content-Type": kind} if kind else {}
        headers |= {"Idempotency-Key": key} if key else {}
        headers |= {"If-Match": tag} if tag else {}
        return await self._gateway.call(method, path, headers=headers, json=json, content=content, params=params)

    async def _bearer(self) -> str:
        async with self._lock:
            if time.monotonic() - self._since > TOKEN_SECONDS:
                body = {"login": self.login, "password": self._password}
                answer = await self._gateway.sign_in(body)
                self._token, self._since = str(answer.json()["access_token"]), time.monotonic()
            return self._token


class Gateway:
    """The one address that everybody talks to. Not more than AT_ONCE requests are under way together."""

    def __init__(self, url: str, language: Language) -> None:
        self.language = language
        self._client = httpx2.AsyncClient(base_url=url, timeout=30.0)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._sign_ins = asyncio.Semaphore(SIGN_INS_AT_ONCE)
        self._people: dict[str, Person] = {}
        self.url = url
        self.calls = 0

    async def __aenter__(self) -> "Gateway":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    def person(self, login: str, password: str) -> Person:
        if login not in self._people:
            self._people[login] = Person(self, login, password)
        return self._people[login]

    async def sign_in(self, credentials: Mapping[str, str]) -> httpx2.Response:
        async with self._sign_ins:
            return await self.call("POST", "/v1/sign_in", json=credentials)

    async def accept(self, token: str, password: str) -> None:
        """Set the password of an invitation."""
        await self.call("POST", "/v1/invitations/accept", json={"token": token, "password": password})

    async def call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: object = None,
        content: bytes | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        """One request. A busy or restarting service is asked again if asking twice does no harm.

        Raises Refused for any other answer than success.
        """
        harmless = method != "POST" or path == "/v1/sign_in" or "Idempotency-Key" in (headers or {})
        for attempt in range(TRIES):
            async with self._turn:
                self.calls += 1
                answer = await self._client.request(
                    method, path, headers=headers, json=json, content=content, params=params or None
                )
            in_flight = answer.is_error and _problem(answer).get("code") == "idempotency_in_flight"
            if not (harmless and (in_flight or answer.status_code in BUSY)) or attempt == TRIES - 1:
                break
            await asyncio.sleep(float(answer.headers.get("Retry-After", 0.5)) * (attempt + 1))
        if answer.is_error:
            raise Refused(f"{method} {path}", answer.status_code, _problem(answer))
        return answer


async def together(acts: Iterable[Awaitable[T]], *, at_once: int = 1000) -> list[T]:
    """Everybody at once (the gateway bounds how many really are); the first refusal ends it."""
    turn = asyncio.Semaphore(at_once)

    async def one(act: Awaitable[T]) -> T:
        async with turn:
            return await act

    return await asyncio.gather(*(one(act) for act in acts))


async def until(ask: Person, path: str, wanted: frozenset[str]) -> dict[str, Any]:
    """Look again until the record is in one of the states; raises TimeoutError after a minute."""
    started = time.monotonic()
    while time.monotonic() - started < PATIENCE_SECONDS:
        record: dict[str, Any] = await ask.get(path)
        if record["state"] in wanted:
            return record
        await asyncio.sleep(0.3)
    raise TimeoutError(f"{path} did not reach {sorted(wanted)} in {PATIENCE_SECONDS:.0f} s; it is {record['state']}")


def _body(answer: httpx2.Response) -> Any:
    return answer.json() if answer.content and "json" in answer.headers.get("Content-Type", "") else answer.content


def _problem(answer: httpx2.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {"code": "not_json", "text": answer.text[:200]}
    return body if isinstance(body, dict) else {"code": "not_an_object"}
