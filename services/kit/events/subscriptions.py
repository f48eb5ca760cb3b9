"""Subscriptions to this service's events, and their secrets."""

import secrets as random_bytes
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import case, select, update
from sqlalchemy.dialects.postgresql import insert

from services.kit.database.sessions import ReadSession, WriteSession, new_id
from services.kit.encryption import Cipher
from services.kit.errors import Conflict, NotFound
from services.kit.events.deliveries import delivery_lock
from services.kit.events.outbox import subscription
from services.kit.jobs.dead_letters import replay_locks
from services.kit.signatures import is_written, written

KEPT_SECRETS: Final = 2
_NO_KEYS: Final = Cipher()  # enough for our own services, which share the secret of the installation


class NoSubscription(NotFound):
    """There is no subscription of this id."""

    code = "no_subscription"
    zh = "找不到该事件订阅，或您无权查看。"
    en = "There is no such subscription, or you may not see it."


class NameTaken(Conflict):
    """A subscription between our own services cannot become an outsider's, nor the reverse."""

    code = "subscription_name_taken"
    zh = "订阅名称“{name}”已被使用，请换一个名称。"
    en = "The subscription name '{name}' is already taken; choose another one."


class OurOwn(Conflict):
    """Our own services rely on the news: among it is who may no longer approve or pay."""

    code = "subscription_internal"
    zh = "系统内部服务之间的订阅不能删除。"
    en = "A subscription between Merit's own services cannot be deleted."


@dataclass(frozen=True)
class Subscription:
    """A subscriber. ``types`` are event types in full, or ``prefix.*``, or ``*``; the newest of ``secrets`` is first;
    they are sealed.

    An ``internal`` one is another service of Merit: it shares the installation's event secret and may be on the local
    network.
    """

    id: UUID
    name: str
    url: str
    types: Sequence[str]
    secrets: Sequence[str]
    internal: bool
    active: bool
    at: datetime


class Subscribed(NamedTuple):
    """A subscription as entered; ``secret`` is None where it had one already, which is not shown again."""

    id: UUID
    secret: str | None


async def subscribe(
    session: WriteSession,
    *,
    name: str,
    url: str,
    types: Sequence[str],
    now: datetime,
    internal: bool = False,
    cipher: Cipher = _NO_KEYS,
) -> Subscribed:
    """Enter or change the subscription called ``name``.

    A new external one, or one that was ended, gets a new secret; one that is active keeps its own.

    Raises:
        NameTaken: an internal subscription has the name of the wanted external one, or the other way round.
    """
    secret = None if internal else written(random_bytes.token_bytes(32))
    own = [] if secret is None else [cipher.sealed(secret, place=_place(name))]
    fresh = insert(subscription).values(
        id=new_id(), name=name, url=url, types=list(types), secrets=own, internal=internal, active=True, at=now
    )
    kept = case((subscription.c.active, subscription.c.secrets), else_=fresh.excluded.secrets)
    changed = {"url": url, "types": list(types), "active": True, "secrets": kept}
    same_kind = subscription.c.internal == internal
    stored = fresh.on_conflict_do_update(index_elements=["name"], set_=changed, where=same_kind)
    row = (await session.execute(stored.returning(subscription.c.id, subscription.c.secrets))).first()
    if row is None:
        raise NameTaken(name=name)
    return Subscribed(row.id, secret if row.secrets == own else None)


def opened(subscriber: Subscription, cipher: Cipher) -> list[str]:
    """The secrets of a subscriber, to sign with.

    Raises:
        KeyLost: they were sealed with a key that is not here.
    """
    return [_opened(secret, subscriber.name, cipher) for secret in subscriber.secrets]


async def reseal(session: WriteSession, cipher: Cipher) -> None:
    """Seal with the present key what was sealed with an earlier one, or lies in clear from before there was one."""
    for known in await subscriptions(session):
        if all(secret.startswith(cipher.mark) for secret in known.secrets):
            continue
        sealed = [cipher.sealed(secret, place=_place(known.name)) for secret in opened(known, cipher)]
        await session.execute(update(subscription).where(subscription.c.id == known.id).values(secrets=sealed))


def _opened(stored: str, name: str, cipher: Cipher) -> str:
    return stored if is_written(stored) else cipher.opened(stored, place=_place(name))


def _place(name: str) -> str:
    return f"subscription:{name}"


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


async def rotate_secret(session: WriteSession, subscription_id: UUID, *, cipher: Cipher) -> str:
    """Give the subscriber a new secret. Messages are signed with the new and the previous one until the next change.

    Raises:
        NoSubscription: there is none of this id.
    """
    known = await subscription_of(session, subscription_id)
    fresh = written(random_bytes.token_bytes(32))
    kept = [cipher.sealed(fresh, place=_place(known.name)), *known.secrets][:KEPT_SECRETS]
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
    """Send again, in order, events whose delivery to the subscriber failed for good; returns their number.

    Raises:
        NoSubscription: there is none of this id.
    """
    await subscription_of(session, subscription_id)
    return await replay_locks(session, delivery_lock(subscription_id))
