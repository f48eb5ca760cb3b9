"""Sign-ins, their refresh tokens, and who tried too often."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from services.kit.database import WriteSession
from services.org.identity.store.tables import RefreshTokenRow, SignInRow, SignInThrottleRow


class Attempts(NamedTuple):
    """How often a login was tried in a row, this attempt included, and until when it rests."""

    failures: int
    blocked_until: datetime | None


async def count_attempt(session: WriteSession, login: str, now: datetime) -> Attempts:
    """Count an attempt before its password is looked at, so that many at once count as many."""
    row = SignInThrottleRow
    fresh = insert(row).values(login=login, failures=1, last_failure_at=now)
    changed = {"failures": row.failures + 1, "last_failure_at": now}
    query = fresh.on_conflict_do_update(index_elements=["login"], set_=changed)
    counted = (await session.execute(query.returning(row.failures, row.blocked_until))).one()
    return Attempts(*counted)


async def rest(session: WriteSession, login: str, until: datetime) -> None:
    """Refuse further attempts at a login until then."""
    row = SignInThrottleRow
    await session.execute(update(row).where(row.login == login).values(blocked_until=until))


async def forget_attempts(session: WriteSession, login: str) -> None:
    """Start counting anew after a success."""
    await session.execute(delete(SignInThrottleRow).where(SignInThrottleRow.login == login))


async def of_token(session: WriteSession, token_hash: bytes) -> tuple[RefreshTokenRow, SignInRow] | None:
    """A refresh token and its sign-in, both locked."""
    query = (
        select(RefreshTokenRow, SignInRow)
        .join(SignInRow, SignInRow.id == RefreshTokenRow.sign_in_id)
        .where(RefreshTokenRow.token_hash == token_hash)
        .with_for_update()
    )
    found = (await session.execute(query)).first()
    return None if found is None else (found[0], found[1])


async def end_all(session: WriteSession, account_id: UUID, now: datetime, because: str) -> None:
    """End every sign-in of an account."""
    row = SignInRow
    await session.execute(
        update(row)
        .where(row.account_id == account_id, row.revoked_at.is_(None))
        .values(revoked_at=now, revoked_because=because)
    )
