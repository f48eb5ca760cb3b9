"""A change of the calendar while results are in public notice (APR-13, ORG-16)."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.appraisal.inbox import MOVE_DEADLINES
from services.kit.calendar.stored_days import CALENDAR_CHANGED
from services.kit.events.outbox import CloudEvent, NotAnEvent
from services.kit.identity import SYSTEM
from services.kit.work.unit_of_work import UnitOfWork
from tests.builders.appraisal import Quarter

pytestmark = pytest.mark.req("APR-13", "ORG-16")


async def change(quarter: Quarter, *days: tuple[str, bool]) -> None:
    """org says that these days are worked, or are not."""
    data = {"days": [{"day": day, "is_working": working, "note": ""} for day, working in days]}
    event = CloudEvent(str(uuid4()), "merit/org", CALENDAR_CHANGED, "calendar/1", quarter.clock.now(), data)
    async with quarter.sessions.write() as session:
        await MOVE_DEADLINES.apply(UnitOfWork(session, SYSTEM, quarter.clock.now(), date(2026, 4, 15)), event)


async def last_day(quarter: Quarter) -> date:
    async with quarter.sessions.read() as session:
        return (
            await session.execute(text("SELECT upper(public_notice) - 1 FROM cycle WHERE code = '2026-Q1'"))
        ).scalar_one()  # type: ignore[no-any-return]  # a date


async def test_a_day_off_keeps_the_working_days_promised_and_is_published(quarter: Quarter) -> None:
    await quarter.published()
    assert await last_day(quarter) == date(2026, 4, 20)
    await change(quarter, ("2026-04-16", False))
    assert await last_day(quarter) == date(2026, 4, 21)
    async with quarter.sessions.read() as session:
        query = text("SELECT data FROM event WHERE type = 'appraisal.cycle.public_notice_extended'")
        data = (await session.execute(query)).scalar_one()
    assert (data["public_notice_from"], data["public_notice_to"]) == ("2026-04-14", "2026-04-21")
    quarter.clock.moment = datetime(2026, 4, 21, 15, 59, 59, tzinfo=UTC)  # the last second of the new last day
    body = {"result_id": (await quarter.results())["E101"]["id"], "grounds": "数据有误"}
    assert (await quarter.post(quarter.company["E101"], "appeals", body)).status_code == 201
    early = await quarter.post(quarter.company.hr, f"cycles/{quarter.cycle_id}/close")
    assert early.status_code == 409


async def test_a_working_day_more_does_not_end_it_earlier(quarter: Quarter) -> None:
    await quarter.published()
    draft = {"code": "2026-Q2", "name": "二季度", "period": "2026-Q2"}
    await quarter.done(quarter.company.hr, "cycles", draft)  # in which nothing is public yet
    await change(quarter, ("2026-04-18", True))
    assert await last_day(quarter) == date(2026, 4, 20)


async def test_an_event_without_days_is_refused_and_changes_nothing(quarter: Quarter) -> None:
    event = CloudEvent("e", "merit/org", CALENDAR_CHANGED, "calendar/1", quarter.clock.now(), {"days": [{"day": "x"}]})
    async with quarter.sessions.write() as session:
        with pytest.raises(NotAnEvent):
            await MOVE_DEADLINES.apply(UnitOfWork(session, SYSTEM, quarter.clock.now(), date(2026, 4, 1)), event)
