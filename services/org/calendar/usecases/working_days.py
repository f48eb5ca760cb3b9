"""The company's one calendar of working days, which every other service follows by event (ORG-16)."""

from collections.abc import Sequence

from services.kit.calendar import stored_days
from services.kit.calendar.stored_days import CALENDAR_CHANGED, CalendarDay
from services.kit.errors import FieldError, Invalid, Text
from services.kit.work.tasks import reschedule
from services.kit.work.unit_of_work import UnitOfWork
from services.org.calendar.usecases.calendar_tasks import COMPANY_CALENDAR, close_answered


class DayRepeated(Invalid):
    """A day was given more than once."""

    code = "day_repeated"
    zh = "日期 {day} 出现不止一次，请保留一条。"
    en = "The day {day} is given more than once; keep one."


async def update_working_days(uow: UnitOfWork, *, days: Sequence[CalendarDay]) -> None:
    """Enter or change days of the calendar; open deadlines in working days move with it.

    Raises:
        DayRepeated.
    """
    seen = set()
    for index, each in enumerate(days):
        if each.day in seen:
            expected = Text("每个日期一条", "each day once")
            raise DayRepeated(day=each.day, field_errors=[FieldError(f"/days/{index}/day", str(each.day), expected)])
        seen.add(each.day)
    before = {str(each.day): each.is_working for each in await stored_days.list_days(uow.session, min(seen), max(seen))}
    changed = await stored_days.store_days(uow.session, days)
    await reschedule(uow, changed)
    await close_answered(uow)
    after = {str(each.day): each.is_working for each in days}
    await uow.record(
        CALENDAR_CHANGED,
        subject=("calendar", COMPANY_CALENDAR),
        before={day: before.get(day) for day in after},
        after=after,
        data={"days": days},
    )
