"""Migrates the schema of one service; the section of alembic.ini (`alembic -n org …`) names the service.

The owner's address comes from `config.attributes["url"]` (tests, deploy), `MERIT_<SERVICE>_OWNER_URL[_FILE]` or
`MERIT_OWNER_URL[_FILE]`. Autogenerate and `alembic check` look at the service's own schema only: not at the other
services, and not at `<service>_jobs`, which belongs to the job library.
"""

import importlib
import os
from pathlib import Path
from typing import Any, Literal

from alembic import context
from alembic.operations.ops import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, NullPool, create_engine, text

LOCK_TIMEOUT = "5s"
"""A migration that cannot get its table lock gives up instead of queueing every reader behind it."""

STATEMENT_TIMEOUT = "15min"

WAIT_FOR_OTHER_MIGRATION = "5min"

service = context.config.config_ini_section
tables = importlib.import_module(f"services.{service}.tables")
target_metadata: MetaData = tables.Base.metadata
if target_metadata.schema != service:
    raise SystemExit(f"services.{service}.tables.Base must have MetaData(schema={service!r}).")


def owner_url() -> str:
    """The address of the database as the role that owns the service's schema.

    Raises:
        SystemExit: no address is given.
    """
    given = context.config.attributes.get("url")
    if given:
        return str(given)
    names = (f"MERIT_{service.upper()}_OWNER_URL", "MERIT_OWNER_URL")
    for name in names:
        if url := os.environ.get(name):
            return url
        if path := os.environ.get(f"{name}_FILE"):
            return Path(path).read_text(encoding="utf-8").strip()
    raise SystemExit(f"{names[0]} (or {names[1]}) must hold the address of the database as the schema's owner.")


def include_name(
    name: str | None,
    kind: Literal["schema", "table", "column", "index", "unique_constraint", "foreign_key_constraint"],
    _parents: object,
) -> bool:
    """Whether autogenerate looks at an existing object: only at those in the service's own schema."""
    return kind != "schema" or name == service


def number(_context: MigrationContext, revision: Any, directives: list[MigrationScript]) -> None:
    """Gives a new revision the next number (0001, 0002, …), so that the folder reads in order."""
    if not directives or context.config.cmd_opts is None or getattr(context.config.cmd_opts, "rev_id", None):
        return
    head = ScriptDirectory.from_config(context.config).get_current_head()
    directives[0].rev_id = f"{int(head or 0) + 1:04d}"


def guard(connection: Connection) -> None:
    """Lets one migration of this service run at a time, and none hold up the users of a busy table."""
    connection.execute(text(f"SET statement_timeout = '{WAIT_FOR_OTHER_MIGRATION}'"))
    connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": f"merit migration {service}"})
    connection.execute(text(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'"))
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.commit()


def migrate() -> None:
    """Runs the wanted migrations; each is one transaction, so a failed one leaves nothing behind."""
    engine = create_engine(owner_url(), poolclass=NullPool)
    with engine.connect() as connection:
        guard(connection)
        # The owner's search_path starts with the service's schema. Reflection would then report its tables without
        # a schema, and differ from models that name it.
        connection.dialect.default_schema_name = "public"
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            include_schemas=True,
            include_name=include_name,
            version_table_schema=service,
            transaction_per_migration=True,
            compare_server_default=True,
            process_revision_directives=number,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


if context.is_offline_mode():
    raise SystemExit("Migrations need a connection: they read what is there. Use a copy of the database instead.")
migrate()
