"""Events of the calendar are published on their day, or later if the day was missed (ORG-07)."""

import pytest

from tests.api.org.test_delegations_ending import follow
from tests.builders.org import small_company
from tests.clients import Clients
from tests.databases import RolledBack
from tests.identities import SetClock

pytestmark = pytest.mark.req("ORG-07")


async def test_nobody_who_left_during_a_rotation_is_said_to_be_back(
    org: Clients, clock: SetClock, org_sessions: RolledBack
) -> None:
    company = await small_company(org)
    for number in ("E4", "E5"):
        await company.position(f"N-{number}", "B")
        await company.place(number, f"N-{number}", "rotation", "2026-02-01", "2026-07-31")
    await follow(org_sessions, clock)
    await company.terminate("E4", "2026-05-31")
    clock.set(2026, 6, 1, 1)
    assert await follow(org_sessions, clock) == 0
    clock.set(2026, 8, 1, 1)
    assert await follow(org_sessions, clock) == 1
