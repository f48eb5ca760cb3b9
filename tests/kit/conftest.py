"""A made-up service called "kit": a database with the kit's tables and a job queue, and nothing of the business."""

from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import MetaData, create_engine, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from deploy.database import prepare
from services.kit.database import CONVENTION, Database
from services.kit.job_schema import install_jobs
from services.kit.tables import adopt
from tests.databases import RolledBack, TestDatabase, TestServer

SERVICE = "kit"


@pytest.fixture(scope="session")
def kit_template(server: TestServer, request: pytest.FixtureRequest) -> str:
    """The name of a database with the kit's tables, for cloning."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"merit_test_{server.run}_kit_{worker}"
    place = server.place(SERVICE, name)
    prepare(place)
    metadata = MetaData(naming_convention=CONVENTION, schema=SERVICE)
    adopt(metadata)
    engine = create_engine(place.owner.set(drivername="postgresql+psycopg"))
    with engine.begin() as connection:
        metadata.create_all(connection)
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


async def count(sessions: RolledBack | Database, sql: str) -> int:
    """The number that a query counts."""
    async with sessions.read() as session:
        return int(await session.scalar(text(sql)) or 0)
