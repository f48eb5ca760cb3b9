"""Clients of the services' apps for tests: they speak HTTP to the app in this process, as whom the test says."""

import base64
import importlib
import ssl
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import httpx2
from fastapi import FastAPI

from services.kit.access.clients import http_client
from services.kit.access.revocations import NotBefore, stored
from services.kit.access.tokens import LEEWAY, LIFETIME
from services.kit.clock import Clock
from services.kit.database.sessions import Sessions
from services.kit.encryption import Cipher
from services.kit.identity import Caller, Role
from services.kit.polled import Polled
from services.kit.web.application import AppContext
from tests.databases import RolledBack
from tests.identities import ISSUER, Issuer, person

# httpx2 looks for it at every request to an app, all along the path, and it is not installed.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]  # None says so at once
CIPHER = Cipher(base64.b64encode(b"only-for-tests".ljust(32)).decode())
ZONE = ZoneInfo("Asia/Shanghai")


def app_context_of(service: str, sessions: Sessions, issuer: Issuer, clock: Clock) -> AppContext:
    """What a service under test stands on."""
    return AppContext(
        name=service,
        issuer=ISSUER,
        sessions=sessions,
        keys=issuer.keys,
        clock=clock,
        zone=ZONE,
        cursor_key=b"only-for-tests",
        cipher=CIPHER,
        revoked=(Polled(_revocations(sessions), reread=0, oldest=0),) if isinstance(sessions, RolledBack) else (),
    )


def _revocations(sessions: RolledBack) -> Callable[[], Awaitable[NotBefore]]:
    """Reads the service's own table as it would at every request, but only after something may have been written."""
    read = stored(sessions, LIFETIME + LEEWAY)
    known: NotBefore = {}
    seen = -1

    async def reread() -> NotBefore:
        nonlocal known, seen
        if seen != sessions.revocations:
            known, seen = await read(), sessions.revocations
        return known

    return reread


def app_of(context: AppContext, **more: Any) -> FastAPI:
    """The service's app on `context`, built by `services.<service>.main.build(context, …)`."""
    main = importlib.import_module(f"services.{context.name}.main")
    app: FastAPI = main.build(context, **more)
    return app


def plain_http() -> httpx2.AsyncClient:
    """Connections to servers of the test, without TLS: what an installation trusts takes long to load."""
    return http_client(httpx2.AsyncHTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)))


class Watching(Protocol):
    """Sees every request of a client and its answer."""

    async def before(self, request: httpx2.Request) -> None:
        """What is about to be sent."""

    async def after(self, answer: httpx2.Response) -> None:
        """What came back."""


class Clients:
    """Creates clients of one app; `clients()` closes none, the fixture does.

    `clients(Role.HR)` calls as somebody with that role over everything, `clients(caller)` as that caller, and
    `clients.stranger()` without a token.
    """

    def __init__(self, app: FastAPI, issuer: Issuer) -> None:
        self.app = app
        self._issuer = issuer
        self._tokens: dict[Caller, str] = {}
        self._opened: list[httpx2.AsyncClient] = []
        self._watches: list[Watching] = []

    def watch(self, watching: Watching) -> None:
        """Let `watching` see what clients handed out from now on send and are answered."""
        self._watches.append(watching)

    def __call__(self, who: Caller | Role, *more: Role) -> httpx2.AsyncClient:
        """A client that sends a good token of `who`: the same one each time, as after one sign-in."""
        caller = who if isinstance(who, Caller) else person(who, *more)
        if caller not in self._tokens:
            self._tokens[caller] = self._issuer.token(caller)
        return self.bearing(self._tokens[caller])

    def bearing(self, token: str) -> httpx2.AsyncClient:
        """A client that sends `token`, whatever it is."""
        client = self.stranger()
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    def stranger(self) -> httpx2.AsyncClient:
        """A client that sends no token."""
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=True)
        hooks = {
            "request": [watch.before for watch in self._watches],
            "response": [watch.after for watch in self._watches],
        }
        client = httpx2.AsyncClient(transport=transport, base_url="http://merit.test", event_hooks=hooks)
        self._opened.append(client)
        return client

    async def close(self) -> None:
        """Closes every client handed out."""
        for client in self._opened:
            await client.aclose()
