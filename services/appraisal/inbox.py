"""What news from org does here: withdrawn tokens no longer decide about people."""

from datetime import datetime
from uuid import UUID

from services.appraisal.decisions.usecases import public_notice
from services.kit.calendar import CALENDAR_CHANGED
from services.kit.calendar_events import follow_calendar
from services.kit.events import CloudEvent
from services.kit.inbox_routes import inbox_router
from services.kit.revocations import revoke
from services.kit.unit_of_work import UnitOfWork


async def withdraw(uow: UnitOfWork, event: CloudEvent) -> None:
    """Refuse the account's earlier tokens on the routes that decide about somebody."""
    await revoke(uow.session, UUID(event.data["account_id"]), datetime.fromisoformat(event.data["not_before"]))


async def move_deadlines(uow: UnitOfWork, event: CloudEvent) -> None:
    """Follow the company's calendar: open deadlines and running public notices move with it (APR-13)."""
    if await follow_calendar(uow.session, event):
        await public_notice.extend_running(uow)


routes = inbox_router("appraisal", {"org.account.revoked": withdraw, CALENDAR_CHANGED: move_deadlines})
