"""News of the business: written with the deed that it reports, delivered by jobs to whoever subscribed (PLT-05).

``publish`` stores a CloudEvents 1.0 event and defers one delivery a subscription, all in the business transaction:
nothing is reported that was rolled back and nothing is lost that was committed. Deliveries of one subscriber about one
subject share a lock, so they arrive in the order of publishing. That order is the order of commit where the publishing
transaction has changed the row that the subject names, which is what a subject is for.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Index, String, Table, Text, Uuid, func, insert, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.kit.database import KIT, ReadSession, WriteSession, new_id
from services.kit.errors import Malformed
from services.kit.explanation import canonical_json
from services.kit.jobs import defer

DELIVERY = "deliver_event"
_SPEC = "1.0"

event = Table(
    "event",
    KIT,
    Column("id", Uuid, primary_key=True, default=new_id),
    Column("source", String(200), nullable=False),
    Column("type", String(128), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("data", JSONB, nullable=False),
    Index(None, "subject", "at"),
    Index(None, "type", "at"),
)

subscription = Table(
    "subscription",
    KIT,
    Column("id", Uuid, primary_key=True, default=new_id),
    Column("name", String(100), nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("types", ARRAY(String(128)), nullable=False),
    Column("secrets", ARRAY(Text), nullable=False),
    Column("internal", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
)


class NotAnEvent(Malformed):
    """What was sent is not a CloudEvents 1.0 event in structured JSON."""

    code = "not_an_event"
    zh = "请求内容不是 CloudEvents 1.0 事件：{attribute}。"
    en = "This is not a CloudEvents 1.0 event: {attribute}."


@dataclass(frozen=True)
class CloudEvent:
    """One event. ``source`` and ``id`` together identify it; ``subject`` names what it is about."""

    id: str
    source: str
    type: str
    subject: str
    at: datetime
    data: Mapping[str, Any]

    def as_json(self) -> bytes:
        """The event in CloudEvents' structured JSON; equal events give equal bytes."""
        return canonical_json(
            {
                "specversion": _SPEC,
                "id": self.id,
                "source": self.source,
                "type": self.type,
                "subject": self.subject,
                "time": self.at.isoformat(),
                "datacontenttype": "application/json",
                "data": dict(self.data),
            }
        )

    @classmethod
    def from_json(cls, tree: object) -> "CloudEvent":
        """Read what ``as_json`` writes, after JSON parsing; attributes that we do not know are passed over.

        Raises:
            NotAnEvent: naming the first attribute that is missing or wrong.
        """
        if not isinstance(tree, dict) or tree.get("specversion") != _SPEC:
            raise NotAnEvent(attribute="specversion")
        texts = {}
        for name in ("id", "source", "type", "subject", "time"):
            text = tree.get(name)
            if not isinstance(text, str) or not text or len(text) > 200:  # noqa: PLR2004 - the columns' width
                raise NotAnEvent(attribute=name)
            texts[name] = text
        try:
            at = datetime.fromisoformat(texts.pop("time"))
        except ValueError:
            at = None
        if at is None or at.tzinfo is None:
            raise NotAnEvent(attribute="time")
        if not isinstance(tree.get("data"), dict):
            raise NotAnEvent(attribute="data")
        return cls(**texts, at=at, data=tree["data"])


async def publish(
    session: WriteSession,
    *,
    type: str,  # noqa: A002 - the attribute's name in CloudEvents
    subject: str,
    data: Mapping[str, object],
    now: datetime,
) -> UUID:
    """Report something. ``type`` is ``<service>.<noun>.<verb>``; ``subject`` names the thing, as ``cycle/<id>``.

    ``data`` is plain JSON, numbers that count as text, and goes to other systems: ids and states, no personal data.
    """
    event_id = new_id()
    source = f"merit/{type.partition('.')[0]}"
    row = {"id": event_id, "source": source, "type": type, "subject": subject, "at": now, "data": dict(data)}
    await session.execute(insert(event).values(row))
    for subscription_id in (await session.execute(_subscribed(type))).scalars().all():
        await defer(
            session,
            DELIVERY,
            lock=delivery_lock(subscription_id) + subject,
            event_id=str(event_id),
            subscription_id=str(subscription_id),
        )
    return event_id


def delivery_lock(subscription_id: UUID) -> str:
    """What the locks of all deliveries to one subscriber begin with."""
    return f"event:{subscription_id}:"


def _subscribed(type_: str) -> Any:
    # A subscription names a type in full or everything below a prefix: "org.employee.hired", "org.employee.*", "*".
    parts = type_.split(".")
    patterns = ["*", type_, *(".".join((*parts[:n], "*")) for n in range(1, len(parts)))]
    columns = subscription.c
    matches = or_(*(func.array_position(columns.types, pattern).is_not(None) for pattern in patterns))
    return select(columns.id).where(columns.active, matches).order_by(columns.id)


async def stored_event(session: ReadSession, event_id: UUID) -> CloudEvent:
    """An event of this service. It must exist: events are never deleted."""
    row = (await session.execute(select(event).where(event.c.id == event_id))).one()
    return CloudEvent(str(row.id), row.source, row.type, row.subject, row.at, row.data)
