"""Sign-ins and their refresh tokens."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from services.kit.database.pages import Listing, Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession
from services.org.identity.store.tables import RefreshTokenRow, SignInRow


@dataclass(frozen=True)
class SignIn:
    """One sign-in that has not ended: since when and from where; ``renewed_at`` is its last sign of life."""

    id: UUID
    started_at: datetime
    renewed_at: datetime
    ends_at: datetime
    address: str
    user_agent: str


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


async def open_ones(session: ReadSession, account_id: UUID, now: datetime, paging: Paging) -> Rows[SignIn]:
    """The sign-ins of an account that have not ended, in the order in which they began."""
    row = SignInRow
    renewed = select(func.max(RefreshTokenRow.issued_at)).where(RefreshTokenRow.sign_in_id == row.id).scalar_subquery()
    query = select(row.id, row.started_at, renewed, row.ends_at, row.address, row.user_agent).where(
        row.account_id == account_id, row.revoked_at.is_(None), row.ends_at > now
    )
    return await Listing(query, [row.id], _sign_in).page(session, paging)


async def end_all(
    session: WriteSession,
    account_id: UUID,
    now: datetime,
    because: str,
    *,
    only: UUID | None = None,
    besides: UUID | None = None,
) -> list[UUID]:
    """End every sign-in of an account, ``only`` one of them, or all ``besides`` one; returns those that were ended."""
    row = SignInRow
    query = update(row).where(row.account_id == account_id, row.revoked_at.is_(None), row.ends_at > now)
    if only is not None:
        query = query.where(row.id == only)
    if besides is not None:
        query = query.where(row.id != besides)
    ended = await session.execute(query.values(revoked_at=now, revoked_because=because).returning(row.id))
    return list(ended.scalars())


def _sign_in(found: Any) -> SignIn:
    return SignIn(*found[:6])
