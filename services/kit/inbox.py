"""What other systems told us, each event once: its identity is kept in the transaction of its effect."""

from datetime import datetime

from sqlalchemy import Column, DateTime, String, Table
from sqlalchemy.dialects.postgresql import insert

from services.kit.database import KIT, WriteSession
from services.kit.events import CloudEvent

inbox = Table(
    "inbox",
    KIT,
    Column("source", String(200), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("type", String(128), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


async def accept(session: WriteSession, arrived: CloudEvent, now: datetime) -> bool:
    """Whether this event is new. If so, act on it in this same transaction; if not, it has been acted on: do nothing.

    Two deliveries at once: the second waits here for the first's commit, and is then a repetition (or, if the first
    was rolled back, new).
    """
    row = insert(inbox).values(source=arrived.source, id=arrived.id, type=arrived.type[:128], at=now)
    fresh = await session.execute(row.on_conflict_do_nothing().returning(inbox.c.id))
    return fresh.first() is not None
