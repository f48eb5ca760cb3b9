"""Accounts whose earlier tokens no longer count on routes that approve or pay (design §5)."""

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy import Column, DateTime, Table, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert

from services.kit.database import KIT, ReadSession, WriteSession
from services.kit.errors import Unauthenticated
from services.kit.identity import Caller
from services.kit.inbox import Effect, EventData
from services.kit.unit_of_work import UnitOfWork

revocation = Table(
    "revocation",
    KIT,
    Column("account_id", Uuid, primary_key=True),
    Column("not_before", DateTime(timezone=True), nullable=False),
)


class Revoked(Unauthenticated):
    """The token was issued before the account's roles were changed or withdrawn."""

    code = "revoked"
    zh = "您的权限已变更，请重新登录。"
    en = "Your roles have changed; sign in again."


async def revoke(session: WriteSession, account_id: UUID, not_before: datetime) -> None:
    """Refuse tokens of this account issued before ``not_before`` (machine time); later moments win."""
    fresh = insert(revocation).values(account_id=account_id, not_before=not_before)
    latest = func.greatest(revocation.c.not_before, fresh.excluded.not_before)
    await session.execute(fresh.on_conflict_do_update(index_elements=["account_id"], set_={"not_before": latest}))


class AccountRevoked(EventData):
    """The data of ``org.account.revoked``."""

    account_id: UUID
    not_before: AwareDatetime


async def _revoke(uow: UnitOfWork, data: AccountRevoked) -> None:
    await revoke(uow.session, data.account_id, data.not_before)


REVOKE_TOKENS = Effect(AccountRevoked, _revoke)
"""What ``org.account.revoked`` does in every service: the account's earlier tokens no longer approve or pay."""


async def require_fresh(session: ReadSession, caller: Caller) -> None:
    """Refuse a caller whose token is older than the last revocation.

    Raises:
        Revoked: sign in again.
    """
    query = select(revocation.c.not_before).where(revocation.c.account_id == caller.account_id)
    not_before = (await session.execute(query)).scalar()
    if not_before is not None and (caller.issued_at is None or caller.issued_at < not_before):
        raise Revoked
