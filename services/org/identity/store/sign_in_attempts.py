"""Counts of attempts to sign in, shared by all processes."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.kit.database.sessions import WriteSession
from services.org.identity.domain.sign_in_attempt import WINDOW, Attempts
from services.org.identity.store.tables import SignInAttemptsRow


def key_of(*parts: str) -> str:
    """What attempts are counted under: a hash, since people type passwords where names belong."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


async def for_update(session: WriteSession, keys: Sequence[str], now: datetime) -> dict[str, Attempts]:
    """The counts of ``keys``, kept from others until the transaction ends; always locked in the same order."""
    row = SignInAttemptsRow
    blank = [{"key": each, "count": 0, "began_at": now, "next_at": now} for each in sorted(keys)]
    await session.execute(insert(row).values(blank).on_conflict_do_nothing())
    query = select(row.key, row.count, row.began_at, row.next_at).where(row.key.in_(keys))
    found = await session.execute(query.order_by(row.key).with_for_update())
    return {key: Attempts(count, began_at, next_at) for key, count, began_at, next_at in found}


async def save(session: WriteSession, counts: Mapping[str, Attempts]) -> None:
    """Store counts."""
    row = SignInAttemptsRow
    for each, attempts in counts.items():
        values = {"count": attempts.count, "began_at": attempts.began_at, "next_at": attempts.next_at}
        await session.execute(update(row).where(row.key == each).values(**values))


async def forget(session: WriteSession, now: datetime) -> None:
    """Drop the counts of windows that are over."""
    row = SignInAttemptsRow
    await session.execute(delete(row).where(row.began_at < now - WINDOW, row.next_at < now))
