"""Deliveries of events to subscribers: a job each, in order per subscriber and subject (PLT-05).

Of very many events at once the deliveries wait in a backlog and become jobs piece by piece. As jobs they would hold up
the transaction that reports them, slow every worker's search for the next job, and keep the news of others waiting, for
one a revoked role, until the last of them has been sent. Whoever reports something about a subject that the backlog has
news about takes those out first, so that the order per subject is that of reporting.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Identity,
    Index,
    String,
    Table,
    Uuid,
    delete,
    exists,
    select,
    text,
)

from services.kit.database.sessions import KIT, WriteSession
from services.kit.jobs.queue import defer

DELIVERY: Final = "deliver_event"
HANDING_OUT: Final = "hand_out_deliveries"
PIECE: Final = 200
_PATIENCE: Final = timedelta(seconds=30)

backlog = Table(
    "delivery_backlog",
    KIT,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("subscription_id", Uuid, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("subject", String(200), nullable=False),
    Index(None, "subscription_id", "subject"),
)

# The queue has an index of waiting jobs; those that have ended are many and stay out of it.
_WAITING = text("""
    SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND lock LIKE :prefix ESCAPE '\\'
""")


def delivery_lock(subscription_id: UUID) -> str:
    """What the locks of all deliveries to one subscriber begin with."""
    return f"event:{subscription_id}:"


async def deliver(session: WriteSession, *, subscription_ids: Sequence[UUID], event_id: UUID, subject: str) -> None:
    """Have an event delivered to these subscribers, after everything that was reported about its subject before."""
    if not subscription_ids:
        return
    earlier = backlog.c.subscription_id.in_(subscription_ids) & (backlog.c.subject == subject)
    await _defer(session, await _take(session, earlier))
    for subscription_id in subscription_ids:
        await _defer_one(session, subscription_id, event_id, subject)


async def hand_out(session: WriteSession, *, subscription_id: UUID) -> None:
    """Make deliveries of the next piece of a subscriber's backlog, and come again until nothing is left.

    Coming again is a job behind those deliveries, so it runs when they have been tried; where many of them wait to be
    tried again, the subscriber is away, and the rest stays where it is.
    """
    prefix = delivery_lock(subscription_id).replace("_", "\\_") + "%"
    waiting = (await session.execute(_WAITING, {"prefix": prefix})).scalar_one()
    own = backlog.c.subscription_id == subscription_id
    if waiting < PIECE:
        piece = select(backlog.c.id).where(own).order_by(backlog.c.id).limit(PIECE).with_for_update(skip_locked=True)
        await _defer(session, await _take(session, backlog.c.id.in_(piece)))
    if (await session.execute(select(exists().where(own)))).scalar_one():
        later = None if waiting < PIECE else datetime.now(UTC) + _PATIENCE  # machine time, as the queue keeps it
        await come_again(session, subscription_id, at=later)


async def come_again(session: WriteSession, subscription_id: UUID, *, at: datetime | None = None) -> None:
    """Have the next piece of a subscriber's backlog handed out, not before ``at`` if given."""
    await defer(session, HANDING_OUT, lock=f"backlog:{subscription_id}", at=at, subscription_id=str(subscription_id))


class _Waiting(NamedTuple):
    """A delivery that lay in the backlog; ``id`` counts in the order of publishing."""

    id: int
    subscription_id: UUID
    event_id: UUID
    subject: str


async def _take(session: WriteSession, which: ColumnElement[bool]) -> list[_Waiting]:
    columns = (backlog.c[name] for name in _Waiting._fields)
    taken = await session.execute(delete(backlog).where(which).returning(*columns))
    return sorted(_Waiting(*row) for row in taken)


async def _defer(session: WriteSession, deliveries: Iterable[_Waiting]) -> None:
    for each in deliveries:
        await _defer_one(session, each.subscription_id, each.event_id, each.subject)


async def _defer_one(session: WriteSession, subscription_id: UUID, event_id: UUID, subject: str) -> None:
    await defer(
        session,
        DELIVERY,
        lock=delivery_lock(subscription_id) + subject,
        event_id=str(event_id),
        subscription_id=str(subscription_id),
    )
