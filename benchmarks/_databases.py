"""A migrated database for the occasion: on a PostgreSQL of its own, or a copy of one that is there already."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from benchmarks._load import free_port
from deploy import database, migrations, postgres

TEMPLATE: Final = "MERIT_BENCH_TEMPLATE"
"""Names the variable with a superuser's address of a migrated database that benchmarks copy.

They begin sooner so, on a server that is set up for something else: their figures say less.
"""
PASSWORD: Final = "only-for-benchmarks"  # noqa: S105 - of a server that lives for a minute
SETTINGS: Final = {"max_connections": "100", "shared_buffers": "256MB", "jit": "off", "max_wal_size": "4GB"}


@dataclass(frozen=True)
class Occasion:
    """A folder and a database; ``admin`` is the superuser's address of it."""

    folder: Path
    admin: URL

    @property
    def superuser(self) -> str:
        """The superuser's address, for psycopg."""
        return self.admin.render_as_string(hide_password=False)

    def place(self, service: str) -> database.Place:
        """Where a service finds the database."""
        urls = (
            self.admin.set(username=role, password=PASSWORD) for role in (f"merit_{service}_owner", f"merit_{service}")
        )
        admin = self.admin.set(database="postgres").render_as_string(hide_password=False)
        return database.Place.of(service, admin, *(url.render_as_string(hide_password=False) for url in urls))

    def address(self, service: str) -> str:
        """The address as the role that a service runs as, for psycopg."""
        return self.place(service).app.render_as_string(hide_password=False)

    def url(self, service: str) -> URL:
        """The same for SQLAlchemy."""
        return self.place(service).app.set(drivername="postgresql+psycopg")

    def migrate(self, *services: str) -> None:
        """Makes the database with roles, schemas and tables of the services."""
        for service in services:
            place = self.place(service)
            database.prepare(place)
            migrations.upgrade(service, place.owner)


@contextmanager
def database_up(*services: str, settings: Mapping[str, str] = SETTINGS) -> Iterator[Occasion]:
    """A folder and a database with the schemas of the services, both gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="merit-bench-") as name:
        folder = Path(name)
        if template := os.environ.get(TEMPLATE):
            with _copy_of(make_url(template)) as copy:
                yield Occasion(folder, copy)
            return
        server = postgres.start(folder / "postgres", free_port(), folder / "postgres.log", settings)
        try:
            made = Occasion(folder, make_url(server.url("bench")))
            made.migrate(*services)
            yield made
        finally:
            server.stop()


@contextmanager
def _copy_of(template: URL) -> Iterator[URL]:
    """The address of a copy of a database, which lasts as long as the block."""
    name = f"{template.database}_bench_{uuid4().hex[:8]}"
    admin = template.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    create, drop = sql.SQL("CREATE DATABASE {} TEMPLATE {}"), sql.SQL("DROP DATABASE {} WITH (FORCE)")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(create.format(sql.Identifier(name), sql.Identifier(str(template.database))))
        try:
            yield template.set(drivername="postgresql", database=name)
        finally:
            connection.execute(drop.format(sql.Identifier(name)))
