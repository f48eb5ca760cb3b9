"""A bonus quarter of a small company."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.builders.incentive import small_company
from tests.builders.incentive_quarter import Quarter
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import SetClock


@pytest.fixture
async def known_people(incentive_sessions: RolledBack) -> None:
    """org has spoken of four people."""
    insert = text("INSERT INTO person (number, employee_id, name, unit_path) VALUES (:number, :id, :number, '{}')")
    async with incentive_sessions.write() as session:
        for number in ("E001", "E002", "E003", "E004"):
            await session.execute(insert, {"number": number, "id": uuid4()})


@pytest.fixture
def quarter(incentive: Clients, incentive_sessions: RolledBack, clock: SetClock) -> Quarter:
    """The first quarter of 2026, on its calculation day."""
    clock.set(2026, 4, 22, 1)
    return Quarter(incentive, incentive_sessions, clock, small_company())
