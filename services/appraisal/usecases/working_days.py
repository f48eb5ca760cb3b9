"""Entering working days: new years, and changes announced later."""

from collections.abc import Sequence
from datetime import date, datetime

from services.appraisal.store import working_days as store
from services.appraisal.usecases.access import CycleNotYours
from services.kit import audit
from services.kit.database import WriteSession, new_id
from services.kit.errors import Fault, Invalid, Text
from services.kit.identity import Caller, Role


class DayTwice(Invalid):
    """A day was given twice."""

    code = "day_twice"
    zh = "日期 {found} 重复。"
    en = "The day {found} is given twice."


async def enter(
    session: WriteSession, *, caller: Caller, days: Sequence[tuple[date, bool, str]], now: datetime
) -> None:
    """Enter or change days of the calendar.

    Raises:
        DayTwice: a day is given more than once.
        CycleNotYours: HR of a part of the organisation; the calendar is everybody's.
    """
    if not caller.has_over([], Role.HR):
        raise CycleNotYours
    seen: set[date] = set()
    for index, (day, _, _) in enumerate(days):
        if day in seen:
            raise DayTwice(
                found=day, faults=[Fault(f"/days/{index}/day", str(day), Text("每个日期只填一次", "each day once"))]
            )
        seen.add(day)
    await store.enter(session, days)
    after = {"days": {str(day): working for day, working, _ in days}}
    await audit.record(
        session, caller=caller, action="enter", resource="working_day", resource_id=new_id(), after=after, now=now
    )
