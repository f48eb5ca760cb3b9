"""What a service stands on as it runs, the same for all three: its context, its clients, what its worker works with."""

import argparse
import asyncio
import gc
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import httpx2
import uvicorn
from fastapi import FastAPI

from services.kit.access.clients import ServiceTokens, http_client
from services.kit.access.revocations import NotBefore, revocations_of_org, stored
from services.kit.access.tokens import LEEWAY, FetchedKeys, Keys
from services.kit.audit import chain_report
from services.kit.audit.hash_chain import Chain
from services.kit.database.sessions import Database
from services.kit.events.webhooks import Deliverer
from services.kit.observation import logs, telemetry
from services.kit.polled import Polled
from services.kit.startup.settings import ClientSettings, ProcessSettings
from services.kit.startup.starting import start_with
from services.kit.web.application import AppContext
from services.kit.work.unit_of_work import SystemWork

Settings = TypeVar("Settings", bound=ProcessSettings)

COLLECT_AFTER: Final = 50_000
"""New objects between two looks of the garbage collector in a worker; the usual 700 suits small programs."""


def database_of(settings: ProcessSettings) -> Database:
    """The service's own database."""
    return Database(settings.database_url.get_secret_value(), pool_size=settings.pool_size)


def context_of(
    name: str,
    settings: ProcessSettings,
    database: Database,
    keys: Keys,
    *,
    from_org: Polled[NotBefore] | None = None,
    polled: Sequence[Polled[Any]] = (),
) -> AppContext:
    """The context of a running service. Revocations are those of its own table, and those read ``from_org``."""
    own = Polled(stored(database, settings.token_lifetime + LEEWAY))
    revoked = (own,) if from_org is None else (from_org, own)
    return AppContext(
        name=name,
        issuer=settings.issuer,
        sessions=database,
        keys=keys,
        clock=settings.clock,
        zone=settings.zone,
        cursor_key=settings.cursor_key.get_secret_value().encode(),
        event_secrets=(settings.event_secret.get_secret_value(),),
        token_lifetime=settings.token_lifetime,
        cipher=settings.cipher,
        revoked=revoked,
        polled=(*polled, *revoked),
        at_once=settings.requests_at_once,
    )


def context_beside_org(
    name: str, settings: ProcessSettings, database: Database, http: httpx2.AsyncClient
) -> AppContext:
    """The context of a running service that learns from org which keys and accounts are good."""
    silence = settings.org_silence_seconds
    keys = FetchedKeys(f"{settings.org_url.rstrip('/')}/v1/org/jwks", http, patience=silence)
    read = revocations_of_org(http, settings.org_url, settings.event_secret.get_secret_value())
    from_org = Polled(read, patience=silence)
    return context_of(name, settings, database, keys, from_org=from_org, polled=(keys.polled,))


def tokens_of(name: str, settings: ClientSettings, http: httpx2.AsyncClient) -> ServiceTokens:
    """What the service shows its neighbours."""
    return ServiceTokens(
        http, settings.org_url, client_id=name, client_secret=settings.client_secret.get_secret_value()
    )


def closes(*closers: Callable[[], Awaitable[None]]) -> Callable[[], AbstractAsyncContextManager[None]]:
    """The lifespan of an application that calls ``closers`` when it stops."""

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        yield
        for close in closers:
            await close()

    return lifespan


@dataclass(frozen=True)
class WorkerParts:
    """What every worker works with."""

    http: httpx2.AsyncClient
    system: SystemWork
    deliverer: Deliverer


@asynccontextmanager
async def worker_parts(settings: ProcessSettings) -> AsyncIterator[WorkerParts]:
    """The parts of a worker, closed when it stops."""
    database, http = database_of(settings), http_client()
    secret = settings.event_secret.get_secret_value()
    try:
        yield WorkerParts(
            http,
            SystemWork(database, settings.clock, settings.zone, settings.cipher),
            Deliverer(database, http, secret, settings.subscriber_networks, settings.cipher),
        )
    finally:
        await http.aclose()
        await database.close()


def settle() -> None:
    """Spare the garbage collector what was imported: it stays anyway, and a long calculation made it look each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def arguments(name: str, description: str | None, *processes: str) -> argparse.ArgumentParser:
    """What ``python -m services.<name>`` takes."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{name}", description=description)
    parser.add_argument("process", choices=("api", "worker", *processes))
    parser.add_argument("--known", help="with verify_…: a link of the chain seen earlier, as NUMBER:HASH")
    return parser


def run(
    name: str,
    given: argparse.Namespace,
    kind: type[Settings],
    *,
    app_of: Callable[[Settings], FastAPI],
    run_worker: Callable[[Settings], Coroutine[Any, Any, None]],
    chains: Mapping[str, Chain],
) -> None:
    """Run the process that the arguments name until it is stopped; those of ``chains`` verify one and exit."""
    settings = start_with(name, kind)
    logs.set_up(name, settings.log_level)
    if given.process in chains:
        url = settings.database_url.get_secret_value()
        sys.exit(asyncio.run(chain_report.verified(url, chains[given.process], given.known)))
    telemetry.trace_requests(name)
    if given.process == "worker":
        asyncio.run(run_worker(settings))
    else:
        uvicorn.run(app_of(settings), host=settings.host, port=settings.port, log_config=None, access_log=False)
