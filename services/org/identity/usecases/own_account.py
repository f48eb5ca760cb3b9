"""What people do with their own account: see who they are, change the password, see and end their sessions (ORG-12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, Sessions
from services.kit.errors import Conflict, FieldError, Invalid, NotFound, Text, existing
from services.kit.identity import Caller, Role
from services.kit.work.unit_of_work import UnitOfWork
from services.org.identity.domain.account import Account, AccountLanguage
from services.org.identity.store import accounts as account_rows
from services.org.identity.store import sign_ins as rows
from services.org.identity.store.sign_ins import SignIn
from services.org.identity.usecases import accounts, passwords, sign_in_attempts
from services.org.people.domain.directory import PersonName
from services.org.people.domain.employee import EmployeeSummary
from services.org.people.usecases import employees, reporting
from services.org.people.usecases.careers import EmployeeUnknown


class SessionUnknown(NotFound):
    """The caller has no such session, or it has ended."""

    code = "session_unknown"
    zh = "找不到该登录会话，可能已经结束。"
    en = "You have no such session; it may have ended."


class CurrentPasswordWrong(Invalid):
    """A password is changed by who knows the present one."""

    code = "current_password_wrong"
    zh = "当前密码不正确，请重新输入。"
    en = "The current password is wrong."


class PasswordJustChanged(Conflict):
    """The password was changed elsewhere in the meantime."""

    code = "password_just_changed"
    zh = "密码刚刚已在别处修改，请重新登录。"
    en = "The password has just been changed on another device; sign in again."


@dataclass(frozen=True)
class Me:
    """Who somebody is. ``employee`` and ``manager`` are None for who is not employed, or has no manager, on the day."""

    account: Account
    roles: Sequence[Role]
    employee: EmployeeSummary | None
    manager: PersonName | None


async def who_am_i(session: ReadSession, *, caller: Caller, day: date) -> Me:
    """The caller's account, roles, present assignment and manager.

    Raises:
        AccountUnknown: the caller is a client system, or comes from another issuer without an account here.
    """
    account = await accounts.one(session, account_id=caller.account_id)
    held = {each.role for each in account.roles} | ({Role.EMPLOYEE} if account.employee_id else set())
    roles = [role for role in Role if role in held]
    if account.employee_id is None:
        return Me(account, roles, None, None)
    try:
        employee = await employees.one(session, employee_id=account.employee_id, day=day)
        line = await reporting.managers(session, employee_id=account.employee_id, day=day)
    except EmployeeUnknown:  # not hired yet, or has left
        return Me(account, roles, None, None)
    return Me(account, roles, employee, line.chain[0] if line.chain else None)


async def set_language(uow: UnitOfWork, *, language: AccountLanguage | None, expected_revision: int) -> None:
    """Set in which language the caller wants to read; None: as the browser asks.

    Raises:
        AccountUnknown, Stale.
    """
    row = await accounts.for_update(uow.session, uow.caller.account_id, expected_revision)
    before = {"language": row.language}
    row.language = language
    row.revision += 1
    subject = ("account", row.id)
    await uow.audit("org.account.changed", subject=subject, before=before, after={"language": language})


async def change_password(
    sessions: Sessions, *, caller: Caller, current: str, new: str, now: datetime, machine_now: datetime, today: date
) -> None:
    """Set another password, which ends all other sessions of the caller; tokens issued before no longer count.

    Opens its own transactions, so that none waits while passwords are hashed.

    Raises:
        AccountUnknown, CurrentPasswordWrong, TooManyAttempts, PasswordTooWeak, PasswordJustChanged.
    """
    async with sessions.read() as session:
        account = existing(await account_rows.find(session, caller.account_id), accounts.AccountUnknown)
        names = await account_rows.names_of(session, account)
    known, stored = account.login, account.password_hash
    paces = sign_in_attempts.paces_of_person(known, address="", device=f"session {caller.session_id}")
    attempt = await sign_in_attempts.begin(sessions, paces, machine_now)
    if not await sign_in_attempts.proves(sessions, attempt, secret=current, stored_hash=stored, now=machine_now):
        expected = Text("当前密码", "the current password")
        plain = CurrentPasswordWrong(field_errors=[FieldError("/current_password", None, expected)])
        raise attempt.refusal(plain)
    passwords.check(new, names=names, pointer="/new_password")
    password_hash = await passwords.hashed(new)
    async with sessions.write() as session:
        row = await accounts.for_update(session, caller.account_id)
        if row.password_hash != stored:
            raise PasswordJustChanged
        row.password_hash = password_hash
        row.revision += 1
        await rows.end_all(session, row.id, machine_now, "password_changed", besides=caller.session_id)
        await accounts.revoke_tokens(session, row.id, now=now)
        await UnitOfWork(session, caller, now, today).audit("org.account.password_set", subject=("account", row.id))


async def sessions_of(session: ReadSession, *, caller: Caller, machine_now: datetime, paging: Paging) -> Rows[SignIn]:
    """Where the caller is signed in, in the order in which it began."""
    return await rows.open_ones(session, caller.account_id, machine_now, paging)


async def end_session(uow: UnitOfWork, *, session_id: UUID, machine_now: datetime) -> None:
    """End one session of the caller.

    Raises:
        SessionUnknown: it is not theirs or has ended.
    """
    row = await accounts.for_update(uow.session, uow.caller.account_id)
    ended = await rows.end_all(uow.session, row.id, machine_now, "signed_out", only=session_id)
    if not ended:
        raise SessionUnknown
    await _ended(uow, ended)


async def end_other_sessions(uow: UnitOfWork, *, machine_now: datetime) -> None:
    """End every session of the caller but the one that asks."""
    row = await accounts.for_update(uow.session, uow.caller.account_id)
    ended = await rows.end_all(uow.session, row.id, machine_now, "signed_out", besides=uow.caller.session_id)
    await _ended(uow, ended)


async def _ended(uow: UnitOfWork, ended: Sequence[UUID]) -> None:
    """Record it, and have the access tokens of ended sessions refused, and with them those of the others."""
    account_id = uow.caller.account_id
    await accounts.revoke_tokens(uow.session, account_id, now=uow.now)
    await uow.audit("org.account.sessions_ended", subject=("account", account_id), after={"session_ids": ended})
