"""A company and its quarter for every test of appraisal."""

from typing import Any

import pytest

from services.kit.database.sessions import Database
from tests.builders.appraisal import Company, Quarter
from tests.builders.suppliers import Suppliers
from tests.clients import Clients, app_context_of, app_of
from tests.databases import RolledBack, TestDatabase
from tests.identities import Issuer, SetClock


@pytest.fixture
def company() -> Company:
    """People in units."""
    return Company()


@pytest.fixture
def quarter(appraisal: Clients, appraisal_sessions: RolledBack, clock: SetClock, company: Company) -> Quarter:
    """A driver through 2026-Q1, at its beginning."""
    return Quarter(appraisal, appraisal_sessions, clock, company)


@pytest.fixture
async def suppliers(quarter: Quarter) -> Suppliers:
    """Three suppliers under agreement, two of them classified."""
    found = Suppliers(quarter)
    await found.registered()
    return found


@pytest.fixture
async def live(fresh_database: TestDatabase, issuer: Issuer, clock: SetClock) -> Any:
    """The app on a database of its own, where transactions really meet."""
    database = Database(fresh_database.app_url("appraisal"))
    clients = Clients(app_of(app_context_of("appraisal", database, issuer, clock)), issuer)
    yield Quarter(clients, database, clock, Company())  # type: ignore[arg-type]  # real sessions instead of undone ones
    await clients.close()
    await database.close()
