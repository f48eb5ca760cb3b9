"""What the database permits a service's running role: its own rows and nothing else."""

import importlib

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL

from deploy.database import SERVICES
from services.kit.startup import tables as kit_tables
from tests.databases import TestDatabase, migrated_services

PAIRS = [(service, other) for service in SERVICES for other in migrated_services() if other != service]
MUST_BE_APPEND_ONLY = [
    ("appraisal", "measurement"),
    ("appraisal", "result"),
    ("incentive", "entry"),
    ("incentive", "posting"),
    *((service, name) for service in migrated_services() for name in kit_tables.APPEND_ONLY),
]


def connect(url: URL) -> psycopg.Connection[tuple[object, ...]]:
    """A connection that is rolled back at its end."""
    return psycopg.connect(url.set(drivername="postgresql").render_as_string(hide_password=False))


def tables_of(url: URL, schema: str) -> list[str]:
    """The names of the tables of a schema."""
    with connect(url) as connection:
        query = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1"
        return [str(name) for (name,) in connection.execute(query, [schema])]


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize(("service", "other"), PAIRS)
def test_a_service_can_neither_read_nor_write_the_tables_of_another(
    service: str, other: str, database: TestDatabase
) -> None:
    for schema in (other, f"{other}_jobs"):
        for table in tables_of(database.owner(other), schema):
            for verb in ("SELECT * FROM {}", "DELETE FROM {}"):
                with (
                    connect(database.app(service)) as connection,
                    pytest.raises(psycopg.errors.InsufficientPrivilege),
                ):
                    connection.execute(sql.SQL(verb).format(sql.Identifier(schema, table)))


@pytest.mark.parametrize("service", migrated_services())
def test_a_service_can_read_and_add_to_every_table_of_its_own(service: str, database: TestDatabase) -> None:
    for schema in (service, f"{service}_jobs"):
        tables = tables_of(database.owner(service), schema)
        assert tables
        with connect(database.app(service)) as connection:
            for table in tables:
                privileges = "SELECT has_table_privilege(%s, 'SELECT') AND has_table_privilege(%s, 'INSERT')"
                assert connection.execute(privileges, [f"{schema}.{table}"] * 2).fetchone() == (True,), table


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_cannot_change_the_schema_it_works_in(service: str, database: TestDatabase) -> None:
    for schema in (service, f"{service}_jobs", "public"):
        with connect(database.app(service)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql.SQL("CREATE TABLE {} (i int)").format(sql.Identifier(schema, "planted")))


@pytest.mark.parametrize(("service", "table"), MUST_BE_APPEND_ONLY)
def test_what_somebody_relied_on_can_be_added_to_but_not_changed(
    service: str, table: str, database: TestDatabase
) -> None:
    for verb in ("DELETE FROM {}", "TRUNCATE {}"):
        with connect(database.app(service)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(sql.SQL(verb).format(sql.Identifier(service, table)))
    with connect(database.app(service)) as connection:
        query = "SELECT has_any_column_privilege(%s, 'UPDATE')"
        assert connection.execute(query, [f"{service}.{table}"]).fetchone() == (False,)


@pytest.mark.parametrize("service", migrated_services())
def test_every_table_that_the_models_call_append_only_is_so_in_the_database(
    service: str, database: TestDatabase
) -> None:
    declared = getattr(importlib.import_module(f"services.{service}.tables"), "APPEND_ONLY", ())
    with connect(database.app(service)) as connection:
        for table in declared:
            query = "SELECT has_table_privilege(%s, 'UPDATE, DELETE, TRUNCATE')"
            assert connection.execute(query, [f"{service}.{table}"]).fetchone() == (False,), table
