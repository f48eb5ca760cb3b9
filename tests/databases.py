"""Databases for tests on one real PostgreSQL: a template built by the migrations, and clones of it.

The server is embedded and lives as long as the test run, or is the one that `MERIT_TEST_DATABASE_URL` names (as
superuser; the server should be for tests alone, because roles belong to the whole server).
"""

import os
import shutil
import socket
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import RollbackToSavepointClause

from benchmarks._databases import PASSWORD
from deploy import database, migrations, postgres
from services.kit.database.sessions import TransactionSession, WriteSession

FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "200",
    "autovacuum": "off",
    "jit": "off",
    "scram_iterations": "1",
}
"""Settings that trade safety of data for speed: a test's data is thrown away anyway."""


@dataclass(frozen=True)
class TestServer:
    """A server for one test run. `run` keeps its databases apart from those of other runs."""

    __test__ = False

    admin_url: str
    run: str

    def place(self, service: str, name: str) -> database.Place:
        """Where a service finds the database `name`."""
        here = make_url(self.admin_url).set(database=name, password=PASSWORD)
        urls = (here.set(username=role) for role in (f"merit_{service}_owner", f"merit_{service}"))
        return database.Place.of(service, self.admin_url, *(url.render_as_string(hide_password=False) for url in urls))

    def url(self, name: str) -> str:
        """The superuser's address of the database `name`."""
        return make_url(self.admin_url).set(database=name).render_as_string(hide_password=False)

    def template(self) -> str:
        """The name of the migrated database from which others are cloned; the first caller creates it."""
        name = f"merit_test_{self.run}_template"
        with self._connect() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                unfinished = f"{name}_unfinished"
                self.build(unfinished)
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                connection.execute(rename.format(sql.Identifier(unfinished), sql.Identifier(name)))
        return name

    def build(self, name: str, *, migrated: bool = True) -> None:
        """Makes a database with roles and schemas, and the tables of all services that have migrations."""
        for service in database.SERVICES:
            place = self.place(service, name)
            database.prepare(place)
            if migrated and service in migrated_services():
                migrations.upgrade(service, place.owner)

    def clone(self, template: str, name: str) -> "TestDatabase":
        """A copy of `template`."""
        with self._connect() as connection:
            create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        return TestDatabase(self, name)

    def drop(self, name: str) -> None:
        """Removes a database and ends the connections that still use it."""
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def drop_all(self) -> None:
        """Removes every database of this run."""
        with self._connect() as connection:
            pattern = f"merit\\_test\\_{self.run}\\_%"
            rows = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern]).fetchall()
        for (name,) in rows:
            self.drop(str(name))

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        url = make_url(self.admin_url).set(drivername="postgresql")
        return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


@dataclass(frozen=True)
class TestDatabase:
    """One database with the schemas of all services."""

    __test__ = False

    server: TestServer
    name: str

    def app(self, service: str) -> URL:
        """The address as the role that the service runs as."""
        return self.server.place(service, self.name).app.set(drivername="postgresql+psycopg")

    def owner(self, service: str) -> URL:
        """The address as the role that owns the service's schema."""
        return self.server.place(service, self.name).owner.set(drivername="postgresql+psycopg")

    def app_url(self, service: str) -> str:
        """`app` as text, for settings."""
        return self.app(service).render_as_string(hide_password=False)


@compiles(RollbackToSavepointClause)
def _end_savepoint(clause: RollbackToSavepointClause, _: SQLCompiler, **__: Any) -> str:
    """Ends a savepoint that SQLAlchemy goes back to, and would let be: a thousand of them make each look-up slow."""
    return f"ROLLBACK TO SAVEPOINT {clause.ident}; RELEASE SAVEPOINT {clause.ident}"


class RolledBack:
    """The sessions of a service on one connection whose transaction the test rolls back.

    A commit in here ends a savepoint only. Sessions opened for reading cannot write, as in real life. One connection
    does one thing at a time: tests of concurrency use `fresh_database`.
    """

    def __init__(self, connection: AsyncConnection) -> None:
        self.connection = connection
        self.revocations = 0
        """How many statements may have changed which tokens are revoked."""
        event.listen(connection.sync_connection, "after_cursor_execute", self._notice)

    def _notice(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "revocation" in statement and not statement.startswith("SELECT"):
            self.revocations += 1

    async def driver(self) -> psycopg.AsyncConnection[Any]:
        """The driver's own connection."""
        connection = (await self.connection.get_raw_connection()).driver_connection
        assert isinstance(connection, psycopg.AsyncConnection)
        return connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[TransactionSession]:
        """A session that can only read: inside a savepoint READ ONLY ends with the savepoint."""
        driver = await self.driver()
        await driver.execute("SAVEPOINT reading; SET TRANSACTION READ ONLY", prepare=False)
        try:
            async with TransactionSession(
                self.connection, expire_on_commit=False, join_transaction_mode="rollback_only"
            ) as session:
                yield session
        finally:
            await driver.execute("ROLLBACK TO SAVEPOINT reading; RELEASE SAVEPOINT reading", prepare=False)

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[TransactionSession]:
        """The same: nobody else writes in this transaction."""
        async with self.read() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[WriteSession]:
        """A session whose effects the test sees, and nobody after it."""
        async with (
            WriteSession(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session,
            session.begin(),
        ):
            yield session


def migrated_services() -> list[str]:
    """The services that have migrations."""
    return [name for name in database.SERVICES if any((migrations.ROOT / "migrations" / name).glob("[0-9]*.py"))]


@contextmanager
def running_server() -> Iterator[TestServer]:
    """A server for this run: the given one, or an embedded one that ends with the block."""
    run = uuid.uuid4().hex[:8]
    if given := os.environ.get("MERIT_TEST_DATABASE_URL"):
        server = TestServer(given, run)
        try:
            yield server
        finally:
            server.drop_all()
        return
    folder = Path(tempfile.mkdtemp(prefix="merit-test-"))
    try:
        embedded = postgres.start(folder / "postgres", free_port(), folder / "postgres.log", FAST)
        try:
            yield TestServer(embedded.url(), run)
        finally:
            embedded.stop()
    finally:
        shutil.rmtree(folder)


def free_port() -> int:
    """A TCP port of this machine that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
