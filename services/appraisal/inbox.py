"""What events of org do here."""

from services.appraisal.decisions.usecases import public_notice
from services.kit.calendar import CALENDAR_CHANGED
from services.kit.calendar_events import CalendarChanged, follow_calendar
from services.kit.inbox import Effect
from services.kit.inbox_routes import inbox_router
from services.kit.revocations import REVOKE_TOKENS
from services.kit.unit_of_work import UnitOfWork


async def _move_deadlines(uow: UnitOfWork, data: CalendarChanged) -> None:
    await follow_calendar(uow, data)
    await public_notice.extend_running(uow)


MOVE_DEADLINES = Effect(CalendarChanged, _move_deadlines)
"""Follow the company's calendar: open deadlines and running public notices move with it (APR-13)."""

routes = inbox_router("appraisal", {"org.account.revoked": REVOKE_TOKENS, CALENDAR_CHANGED: MOVE_DEADLINES})
