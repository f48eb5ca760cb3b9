"""Rows of invitations."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.kit.database import ReadSession, WriteSession
from services.org.identity.store.tables import AccountRow, InvitationRow


async def save(session: WriteSession, hashes: Mapping[UUID, bytes], expires_at: datetime) -> None:
    """Invite accounts; an earlier invitation of the same account ends with that."""
    if not hashes:
        return
    values = [{"account_id": each, "token_hash": token, "expires_at": expires_at} for each, token in hashes.items()]
    fresh = insert(InvitationRow).values(values)
    changed = {"token_hash": fresh.excluded.token_hash, "expires_at": fresh.excluded.expires_at}
    await session.execute(fresh.on_conflict_do_update(index_elements=["account_id"], set_=changed))


async def account_of(session: ReadSession, token_hash: bytes, now: datetime) -> AccountRow | None:
    """The account that an invitation is for, while it can be used."""
    query = (
        select(AccountRow)
        .join(InvitationRow, InvitationRow.account_id == AccountRow.id)
        .where(InvitationRow.token_hash == token_hash, InvitationRow.expires_at > now)
    )
    found: AccountRow | None = await session.scalar(query)
    return found


async def use(session: WriteSession, token_hash: bytes, now: datetime) -> UUID | None:
    """Use an invitation up; the account that it is for, None if somebody was faster or it has expired."""
    row = InvitationRow
    query = delete(row).where(row.token_hash == token_hash, row.expires_at > now).returning(row.account_id)
    used: UUID | None = await session.scalar(query)
    return used


async def withdraw(session: WriteSession, account_id: UUID) -> None:
    """End the invitation of an account, if there is one."""
    await session.execute(delete(InvitationRow).where(InvitationRow.account_id == account_id))
