"""What news from org does here: withdrawn tokens no longer approve or pay (design §5)."""

from datetime import datetime
from uuid import UUID

from services.kit.database import WriteSession
from services.kit.events import CloudEvent, NotAnEvent
from services.kit.inbox_routes import inbox_router
from services.kit.revocations import revoke


async def withdraw(session: WriteSession, event: CloudEvent, _now: datetime) -> None:
    """Refuse the account's earlier tokens on the routes that approve or pay.

    Raises:
        NotAnEvent: its data name no account and moment.
    """
    try:
        account_id = UUID(event.data["account_id"])
        not_before = datetime.fromisoformat(event.data["not_before"])
    except (AttributeError, KeyError, TypeError, ValueError) as fault:
        raise NotAnEvent(attribute="data") from fault
    await revoke(session, account_id, not_before)


routes = inbox_router("incentive", {"org.account.revoked": withdraw})
