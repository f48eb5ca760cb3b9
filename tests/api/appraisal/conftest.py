"""A company and its quarter for every test of appraisal."""

import pytest

from tests.builders.appraisal import Company, Quarter
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import SetClock


@pytest.fixture
def company() -> Company:
    """People in units."""
    return Company()


@pytest.fixture
def quarter(appraisal: Clients, appraisal_sessions: RolledBack, clock: SetClock, company: Company) -> Quarter:
    """A driver through 2026-Q1, at its beginning."""
    return Quarter(appraisal, appraisal_sessions, clock, company)
