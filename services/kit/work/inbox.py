"""Events from other systems, each processed once: its identity is stored in the transaction of its effect."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import Column, DateTime, String, Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError

from services.kit.database.sessions import KIT, WriteSession
from services.kit.events.outbox import CloudEvent, NotAnEvent
from services.kit.work.unit_of_work import UnitOfWork

inbox = Table(
    "inbox",
    KIT,
    Column("source", String(200), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("type", String(128), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


class EventData(BaseModel):
    """The data of another service's event, as far as we use them; other fields are ignored."""

    model_config = ConfigDict(frozen=True)


Data = TypeVar("Data", bound=EventData)


@dataclass(frozen=True)
class Effect(Generic[Data]):
    """What an event of one type does here, in the transaction that remembers the event.

    ``act(uow, data)`` works as the system actor.
    """

    data: type[Data]
    act: Callable[[UnitOfWork, Data], Awaitable[None]]

    async def apply(self, uow: UnitOfWork, arrived: CloudEvent) -> None:
        """Read the event's data and act on them.

        Raises:
            NotAnEvent: the data are not those of an event of this type.
        """
        try:
            data = self.data.model_validate(arrived.data)
        except ValidationError as wrong:
            place = "/".join(str(part) for part in ("data", *wrong.errors()[0]["loc"]))
            raise NotAnEvent(attribute=place) from wrong
        try:
            await self.act(uow, data)
        except (DataError, OverflowError) as wrong:  # a NUL character, a moment that no clock shows
            raise NotAnEvent(attribute="data") from wrong


async def accept(session: WriteSession, arrived: CloudEvent, now: datetime) -> bool:
    """Whether this event is new. If so, act on it in this same transaction; if not, it has been acted on: do nothing.

    Two deliveries at once: the second waits here for the first's commit, and is then a repetition (or, if the first
    was rolled back, new).
    """
    row = insert(inbox).values(source=arrived.source, id=arrived.id, type=arrived.type[:128], at=now)
    fresh = await session.execute(row.on_conflict_do_nothing().returning(inbox.c.id))
    return fresh.first() is not None
