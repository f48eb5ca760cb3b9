"""/v1/org/working_days: the calendar of working days; a year that was not entered is unknown (ORG-16)."""

from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import Field

from services.kit.calendar.stored_days import CalendarDay, list_days
from services.kit.fields import Day, Model
from services.kit.web.application import Read
from services.kit.web.routing import router
from services.org.calendar.usecases import working_days
from services.org.permissions import CompanyHrUnitOfWork, Reader

routes = router("/v1/org/working_days", tag="calendar")


class WorkingDay(Model):
    """A day of the working calendar."""

    day: Day = Field(description="The day.", examples=["2026-10-01"])
    is_working: bool = Field(description="Whether it is a working day.", examples=[False])
    note: Annotated[str, Field(max_length=200)] = Field(
        default="", description="Name of the holiday, or reason why the day is worked.", examples=["国庆节"]
    )


class WorkingDayChanges(Model):
    """The days to enter or change; all other days are unchanged."""

    days: list[WorkingDay] = Field(
        min_length=1,
        max_length=800,
        description="Days to enter or change, each once.",
        examples=[[{"day": "2026-07-09", "is_working": False, "note": "台风停工"}]],
    )


class WorkingCalendar(Model):
    """The calendar of a year."""

    year: int = Field(description="The year.", examples=[2026])
    days: list[WorkingDay] = Field(
        description="Days in order; empty if the year has not been entered.",
        examples=[[{"day": "2026-10-01", "is_working": False, "note": "国庆节"}]],
    )


@routes.get("", summary="Get the working days of a year")
async def get_working_days(
    session: Read,
    _caller: Reader,
    year: Annotated[int, Query(ge=2000, le=2100, description="Year requested.", examples=[2026])],
) -> WorkingCalendar:
    """All known days of a year, worked or not. Deadlines that reach into an unknown year are refused."""
    days = await list_days(session, date(year, 1, 1), date(year, 12, 31))
    return WorkingCalendar(year=year, days=[WorkingDay.model_validate(each) for each in days])


@routes.put("", summary="Enter or change working days")
async def update_working_days(uow: CompanyHrUnitOfWork, body: WorkingDayChanges) -> WorkingDayChanges:
    """For HR over the whole organisation. Open deadlines and public notices in every service
    move with the calendar.
    """
    await working_days.update_working_days(
        uow, days=[CalendarDay(each.day, each.is_working, each.note) for each in body.days]
    )
    return body
