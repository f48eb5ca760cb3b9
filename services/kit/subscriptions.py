"""Who wants to hear what: subscriptions to this service's events and their secrets."""

import secrets as random_bytes
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from services.kit.database import ReadSession, WriteSession, new_id
from services.kit.dead_letters import replay_locks
from services.kit.deliveries import delivery_lock
from services.kit.errors import Conflict, NotFound
from services.kit.events import subscription
from services.kit.signatures import written

KEPT_SECRETS: Final = 2


class NoSubscription(NotFound):
    """There is no subscription of this id."""

    code = "no_subscription"
    zh = "找不到该事件订阅，或您无权查看。"
    en = "There is no such subscription, or you may not see it."


class NameTaken(Conflict):
    """A subscription between our own services cannot become an outsider's, nor the reverse."""

    code = "subscription_name_taken"
    zh = "订阅名称“{name}”已被使用，请换一个名称。"
    en = "The subscription name '{name}' is taken; choose another one."


class OurOwn(Conflict):
    """Our own services rely on the news: among it is who may no longer approve or pay."""

    code = "subscription_internal"
    zh = "系统内部服务之间的订阅不能删除。"
    en = "A subscription between Merit's own services cannot be deleted."


@dataclass(frozen=True)
class Subscription:
    """A subscriber. ``types`` are event types in full, or ``prefix.*``, or ``*``; the newest of ``secrets`` is first.

    An ``internal`` one is another service of ours: it shares the installation's event secret and may stand on the
    local network.
    """

    id: UUID
    name: str
    url: str
    types: Sequence[str]
    secrets: Sequence[str]
    internal: bool
    active: bool
    at: datetime


async def subscribe(
    session: WriteSession, *, name: str, url: str, types: Sequence[str], now: datetime, internal: bool = False
) -> UUID:
    """Enter or change the subscription called ``name``; a new external one gets a secret, an old one keeps its own.

    Raises:
        NameTaken: an internal subscription has the name of the wanted external one, or the other way round.
    """
    own = [] if internal else [written(random_bytes.token_bytes(32))]
    fresh = insert(subscription).values(
        id=new_id(), name=name, url=url, types=list(types), secrets=own, internal=internal, active=True, at=now
    )
    changed = {"url": url, "types": list(types), "active": True}
    same_kind = subscription.c.internal == internal
    stored = fresh.on_conflict_do_update(index_elements=["name"], set_=changed, where=same_kind)
    subscription_id: UUID | None = (await session.execute(stored.returning(subscription.c.id))).scalar_one_or_none()
    if subscription_id is None:
        raise NameTaken(name=name)
    return subscription_id


async def subscriptions(session: ReadSession) -> Sequence[Subscription]:
    """All of them, by name."""
    rows = await session.execute(select(subscription).order_by(subscription.c.name))
    return [Subscription(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's public name for it


async def subscription_of(session: ReadSession, subscription_id: UUID) -> Subscription:
    """One of them.

    Raises:
        NoSubscription: there is none of this id.
    """
    row = (await session.execute(select(subscription).where(subscription.c.id == subscription_id))).first()
    if row is None:
        raise NoSubscription
    return Subscription(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for it


async def rotate_secret(session: WriteSession, subscription_id: UUID) -> str:
    """Give the subscriber a new secret. Messages are signed with the new and the previous one until the next change.

    Raises:
        NoSubscription: there is none of this id.
    """
    known = await subscription_of(session, subscription_id)
    fresh = written(random_bytes.token_bytes(32))
    kept = [fresh, *known.secrets][:KEPT_SECRETS]
    await session.execute(update(subscription).where(subscription.c.id == subscription_id).values(secrets=kept))
    return fresh


async def unsubscribe(session: WriteSession, subscription_id: UUID) -> None:
    """Send nothing more, not even what is waiting.

    Raises:
        NoSubscription: there is none of this id.
        OurOwn: the subscriber is another service of ours.
    """
    if (await subscription_of(session, subscription_id)).internal:
        raise OurOwn
    await session.execute(update(subscription).where(subscription.c.id == subscription_id).values(active=False))


async def replay_deliveries(session: WriteSession, subscription_id: UUID) -> int:
    """Send again, in their order, what the subscriber did not take for good; how many there are.

    Raises:
        NoSubscription: there is none of this id.
    """
    await subscription_of(session, subscription_id)
    return await replay_locks(session, delivery_lock(subscription_id))
