"""/v1/appraisal/working_days: the calendar that public notice is counted on; a year not entered is unknown (APR-13)."""

from datetime import date
from typing import Annotated

from fastapi import Query
from pydantic import Field

from services.appraisal.cycles.store import working_days as store
from services.appraisal.cycles.usecases import working_days
from services.appraisal.permissions import AnyCaller, HrUnitOfWork
from services.kit.fields import Model
from services.kit.routing import router
from services.kit.web import Read

routes = router("/v1/appraisal/working_days", tag="working_days")


class WorkingDay(Model):
    """Whether work is done on a day; ``note`` names the holiday."""

    day: date
    working: bool
    note: Annotated[str, Field(max_length=200)] = ""


class WorkingDays(Model):
    """Days of the calendar."""

    days: Annotated[list[WorkingDay], Field(min_length=1, max_length=800)]


class Calendar(Model):
    """The calendar of a year; empty if the year was not entered."""

    year: int
    days: list[WorkingDay]


@routes.get("")
async def read_calendar(_: AnyCaller, session: Read, year: Annotated[int, Query(ge=2000, le=2100)]) -> Calendar:
    """The days of a year."""
    rows = await store.between(session, date(year, 1, 1), date(year, 12, 31))
    return Calendar(year=year, days=[WorkingDay.model_validate(row) for row in rows])


@routes.put("", status_code=204)
async def enter_days(body: WorkingDays, uow: HrUnitOfWork) -> None:
    """Enter or change days (HR of the whole organisation)."""
    days = [(day.day, day.working, day.note) for day in body.days]
    await working_days.enter(uow, days=days)
