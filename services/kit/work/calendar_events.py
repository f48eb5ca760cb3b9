"""Following the company's calendar in the other services: the days that org changed, and every deadline on them."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from services.kit.calendar.stored_days import CalendarDay, store_days
from services.kit.work.inbox import Effect, EventData
from services.kit.work.tasks import reschedule
from services.kit.work.unit_of_work import UnitOfWork


class ChangedDay(BaseModel):
    """One day as org now has it."""

    day: date
    is_working: bool
    note: Annotated[str, Field(max_length=200)] = ""


class CalendarChanged(EventData):
    """The data of ``org.calendar.changed``."""

    days: list[ChangedDay] = Field(min_length=1, max_length=5000)

    @field_validator("days")
    @classmethod
    def _once(cls, days: list[ChangedDay]) -> list[ChangedDay]:
        if len({each.day for each in days}) < len(days):
            raise ValueError("a day twice")
        return days


async def follow_calendar(uow: UnitOfWork, data: CalendarChanged) -> None:
    """Apply the days and recount the deadlines of open tasks (ORG-16)."""
    days = [CalendarDay(each.day, each.is_working, each.note) for each in data.days]
    await reschedule(uow, await store_days(uow.session, days))


FOLLOW_CALENDAR = Effect(CalendarChanged, follow_calendar)
"""What ``org.calendar.changed`` does in a service that counts nothing but tasks on it."""
