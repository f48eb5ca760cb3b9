"""What news from org does here: withdrawn tokens no longer approve or pay (design §5)."""

from datetime import datetime
from uuid import UUID

from services.kit.calendar import CALENDAR_CHANGED
from services.kit.calendar_events import follow_calendar
from services.kit.events import CloudEvent, NotAnEvent
from services.kit.inbox_routes import inbox_router
from services.kit.revocations import revoke
from services.kit.unit_of_work import UnitOfWork


async def withdraw(uow: UnitOfWork, event: CloudEvent) -> None:
    """Refuse the account's earlier tokens on the routes that approve or pay.

    Raises:
        NotAnEvent: its data name no account and moment.
    """
    try:
        account_id = UUID(event.data["account_id"])
        not_before = datetime.fromisoformat(event.data["not_before"])
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise NotAnEvent(attribute="data") from fault
    await revoke(uow.session, account_id, not_before)


async def move_deadlines(uow: UnitOfWork, event: CloudEvent) -> None:
    """Follow the company's calendar: open deadlines move with it."""
    await follow_calendar(uow.session, event)


routes = inbox_router("incentive", {"org.account.revoked": withdraw, CALENDAR_CHANGED: move_deadlines})
