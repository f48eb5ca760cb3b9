"""What every test can ask for: real databases whose changes are undone, and the services' apps on top of them."""

import gc
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager

import hypothesis
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from xdist.scheduler import LoadScopeScheduling

from services.kit.database.sessions import Sessions
from tests.clients import Clients, app_context_of, app_of
from tests.databases import RolledBack, TestDatabase, TestServer, running_server
from tests.identities import Issuer, SetClock

# How long one example takes says more about the machine than about the code.
hypothesis.settings.register_profile("merit", deadline=None)
hypothesis.settings.load_profile("merit")

KEPT = pytest.StashKey[ExitStack]()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Under pytest-xdist one server serves all workers: the controller starts it with its first worker."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]  # xdist's WorkerController has no types
    if KEPT not in config.stash:
        config.stash[KEPT] = ExitStack()
        server = config.stash[KEPT].enter_context(running_server())
        config.stash[SERVER] = server
    server = config.stash[SERVER]
    node.workerinput["merit_server"] = (server.admin_url, server.run)  # type: ignore[attr-defined]  # the same


SERVER = pytest.StashKey[TestServer]()


TOGETHER = ("tests/e2e/", "tests/architecture/")
"""Folders whose tests share what takes long: the whole running system, every source file parsed."""


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """A file's tests stay on one worker, which begins them once, and so do those of ``TOGETHER``."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """Files go to workers in the order of collection: the long ones first."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


LONGEST = (
    "tests/e2e/",
    "tests/test_benchmarks.py",
    "tests/api/test_every_operation_survives.py",
    "tests/api/appraisal/test_anonymity.py",
    "tests/migrations/test_migrations.py",
    "tests/kit/test_worker_crash.py",
    "tests/kit/test_starting.py",
    "tests/api/",
    "tests/architecture/",
    "tests/gateway/",
    "tests/kit/",
    "tests/domain/appraisal/test_anonymity_attack.py",
    "tests/domain/org/test_people_import.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no worker is left alone with it at the end."""
    items.sort(
        key=lambda item: next((n for n, path in enumerate(LONGEST) if item.nodeid.startswith(path)), len(LONGEST))
    )


def pytest_sessionstart() -> None:
    """What the tests load stays until they end: the collector of garbage need not look through it time and again."""
    gc.disable()


def pytest_collection_finish() -> None:
    """From here on there is garbage; it is looked for more seldom than usual, in what came since alone."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    gc.enable()


ENDED: dict[str, float] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Notes when each worker was done with its last test."""
    if (worker := getattr(report, "node", None)) is not None:
        ENDED[worker.gateway.id] = report.stop


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how long workers had nothing to do while another still worked, which ``LONGEST`` is to keep short."""
    if ENDED:
        idle = (f"{worker} {max(ENDED.values()) - ended:.0f} s" for worker, ended in sorted(ENDED.items()))
        terminalreporter.write_line(f"Idle at the end: {', '.join(idle)}")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stops the server that the controller started."""
    if KEPT in config.stash:
        config.stash[KEPT].close()


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """All async tests run on asyncio, in the loop that the services run in."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[TestServer]:
    """The PostgreSQL server of this run."""
    given = getattr(request.config, "workerinput", {}).get("merit_server")
    if given is not None:
        yield TestServer(*given)
        return
    with running_server() as started:
        yield started


@pytest.fixture(scope="session")
def database(server: TestServer, request: pytest.FixtureRequest) -> TestDatabase:
    """This worker's migrated database. Tests change it only inside transactions that are rolled back."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    return server.clone(server.template(), f"merit_test_{server.run}_{worker}")


@pytest.fixture
def fresh_database(server: TestServer, request: pytest.FixtureRequest) -> Iterator[TestDatabase]:
    """A database of this test's own, for what must commit: concurrency, workers, restarts."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"merit_test_{server.run}_fresh_{worker}"
    yield server.clone(server.template(), name)
    server.drop(name)


@asynccontextmanager
async def _engine(database: TestDatabase, service: str) -> AsyncIterator[AsyncEngine]:
    engine = create_async_engine(database.app(service), pool_size=1, max_overflow=1)
    yield engine
    await engine.dispose()


@asynccontextmanager
async def _undone(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.connect() as connection:
        transaction = await connection.begin()
        yield connection
        await transaction.rollback()


@pytest.fixture(scope="session")
async def org_engine(database: TestDatabase) -> AsyncIterator[AsyncEngine]:
    """Connections to this worker's database as org's running role."""
    async with _engine(database, "org") as engine:
        yield engine


@pytest.fixture(scope="session")
async def appraisal_engine(database: TestDatabase) -> AsyncIterator[AsyncEngine]:
    """Connections to this worker's database as appraisal's running role."""
    async with _engine(database, "appraisal") as engine:
        yield engine


@pytest.fixture(scope="session")
async def incentive_engine(database: TestDatabase) -> AsyncIterator[AsyncEngine]:
    """Connections to this worker's database as incentive's running role."""
    async with _engine(database, "incentive") as engine:
        yield engine


@pytest.fixture
async def org_connection(org_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """org's connection of this test; what it does is undone."""
    async with _undone(org_engine) as connection:
        yield connection


@pytest.fixture
async def appraisal_connection(appraisal_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """appraisal's connection of this test; what it does is undone."""
    async with _undone(appraisal_engine) as connection:
        yield connection


@pytest.fixture
async def incentive_connection(incentive_engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """incentive's connection of this test; what it does is undone."""
    async with _undone(incentive_engine) as connection:
        yield connection


@pytest.fixture
def org_sessions(org_connection: AsyncConnection) -> RolledBack:
    """Sessions of the org service in this test."""
    return RolledBack(org_connection)


@pytest.fixture
def appraisal_sessions(appraisal_connection: AsyncConnection) -> RolledBack:
    """Sessions of the appraisal service in this test."""
    return RolledBack(appraisal_connection)


@pytest.fixture
def incentive_sessions(incentive_connection: AsyncConnection) -> RolledBack:
    """Sessions of the incentive service in this test."""
    return RolledBack(incentive_connection)


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    """Who signs the access tokens of this run."""
    return Issuer()


@pytest.fixture
def clock() -> SetClock:
    """The business clock of every service in this test; `clock.set(2026, 4, 22, 1)` moves it (UTC)."""
    return SetClock()


@asynccontextmanager
async def _clients(service: str, sessions: Sessions, issuer: Issuer, clock: SetClock) -> AsyncIterator[Clients]:
    clients = Clients(app_of(app_context_of(service, sessions, issuer, clock)), issuer)
    yield clients
    await clients.close()


@pytest.fixture
async def org(org_sessions: RolledBack, issuer: Issuer, clock: SetClock) -> AsyncIterator[Clients]:
    """Clients of the org service: `await org(Role.HR).get("/v1/org/units")`."""
    async with _clients("org", org_sessions, issuer, clock) as clients:
        yield clients


@pytest.fixture
async def appraisal(appraisal_sessions: RolledBack, issuer: Issuer, clock: SetClock) -> AsyncIterator[Clients]:
    """Clients of the appraisal service."""
    async with _clients("appraisal", appraisal_sessions, issuer, clock) as clients:
        yield clients


@pytest.fixture
async def incentive(incentive_sessions: RolledBack, issuer: Issuer, clock: SetClock) -> AsyncIterator[Clients]:
    """Clients of the incentive service."""
    async with _clients("incentive", incentive_sessions, issuer, clock) as clients:
        yield clients
