"""A made-up service called "kit": a database with the kit's tables and a job queue, and nothing of the business."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from deploy.database import prepare
from services.kit.database import Database, Sessions, WriteSession
from services.kit.event_routes import event_router
from services.kit.events import CloudEvent
from services.kit.inbox_routes import inbox_router
from services.kit.job_schema import install_jobs
from services.kit.revocations import revoke
from services.kit.web import create_app
from tests.clients import Clients, surroundings_of
from tests.databases import RolledBack, TestDatabase, TestServer
from tests.identities import Issuer, SetClock
from tests.kit.little_service import Base, build

SERVICE = "kit"


@pytest.fixture(scope="session")
def kit_template(server: TestServer, request: pytest.FixtureRequest) -> str:
    """The name of a database with the kit's tables, for cloning."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"merit_test_{server.run}_kit_{worker}"
    place = server.place(SERVICE, name)
    prepare(place)
    engine = create_engine(place.owner.set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        install_jobs(connection, SERVICE)
    engine.dispose()
    return name


@pytest.fixture
def kit_database(server: TestServer, kit_template: str) -> Iterator[TestDatabase]:
    """A database of this test's own, where things commit."""
    name = f"{kit_template}_own"
    yield server.clone(kit_template, name)
    server.drop(name)


@pytest.fixture
async def kit_committed(kit_database: TestDatabase) -> AsyncIterator[Database]:
    """Sessions that commit, on the test's own database."""
    database = Database(kit_database.app_url(SERVICE))
    yield database
    await database.close()


@pytest.fixture(scope="session")
def kit_shared(server: TestServer, kit_template: str) -> TestDatabase:
    """One database for all tests that undo what they do."""
    return server.clone(kit_template, f"{kit_template}_shared")


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


async def _withdraw(session: WriteSession, event: CloudEvent, now: datetime) -> None:
    await revoke(session, UUID(event.data["account_id"]), now)


def little_service(sessions: Sessions, issuer: Issuer, clock: SetClock) -> FastAPI:
    """The service of ``little_service.py`` on these sessions."""
    around = replace(surroundings_of("org", sessions, issuer, clock), event_secrets=(EVENT_SECRET,))
    effects = {"org.account.revoked": _withdraw}
    return create_app(
        title="kit", around=around, routers=[build(), event_router(SERVICE), inbox_router(SERVICE, effects)]
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


async def count(sessions: RolledBack | Database, sql: str) -> int:
    """The number that a query counts."""
    async with sessions.read() as session:
        return int(await session.scalar(text(sql)) or 0)
