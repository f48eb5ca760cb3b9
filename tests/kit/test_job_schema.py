"""The job tables come and go with a service's first migration."""

import pytest
from sqlalchemy import create_engine, text

from services.kit.jobs.schema import install_jobs, remove_jobs
from tests.databases import TestDatabase
from tests.kit.conftest import SERVICE

pytestmark = pytest.mark.req("PLT-05")


def test_the_job_tables_can_be_removed_and_installed_again(kit_database: TestDatabase) -> None:
    engine = create_engine(kit_database.owner(SERVICE))
    with engine.begin() as connection:
        remove_jobs(connection, SERVICE)
        left = connection.execute(
            text("SELECT count(*) FROM pg_class WHERE relnamespace = 'kit_jobs'::regnamespace")
        ).scalar_one()
        assert left == 0
        install_jobs(connection, SERVICE)
        assert connection.execute(text("SELECT current_schema()")).scalar_one() == "kit"
    engine.dispose()
