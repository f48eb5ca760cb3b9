"""The migrations of each service: every step can be taken back, and they build what the models describe."""

from collections.abc import Iterator

import psycopg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import URL

from deploy import database as bootstrap
from deploy.migrations import config_of
from tests.databases import TestDatabase, TestServer, migrated_services

SERVICES = migrated_services()


@pytest.fixture
def empty_database(server: TestServer, request: pytest.FixtureRequest) -> Iterator[TestDatabase]:
    """A database with roles and schemas, before any migration."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    name = f"merit_test_{server.run}_empty_{worker}"
    server.build(name, migrated=False)
    yield TestDatabase(server, name)
    server.drop(name)


def rows(url: URL, query: str, *values: object) -> list[tuple[object, ...]]:
    """What a query answers."""
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        return connection.execute(query, values).fetchall()  # type: ignore[arg-type]  # the test's own constant text


@pytest.mark.parametrize("service", SERVICES)
def test_every_migration_can_be_taken_back_and_repeated_and_all_together_leave_nothing_behind(
    service: str, empty_database: TestDatabase
) -> None:
    config = config_of(service, empty_database.owner(service))
    revisions = list(reversed(list(ScriptDirectory.from_config(config).walk_revisions())))
    for revision in revisions:
        command.upgrade(config, revision.revision)  # repeats the one before, which was taken back
        command.downgrade(config, "-1")
    command.upgrade(config, "head")
    command.downgrade(config, "base")
    left = rows(
        empty_database.owner(service),
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'v', 'S', 'm') AND relname <> 'alembic_version' "
        "AND relnamespace::regnamespace::text = ANY (%s) UNION ALL "
        "SELECT proname FROM pg_proc WHERE pronamespace::regnamespace::text = ANY (%s) UNION ALL "
        "SELECT typname FROM pg_type WHERE typtype = 'e' AND typnamespace::regnamespace::text = ANY (%s)",
        *[[service, f"{service}_jobs"]] * 3,
    )
    assert left == []


@pytest.mark.req("APR-01")
def test_the_unit_of_an_indicator_from_before_reads_in_both_languages(empty_database: TestDatabase) -> None:
    config = config_of("appraisal", empty_database.owner("appraisal"))
    command.upgrade(config, "0035")
    kept = (
        "INSERT INTO appraisal.indicator (id, code, version, name, name_en, quantitative, dimension, definition, unit, "
        "data_source, collection, aggregation, rule, created_at) VALUES (gen_random_uuid(), 'S03', 1, '费用率', "
        "'Expense rate', true, 'financial', '', %s, '', 'month', 'mean', '{}', now()) RETURNING unit"
    )
    assert rows(empty_database.owner("appraisal"), kept, "%") == [("%",)]
    command.upgrade(config, "0036")
    asked = "SELECT unit, unit_en FROM appraisal.indicator"
    assert rows(empty_database.owner("appraisal"), asked) == [("%", "")]


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_build_what_the_models_describe(service: str, database: TestDatabase) -> None:
    command.check(config_of(service, database.owner(service)))


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_one_line_of_migrations_numbered_in_order(service: str, database: TestDatabase) -> None:
    script = ScriptDirectory.from_config(config_of(service, database.owner(service)))
    numbers = [revision.revision for revision in script.walk_revisions()][::-1]
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]


@pytest.mark.parametrize("service", SERVICES)
def test_every_table_has_a_primary_key(service: str, database: TestDatabase) -> None:
    without = rows(
        database.owner(service),
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = %s::regnamespace "
        "AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary)",
        service,
    )
    assert without == []


def test_preparing_a_database_twice_changes_nothing(server: TestServer, fresh_database: TestDatabase) -> None:
    for service in bootstrap.SERVICES:
        bootstrap.prepare(server.place(service, fresh_database.name))
        assert rows(fresh_database.app(service), "SELECT 1") == [(1,)]
