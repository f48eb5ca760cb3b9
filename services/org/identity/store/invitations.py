"""Rows of invitations."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.identity import Caller
from services.org.identity.store.tables import AccountRow, InvitationRow


async def save(session: WriteSession, hashes: Mapping[UUID, bytes], expires_at: datetime, *, by: Caller) -> None:
    """Invite accounts; an earlier invitation of the same account ends with that."""
    if not hashes:
        return
    inviter = {"invited_by": by.account_id, "invited_by_person": by.employee_id, "invited_by_name": by.name}
    values = [
        {"account_id": each, "token_hash": token, "expires_at": expires_at, **inviter} for each, token in hashes.items()
    ]
    fresh = insert(InvitationRow).values(values)
    changed = {name: fresh.excluded[name] for name in ("token_hash", "expires_at", *inviter)}
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


async def use(session: WriteSession, token_hash: bytes, now: datetime) -> tuple[UUID, Caller] | None:
    """Use an invitation; returns its account and its author, None if it was already used or has expired."""
    row = InvitationRow
    query = (
        delete(row)
        .where(row.token_hash == token_hash, row.expires_at > now)
        .returning(row.account_id, row.invited_by, row.invited_by_name, row.invited_by_person)
    )
    used = (await session.execute(query)).first()
    if used is None:
        return None
    return used.account_id, Caller(used.invited_by, used.invited_by_name, "person", used.invited_by_person)


async def withdraw(session: WriteSession, account_id: UUID) -> None:
    """End the invitation of an account, if there is one."""
    await session.execute(delete(InvitationRow).where(InvitationRow.account_id == account_id))
