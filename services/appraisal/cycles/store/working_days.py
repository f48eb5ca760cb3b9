"""The working-day calendar as stored."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.appraisal.cycles.store.tables import WorkingDayRow
from services.kit.database import ReadSession, WriteSession
from services.kit.working_days import WorkingDays


async def calendar(session: ReadSession, first: date, last: date) -> WorkingDays:
    """The calendar between two days, both included."""
    query = select(WorkingDayRow.day, WorkingDayRow.working).where(WorkingDayRow.day.between(first, last))
    return WorkingDays({row.day: row.working for row in await session.execute(query)})


async def between(session: ReadSession, first: date, last: date) -> list[WorkingDayRow]:
    """The days between two days, both included, in order."""
    query = select(WorkingDayRow).where(WorkingDayRow.day.between(first, last)).order_by(WorkingDayRow.day)
    return list((await session.execute(query)).scalars())


async def enter(session: WriteSession, days: Sequence[tuple[date, bool, str]]) -> None:
    """Enter or change days."""
    rows = [{"day": day, "working": working, "note": note} for day, working, note in days]
    fresh = insert(WorkingDayRow).values(rows)
    changed = {"working": fresh.excluded.working, "note": fresh.excluded.note}
    await session.execute(fresh.on_conflict_do_update(index_elements=["day"], set_=changed))
