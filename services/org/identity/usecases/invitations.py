"""Invitations: single-use links with which people set their own password, which nobody else knows (ORG-12)."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.kit.database.sessions import Sessions
from services.kit.errors import FieldError, NotFound, Text
from services.kit.identity import Caller
from services.kit.work.unit_of_work import UnitOfWork
from services.org.identity.domain.account import INVITATION_LIFETIME
from services.org.identity.store import accounts as account_rows
from services.org.identity.store import invitations as rows
from services.org.identity.store import sign_ins
from services.org.identity.store.tables import AccountRow
from services.org.identity.usecases import passwords, second_administrator
from services.org.identity.usecases.accounts import AccountRefused, revoke_tokens
from services.org.identity.usecases.sign_ins import may_sign_in


class InvitationUnknown(NotFound):
    """The invitation was used, has expired, was replaced by another one, or never existed."""

    code = "invitation_unknown"
    zh = "邀请链接无效、已使用或已过期，请联系系统管理员重新邀请。"
    en = "The invitation is unknown, already used or expired; ask your administrator for a new one."


@dataclass(frozen=True)
class Invitation:
    """What an administrator passes on to the owner: a single-use token, valid until it expires."""

    account_id: UUID
    token: str
    expires_at: datetime


async def invite(uow: UnitOfWork, *, account_ids: Sequence[UUID], machine_now: datetime) -> list[Invitation]:
    """Invite the owners of accounts to set a password. One that is there stays good until the invitation is used.

    Raises:
        AccountRefused: naming each account that is unknown or disabled.
    """
    known = await account_rows.for_update_all(uow.session, account_ids)
    expected = Text("未停用的账号", "an account that is not disabled")
    faults = [
        FieldError(f"/account_ids/{place}", str(account_id), expected)
        for place, account_id in enumerate(account_ids)
        if account_id not in known or known[account_id].disabled_at is not None
    ]
    if faults:
        raise AccountRefused(field_errors=faults[:50])
    return await issue(uow, list(dict.fromkeys(account_ids)), machine_now)


async def issue(uow: UnitOfWork, account_ids: Sequence[UUID], machine_now: datetime) -> list[Invitation]:
    """Make the invitations of accounts that are known to be there and enabled."""
    expires_at = machine_now + INVITATION_LIFETIME
    made = [Invitation(account_id, secrets.token_urlsafe(32), expires_at) for account_id in account_ids]
    hashes = {each.account_id: _hash(each.token) for each in made}
    await rows.save(uow.session, hashes, expires_at, by=uow.caller)
    for each in made:
        subject = ("account", each.account_id)
        await uow.audit("org.account.invited", subject=subject, after={"expires_at": expires_at})
    return made


async def accept(
    sessions: Sessions, *, token: str, password: str, now: datetime, machine_now: datetime, today: date
) -> AccountRow:
    """Set the password of an invitation's account, and end all its sign-ins.

    The author of the invitation could have used it, so the roles of the account wait for another administrator. Opens
    its own transactions, so that none waits while the password is hashed.

    Raises:
        InvitationUnknown, PasswordTooWeak, LastAdministrator.
    """
    token_hash = _hash(token)
    async with sessions.write() as session:
        account = await rows.account_of(session, token_hash, machine_now)
        if account is None or not await may_sign_in(session, account, today):
            raise InvitationUnknown
        names = await account_rows.names_of(session, account)
    passwords.check(password, names=names)
    password_hash = await passwords.hashed(password)
    async with sessions.write() as session:
        await account_rows.lock_administration(session)
        used = await rows.use(session, token_hash, machine_now)
        fresh = await account_rows.find_for_update(session, used[0]) if used else None
        if used is None or fresh is None or not await may_sign_in(session, fresh, today):
            raise InvitationUnknown
        owner = Caller(fresh.id, fresh.name, "person", fresh.employee_id)
        uow = UnitOfWork(session, owner, now, today)
        if fresh.password_hash is not None:
            await sign_ins.end_all(session, fresh.id, machine_now, "password_changed")
            await revoke_tokens(session, fresh.id, now=now)
        inviter = used[1]
        fresh.invited_by = second_administrator.ids_of(inviter)
        await second_administrator.propose_again(uow, fresh, by=inviter)
        fresh.password_hash = password_hash
        fresh.revision += 1
        await uow.audit("org.account.password_set", subject=("account", fresh.id))
    return fresh


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
