"""What news from org does here: withdrawn tokens no longer decide about people."""

from datetime import datetime
from uuid import UUID

from services.kit.database import WriteSession
from services.kit.events import CloudEvent
from services.kit.inbox_routes import inbox_router
from services.kit.revocations import revoke


async def withdraw(session: WriteSession, event: CloudEvent, _now: datetime) -> None:
    """Refuse the account's earlier tokens on the routes that decide about somebody."""
    await revoke(session, UUID(event.data["account_id"]), datetime.fromisoformat(event.data["not_before"]))


routes = inbox_router("appraisal", {"org.account.revoked": withdraw})
