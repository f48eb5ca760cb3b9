"""The tables of the job queue: installed by a service's first migration into its schema ``<service>_jobs``.

At run time the connection's search path is ``<service>, <service>_jobs, public``, by which procrastinate's functions
find their tables and its client finds the functions.
"""

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection

# What procrastinate does not keep: why a job failed, and a quick way from a lock to its failed jobs.
_ADDITIONS = """
CREATE TABLE job_failure (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    job_id bigint NOT NULL REFERENCES procrastinate_jobs (id) ON DELETE CASCADE,
    failed_at timestamptz NOT NULL DEFAULT now(),
    error text NOT NULL
);
CREATE INDEX job_failure_job_id_idx ON job_failure (job_id, id);
CREATE INDEX procrastinate_jobs_failed_lock_idx ON procrastinate_jobs (lock, id) WHERE status = 'failed';
"""

_REMOVAL = """
DO $$
DECLARE
    item text;
BEGIN
    FOR item IN SELECT oid::regclass::text FROM pg_class
        WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r'
    LOOP EXECUTE 'DROP TABLE ' || item || ' CASCADE'; END LOOP;
    FOR item IN SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace
    LOOP EXECUTE 'DROP FUNCTION ' || item || ' CASCADE'; END LOOP;
    FOR item IN SELECT oid::regtype::text FROM pg_type
        WHERE typnamespace = '{schema}'::regnamespace AND typtype IN ('e', 'c')
    LOOP EXECUTE 'DROP TYPE ' || item || ' CASCADE'; END LOOP;
END;
$$;
"""


def install_sql(service: str) -> str:
    """Everything that makes the job tables of ``service``; the search path is put back at its end."""
    schema = f"{service}_jobs"
    return "\n".join(
        (
            # CREATE SCHEMA IF NOT EXISTS would demand the right to create even where the schema stands already.
            f"DO $$ BEGIN IF to_regnamespace('{schema}') IS NULL THEN CREATE SCHEMA {schema}; END IF; END; $$;",
            "SELECT set_config('merit.search_path', current_setting('search_path'), true);",
            f"SET LOCAL search_path TO {schema};",
            SchemaManager.get_schema(),
            _ADDITIONS,
            "SELECT set_config('search_path', current_setting('merit.search_path'), true);",
        )
    )


def install_jobs(connection: Connection, service: str) -> None:
    """Make the job tables: ``install_jobs(op.get_bind(), "org")`` in the first migration's ``upgrade``."""
    _run(connection, install_sql(service))


def remove_jobs(connection: Connection, service: str) -> None:
    """Undo ``install_jobs`` in ``downgrade``; the empty schema stays."""
    _run(connection, _REMOVAL.format(schema=f"{service}_jobs"))


def _run(connection: Connection, script: str) -> None:
    # Without parameters psycopg uses the simple protocol, which takes several statements and leaves % alone.
    connection.exec_driver_sql(script, execution_options={"no_parameters": True})
