"""A service for tests, called "kit": a database with the kit's tables and a job queue, without any business."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import httpx2
import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql
from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from deploy.database import prepare
from services.kit.access.revocations import REVOKE_TOKENS
from services.kit.database.sessions import Database, Sessions
from services.kit.events.webhooks import Deliverer, deliver_events
from services.kit.jobs.queue import JobApp
from services.kit.jobs.schema import install_jobs
from services.kit.routes.events import event_router
from services.kit.routes.inbox import inbox_router
from services.kit.web.application import create_app
from tests.clients import CIPHER, Clients, app_context_of
from tests.databases import RolledBack, TestDatabase, TestServer
from tests.identities import Issuer, SetClock
from tests.kit.little_service import Base, build
from tests.kit.post_office import SECRET, Post, Receiver

SERVICE = "kit"


@pytest.fixture(scope="session")
def kit_template(server: TestServer) -> str:
    """The name of a database with the kit's tables, for cloning; made by the test process that comes first."""
    name = f"merit_test_{server.run}_kit"
    admin = make_url(server.admin_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            unfinished = f"{name}_unfinished"
            _build(server, unfinished)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
            connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
    return name


def _build(server: TestServer, name: str) -> None:
    place = server.place(SERVICE, name)
    prepare(place)
    engine = create_engine(place.owner.set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        install_jobs(connection, SERVICE)


@pytest.fixture
def kit_database(server: TestServer, kit_template: str, request: pytest.FixtureRequest) -> Iterator[TestDatabase]:
    """A database of this test's own, where things commit."""
    name = f"{kit_template}_own_{_process(request)}"
    yield server.clone(kit_template, name)
    server.drop(name)


def _process(request: pytest.FixtureRequest) -> str:
    return str(getattr(request.config, "workerinput", {}).get("workerid", "main"))


@pytest.fixture
async def kit_committed(kit_database: TestDatabase) -> AsyncIterator[Database]:
    """Sessions that commit, on the test's own database."""
    database = Database(kit_database.app_url(SERVICE))
    yield database
    await database.close()


@pytest.fixture(scope="session")
def kit_shared(server: TestServer, kit_template: str, request: pytest.FixtureRequest) -> TestDatabase:
    """One database for all tests that undo what they do."""
    return server.clone(kit_template, f"{kit_template}_shared_{_process(request)}")


@pytest.fixture
async def kit_connection(kit_shared: TestDatabase) -> AsyncIterator[AsyncConnection]:
    """A connection whose transaction is undone after the test."""
    engine = create_async_engine(kit_shared.app(SERVICE))
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()
    await engine.dispose()


@pytest.fixture
def kit_sessions(kit_connection: AsyncConnection) -> RolledBack:
    """Sessions in the transaction that is undone."""
    return RolledBack(kit_connection)


EVENT_SECRET = "secret-of-the-installation-under-test"


def little_service(sessions: Sessions, issuer: Issuer, clock: SetClock) -> FastAPI:
    """The service of ``little_service.py`` on these sessions."""
    context = replace(app_context_of("org", sessions, issuer, clock), event_secrets=(EVENT_SECRET,))
    effects = {"org.account.revoked": REVOKE_TOKENS}
    return create_app(
        title="kit", context=context, routers=[build(), event_router(SERVICE), inbox_router(SERVICE, effects)]
    )


@pytest.fixture
async def kit(kit_sessions: RolledBack, issuer: Issuer, clock: SetClock) -> AsyncIterator[Clients]:
    """Clients of the little service."""
    clients = Clients(little_service(kit_sessions, issuer, clock), issuer)
    yield clients
    await clients.close()


@pytest.fixture
async def kit_live(kit_committed: Database, issuer: Issuer, clock: SetClock) -> AsyncIterator[Clients]:
    """Clients of the little service where requests commit and meet each other."""
    clients = Clients(little_service(kit_committed, issuer, clock), issuer)
    yield clients
    await clients.close()


async def count(sessions: RolledBack | Database, query: str) -> int:
    """The number that a query counts."""
    async with sessions.read() as session:
        return int(await session.scalar(text(query)) or 0)


@pytest.fixture
async def post(kit_sessions: RolledBack) -> AsyncIterator[Post]:
    receiver = Receiver()
    app = JobApp[Deliverer](SERVICE)
    deliver_events(app, lambda deliverer: deliverer)
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(receiver)) as http:
        yield Post(kit_sessions, receiver, app, Deliverer(kit_sessions, http, SECRET, cipher=CIPHER))
