"""Entering working days: new years, and changes announced later."""

from collections.abc import Sequence
from datetime import date

from services.appraisal.cycles.store import working_days as store
from services.appraisal.cycles.usecases.access import CycleNotYours
from services.kit.database import new_id
from services.kit.errors import FieldError, Invalid, Text
from services.kit.identity import Role
from services.kit.unit_of_work import UnitOfWork


class DayTwice(Invalid):
    """A day was given twice."""

    code = "day_twice"
    zh = "日期 {found} 重复。"
    en = "The day {found} is given twice."


async def enter(uow: UnitOfWork, *, days: Sequence[tuple[date, bool, str]]) -> None:
    """Enter or change days of the calendar.

    Raises:
        DayTwice: a day is given more than once.
        CycleNotYours: HR of a part of the organisation; the calendar is everybody's.
    """
    if not uow.caller.has_over([], Role.HR):
        raise CycleNotYours
    seen: set[date] = set()
    for index, (day, _, _) in enumerate(days):
        if day in seen:
            raise DayTwice(
                found=day,
                field_errors=[FieldError(f"/days/{index}/day", str(day), Text("每个日期只填一次", "each day once"))],
            )
        seen.add(day)
    await store.enter(uow.session, days)
    after = {"days": {str(day): working for day, working, _ in days}}
    await uow.audit("appraisal.working_day.entered", subject=("working_day", new_id()), after=after)
