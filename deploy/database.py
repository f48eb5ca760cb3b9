"""Prepares a PostgreSQL server for Merit: database, roles, schemas and rights. Safe to repeat.

Each service has two roles: the owner of its schemas, who migrates them, and the role it runs as, which reads and
writes rows. Neither has any right on another service's schemas; migrations take UPDATE and DELETE away from the
running role where a table is append-only.
"""

from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url

SERVICES = ("org", "appraisal", "incentive")

# Text sorts by code point, the same on every machine and after every upgrade of its libraries.
BUILT_IN_ORDER: Final = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
FIRST_WITH_BUILT_IN: Final = 170000
LIBRARY_ORDER: Final = "LOCALE 'C.UTF-8'"


@dataclass(frozen=True)
class Place:
    """Where one service keeps its data: the same database as superuser, as schema owner, as running service."""

    service: str
    admin: URL
    owner: URL
    app: URL

    @classmethod
    def of(cls, service: str, admin: str, owner: str, app: str) -> "Place":
        """Reads the three addresses.

        Raises:
            ValueError: they are not of one database, a role has another name than migrations expect, or no password.
        """
        place = cls(service, make_url(admin), make_url(owner), make_url(app))
        for url, role in ((place.owner, f"merit_{service}_owner"), (place.app, f"merit_{service}")):
            if url.username != role:
                raise ValueError(f"{service}: the address must name the role {role}, found {url.username}.")
            if not url.password:
                raise ValueError(f"{service}: the address of the role {role} must hold its password.")
        if place.owner.database != place.app.database:
            raise ValueError(f"{service}: owner and service must use one database, found {place.owner.database}.")
        return place


def prepare(place: Place) -> None:
    """Creates or updates everything that the service needs before its first migration."""
    common = str(place.admin.database or "postgres")
    with _connect(place.admin, common) as server:
        # Roles belong to all databases of a server: whoever prepares another one at the same time must wait. Such
        # locks hold in one database, so it is the one that the superuser's address names.
        server.execute("SELECT pg_advisory_lock(hashtext('merit prepare'))")
        _database(server, str(place.app.database))
        with _connect(place.admin, str(place.app.database)) as connection, connection.transaction():
            for url in (place.owner, place.app):
                _role(connection, place.service, url)
            _rights_on_database(connection, place)
            for schema in (place.service, f"{place.service}_jobs"):
                _schema(connection, place, schema)


def _connect(admin: URL, database: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        make_conninfo(
            host=admin.host,
            port=admin.port or 5432,
            user=admin.username,
            password=admin.password,
            dbname=database,
            **{name: value for name, value in admin.query.items() if isinstance(value, str)},
        ),
        autocommit=True,
        connect_timeout=5,
    )


def _database(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if known is None:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' ").format(sql.Identifier(name))
            + sql.SQL(BUILT_IN_ORDER if connection.info.server_version >= FIRST_WITH_BUILT_IN else LIBRARY_ORDER)
        )


def _role(connection: psycopg.Connection[tuple[object, ...]], service: str, url: URL) -> None:
    name = sql.Identifier(str(url.username))
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [url.username]).fetchone()
    if known is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    connection.execute(
        sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD {}").format(
            name, sql.Literal(str(url.password))
        )
    )
    path = sql.SQL(", ").join(map(sql.Identifier, (service, f"{service}_jobs", "public")))
    connection.execute(sql.SQL("ALTER ROLE {} SET search_path = {}").format(name, path))


def _rights_on_database(connection: psycopg.Connection[tuple[object, ...]], place: Place) -> None:
    database = sql.Identifier(str(place.app.database))
    roles = sql.SQL(", ").join(sql.Identifier(str(url.username)) for url in (place.owner, place.app))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, roles))
    connection.execute("CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public")
    connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(roles))


def _schema(connection: psycopg.Connection[tuple[object, ...]], place: Place, schema: str) -> None:
    names = {
        "schema": sql.Identifier(schema),
        "owner": sql.Identifier(str(place.owner.username)),
        "app": sql.Identifier(str(place.app.username)),
    }
    for statement in (
        "CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {owner}",
        "ALTER SCHEMA {schema} OWNER TO {owner}",
        "REVOKE ALL ON SCHEMA {schema} FROM PUBLIC",
        "GRANT USAGE ON SCHEMA {schema} TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} "
        "GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT USAGE, SELECT ON SEQUENCES TO {app}",
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema} GRANT EXECUTE ON FUNCTIONS TO {app}",
    ):
        connection.execute(sql.SQL(statement).format(**names))
