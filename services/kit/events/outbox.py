"""Business events: written with the change that they report, and delivered by jobs to the subscribers (PLT-05).

``publish`` stores a CloudEvents 1.0 event and defers one delivery a subscription, all in the business transaction:
nothing is reported that was rolled back and nothing is lost that was committed. Deliveries of one subscriber about one
subject share a lock, so they arrive in the order of publishing. That order is the order of commit where the publishing
transaction has changed the row that the subject names, which is what a subject is for.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Boolean, Column, DateTime, Index, String, Table, Text, Uuid, bindparam, insert, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.kit.database.bulk import copy_rows
from services.kit.database.sessions import KIT, ReadSession, WriteSession, new_id
from services.kit.errors import Malformed
from services.kit.events.deliveries import backlog, come_again, deliver
from services.kit.explanation import canonical_json

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

_STORE: Final = insert(event)
_SUBSCRIBED: Final = (
    select(subscription.c.id)
    .where(subscription.c.active, subscription.c.types.overlap(bindparam("patterns", type_=subscription.c.types.type)))
    .order_by(subscription.c.id)
)


class NotAnEvent(Malformed):
    """What was sent is not a CloudEvents 1.0 event in structured JSON."""

    code = "not_an_event"
    zh = "请求内容不是 CloudEvents 1.0 事件，请核对 {attribute}。"
    en = "This is not a CloudEvents 1.0 event: check {attribute}."


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
            if not isinstance(text, str) or not text.isprintable() or not 0 < len(text) <= 200:  # noqa: PLR2004 - the columns' width
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
    """Publish an event. ``type`` is ``<service>.<noun>.<verb>``; ``subject`` names the record, as ``cycle/<id>``.

    ``data`` is plain JSON, numbers that count as text, and goes to other systems: ids and states, no personal data.
    """
    event_id = new_id()
    source = f"merit/{type.partition('.')[0]}"
    row = {"id": event_id, "source": source, "type": type, "subject": subject, "at": now, "data": dict(data)}
    await session.execute(_STORE, row)
    subscribed = (await session.execute(_SUBSCRIBED, {"patterns": _patterns(type)})).scalars().all()
    await deliver(session, subscription_ids=subscribed, event_id=event_id, subject=subject)
    return event_id


class EventDraft(NamedTuple):
    """One of many events to publish: ``publish``'s type and subject, and its data as JSON text."""

    type: str
    subject: str
    data: str


async def publish_all(session: WriteSession, *, news: Iterable[EventDraft], now: datetime) -> None:
    """Report very many things at once, in the order given, as ``publish`` does one. They reach subscribers little by
    little, and not before what was reported earlier about the same subject.
    """
    query = select(subscription.c.id, subscription.c.types).where(subscription.c.active).order_by(subscription.c.id)
    subscribers = [(row.id, set(row.types)) for row in await session.execute(query)]
    drafted: list[tuple[UUID, str, str]] = []
    at = now.isoformat()

    def rows() -> Iterator[tuple[object, ...]]:
        for each in news:
            event_id = new_id()
            if subscribers:
                drafted.append((event_id, each.type, each.subject))
            yield event_id, f"merit/{each.type.partition('.')[0]}", each.type, each.subject, at, each.data

    await copy_rows(session, event.name, [column.name for column in event.c], rows())
    patterns = {type_: set(_patterns(type_)) for type_ in {type_ for _, type_, _ in drafted}}
    for subscription_id, types in subscribers:
        wanted = {type_ for type_, names in patterns.items() if names & types}
        if wanted:
            waiting = ((subscription_id, event_id, subject) for event_id, type_, subject in drafted if type_ in wanted)
            await copy_rows(session, backlog.name, ("subscription_id", "event_id", "subject"), waiting)
            await come_again(session, subscription_id)


def _patterns(type_: str) -> list[str]:
    # A subscription names a type in full or everything below a prefix: "org.employee.hired", "org.employee.*", "*".
    parts = type_.split(".")
    return ["*", type_, *(".".join((*parts[:n], "*")) for n in range(1, len(parts)))]


async def stored_event(session: ReadSession, event_id: UUID) -> CloudEvent:
    """An event of this service. It must exist: events are never deleted."""
    row = (await session.execute(select(event).where(event.c.id == event_id))).one()
    return CloudEvent(str(row.id), row.source, row.type, row.subject, row.at, row.data)
