"""Events of the calendar are published on their day, or later if the day was missed (ORG-07)."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.kit.identity import Role
from services.kit.work.unit_of_work import SystemWork
from services.org.calendar.usecases import calendar_tasks
from tests.api.org.test_delegations_ending import follow
from tests.builders.org import ok, small_company
from tests.clients import ZONE, Clients
from tests.databases import RolledBack
from tests.identities import SetClock, person

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


def year_of(number: int, *, without: date | None = None) -> list[dict[str, Any]]:
    """Every day of a year, Monday to Friday worked."""
    days = (date(number, 1, 1) + timedelta(offset) for offset in range(date(number, 12, 31).timetuple().tm_yday))
    return [{"day": str(day), "is_working": day.weekday() < 5} for day in days if day != without]


@pytest.mark.req("ORG-16", "PLT-02")
async def test_hr_is_asked_for_the_next_years_calendar_from_november_until_every_day_is_entered(
    org: Clients, clock: SetClock, org_sessions: RolledBack
) -> None:
    company = await small_company(org)
    hr, local = org(Role.HR), org(person(Role.HR, over=UUID(company.ids["S"])))

    async def asked(month: int, day: int, year: int = 2026) -> list[tuple[str, str]]:
        clock.set(year, month, day, 1)
        for _ in range(2):  # as after a crash
            async with SystemWork(org_sessions, clock, ZONE).begin() as uow:
                await calendar_tasks.follow_years(uow)
        assert (await ok(await local.get("/v1/org/my/tasks")))["items"] == []
        found = (await ok(await hr.get("/v1/org/my/tasks")))["items"]
        return [(each["kind"], each["title"]) for each in found]

    waits = [("calendar.enter", "录入 2027 年工作日历（含法定节假日和调休上班日）")]
    path = "/v1/org/working_days"
    await ok(await hr.put(path, json={"days": year_of(2026)}))
    assert await asked(10, 31) == []
    assert await asked(11, 1) == waits
    [task] = (await ok(await hr.get("/v1/org/my/tasks", headers={"Accept-Language": "en"})))["items"]
    assert task["title"] == "Enter the working-day calendar of 2027, with public holidays and make-up workdays"
    assert (task["link"], task["due_at"][:10]) == (f"{path}?year=2027", "2026-12-31")
    last = date(2027, 12, 31)
    await ok(await hr.put(path, json={"days": year_of(2027, without=last)}))
    assert await asked(12, 1) == waits
    assert await asked(1, 4, 2027) == waits
    await ok(await hr.put(path, json={"days": [{"day": str(last), "is_working": True}]}))
    assert (await ok(await hr.get("/v1/org/my/tasks")))["items"] == []
    assert await asked(10, 31, 2027) == []
    assert await asked(11, 1, 2027) == [("calendar.enter", waits[0][1].replace("2027", "2028"))]
