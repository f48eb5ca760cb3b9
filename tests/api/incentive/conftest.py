"""A bonus quarter of a small company."""

import pytest

from tests.builders.incentive import small_company
from tests.builders.incentive_quarter import Quarter
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import SetClock


@pytest.fixture
def quarter(incentive: Clients, incentive_sessions: RolledBack, clock: SetClock) -> Quarter:
    """The first quarter of 2026, on its calculation day."""
    clock.set(2026, 4, 22, 1)
    return Quarter(incentive, incentive_sessions, clock, small_company())
