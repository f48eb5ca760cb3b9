"""The company's working days as a service keeps them: org's are the original, the others' follow by event (ORG-16)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Boolean, Column, Date, String, Table, func, select
from sqlalchemy.dialects.postgresql import insert

from services.kit.database.sessions import KIT, ReadSession, WriteSession
from services.kit.deadlines import Term, TimeUnit
from services.kit.working_days import WorkingDays

CALENDAR_CHANGED = "org.calendar.changed"
"""The event that carries changed days: ``{"days": [{"day": "2026-07-09", "is_working": false, "note": "…"}]}``."""

_LOOKAHEAD = timedelta(days=31)

working_day = Table(
    "working_day",
    KIT,
    Column("day", Date, primary_key=True),
    Column("is_working", Boolean, nullable=False),
    Column("note", String(200), nullable=False),
)


@dataclass(frozen=True)
class CalendarDay:
    """Whether work is done on a day; ``note`` names the holiday, or is empty."""

    day: date
    is_working: bool
    note: str = ""


async def list_days(session: ReadSession, first: date, last: date) -> list[CalendarDay]:
    """The known days from ``first`` to ``last``, both included, in order."""
    query = select(working_day).where(working_day.c.day.between(first, last)).order_by(working_day.c.day)
    return [CalendarDay(row.day, row.is_working, row.note) for row in await session.execute(query)]


async def count_days(session: ReadSession, first: date, last: date) -> int:
    """How many days are known from ``first`` to ``last``, both included."""
    query = select(func.count()).where(working_day.c.day.between(first, last))
    return (await session.execute(query)).scalar_one()


async def load_calendar(session: ReadSession, first: date, last: date) -> WorkingDays:
    """The calendar between two days, both included."""
    return WorkingDays({each.day: each.is_working for each in await list_days(session, first, last)})


async def calendar_of(session: ReadSession, start: date, term: Term) -> WorkingDays:
    """As much of the calendar as counting ``term`` from ``start`` can need; nothing where no working days count."""
    if term.unit is not TimeUnit.WORKING_DAYS:
        return WorkingDays({})
    reach = timedelta(days=abs(term.amount) * 2) + _LOOKAHEAD
    return await load_calendar(session, start - reach, start + reach)


async def store_days(session: WriteSession, days: Sequence[CalendarDay]) -> list[date]:
    """Enter or change days; which of them are worked otherwise than before, or were not known."""
    known = {
        row.day: row.is_working
        for row in await session.execute(
            select(working_day).where(working_day.c.day.in_([each.day for each in days])).with_for_update()
        )
    }
    fresh = insert(working_day).values(
        [{"day": each.day, "is_working": each.is_working, "note": each.note} for each in days]
    )
    changed = {"is_working": fresh.excluded.is_working, "note": fresh.excluded.note}
    await session.execute(fresh.on_conflict_do_update(index_elements=["day"], set_=changed))
    return [each.day for each in days if known.get(each.day) is not each.is_working]
