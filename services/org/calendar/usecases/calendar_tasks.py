"""HR is asked for a year's calendar before deadlines run into a year that nobody has entered (ORG-16, PLT-02).

Next year's public holidays are announced in autumn. Whatever would be due in an unknown year is refused or fails, so
that the question waits from November on, until every day of the year is known.
"""

from datetime import date
from typing import Final
from uuid import UUID

from services.kit.calendar.stored_days import count_days
from services.kit.database.sessions import ReadSession
from services.kit.deadlines import end_of
from services.kit.errors import Text
from services.kit.identity import Role
from services.kit.work.refusal_notices import asked_in
from services.kit.work.tasks import Assignee, close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork

COMPANY_CALENDAR: Final = UUID("019a0000-0000-7000-8000-000000000001")
"""The calendar's id in tasks, the audit trail and events: there is one."""
ENTER: Final = "calendar.enter"
ASKED_FROM_MONTH: Final = 11
_SUBJECT: Final = ("calendar", COMPANY_CALENDAR)


async def follow_years(uow: UnitOfWork) -> None:
    """Ask HR over the whole organisation for the first year that lacks days, once; ask no more when none does.

    Years that count are the present one and, from November on, the next.
    """
    year = await _incomplete(uow.session, uow.today)
    if year is None:
        await close_tasks(uow, ENTER, subject=_SUBJECT)
    elif await asked_in(uow.session, ENTER, _SUBJECT) is None:
        await open_task(
            uow,
            ENTER,
            subject=_SUBJECT,
            assignee=Assignee(role=Role.HR),
            title=Text(
                f"录入 {year} 年工作日历（含法定节假日和调休上班日）",
                f"Enter the working-day calendar of {year}, with public holidays and make-up workdays",
            ),
            link=f"/v1/org/working_days?year={year}",
            due_at=end_of(date(year - 1, 12, 31), uow.local_now),
        )


async def close_answered(uow: UnitOfWork) -> None:
    """Ask no more, if every day of the years that count is known."""
    if await _incomplete(uow.session, uow.today) is None:
        await close_tasks(uow, ENTER, subject=_SUBJECT)


async def _incomplete(session: ReadSession, today: date) -> int | None:
    soon = [today.year, today.year + 1] if today.month >= ASKED_FROM_MONTH else [today.year]
    for year in soon:
        first, last = date(year, 1, 1), date(year, 12, 31)
        if await count_days(session, first, last) <= (last - first).days:
            return year
    return None
