"""The company's calendar of working days (ORG-16)."""

from uuid import UUID

import pytest
from sqlalchemy import text

from services.kit.deadlines import Term, TimeUnit
from services.kit.errors import Text
from services.kit.identity import SYSTEM, Role
from services.kit.work.tasks import Assignee, open_task
from services.kit.work.unit_of_work import UnitOfWork
from tests.builders.org import ok
from tests.clients import ZONE, Clients
from tests.databases import RolledBack
from tests.identities import SetClock, person

pytestmark = pytest.mark.req("ORG-16")

PATH = "/v1/org/working_days"
TYPHOON = {"days": [{"day": "2026-07-09", "is_working": False, "note": "台风停工"}]}


async def test_the_calendar_begins_with_public_holidays_and_make_up_workdays(org: Clients) -> None:
    read = await ok(await org(Role.HR).get(PATH, params={"year": 2026}))
    days = {each["day"]: each["is_working"] for each in read["days"]}
    assert len(days) == 365
    assert (days["2026-02-14"], days["2026-02-17"]) == (True, False)  # a Saturday made up, the New Year
    assert sum(days.values()) == 248
    assert (await ok(await org(Role.HR).get(PATH, params={"year": 2027})))["days"] == []


async def test_a_changed_day_is_stored_recorded_and_published(org: Clients, org_sessions: RolledBack) -> None:
    assert await ok(await org(Role.HR).put(PATH, json=TYPHOON)) == TYPHOON
    read = await ok(await org(Role.AUDITOR).get(PATH, params={"year": 2026}))
    assert [each for each in read["days"] if each["day"] == "2026-07-09"] == TYPHOON["days"]
    async with org_sessions.read() as session:
        event = (await session.execute(text("SELECT data FROM event WHERE type = 'org.calendar.changed'"))).scalar_one()
        audited = (await session.execute(text("SELECT before, after FROM audit WHERE resource = 'calendar'"))).one()
    assert event["days"] == TYPHOON["days"]
    assert (audited.before, audited.after) == ({"2026-07-09": True}, {"2026-07-09": False})


async def test_only_hr_of_the_whole_company_changes_it(org: Clients) -> None:
    scoped = await org(person(Role.HR, over=UUID(int=7))).put(PATH, json=TYPHOON)
    assert (scoped.status_code, scoped.json()["code"]) == (403, "whole_organisation_only")
    for role in (Role.EMPLOYEE, Role.ADMINISTRATOR, Role.EXECUTIVE):
        assert (await org(role).put(PATH, json=TYPHOON)).status_code == 403


async def test_a_day_given_twice_is_refused_by_its_place(org: Clients) -> None:
    answer = await org(Role.HR).put(PATH, json={"days": TYPHOON["days"] * 2})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/days/1/day")


async def test_open_deadlines_in_working_days_move_with_it_and_end_with_the_day_in_the_companys_zone(
    org: Clients, org_sessions: RolledBack, clock: SetClock
) -> None:
    clock.set(2026, 7, 8, 1)
    async with org_sessions.write() as session:
        uow = UnitOfWork(session, SYSTEM, clock.now(), clock.now().date(), ZONE)
        for unit in (TimeUnit.WORKING_DAYS, TimeUnit.CALENDAR_DAYS):
            await open_task(
                uow,
                f"thing.{unit}",
                subject=("thing", UUID(int=1)),
                assignee=Assignee(role=Role.HR),
                title=Text("办理", "handle"),
                link="/v1/org/units",
                term=Term(3, unit),
            )

    async def due() -> dict[str, str]:
        listed = await ok(await org(Role.HR).get("/v1/org/my/tasks"))
        return {each["kind"].partition(".")[2]: each["due_at"] for each in listed["items"]}

    assert await due() == {"working_days": "2026-07-13T16:00:00Z", "calendar_days": "2026-07-11T16:00:00Z"}
    await ok(await org(Role.HR).put(PATH, json=TYPHOON))
    assert await due() == {"working_days": "2026-07-14T16:00:00Z", "calendar_days": "2026-07-11T16:00:00Z"}
