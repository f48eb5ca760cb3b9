"""Roles of accounts, over the subtree of a unit or over everything (ORG-12)."""

from datetime import datetime
from uuid import UUID

from services.kit.database import WriteSession
from services.kit.errors import FieldError, Forbidden, Invalid, NotFound, Text
from services.kit.identity import Role, RoleAssignment
from services.kit.unit_of_work import UnitOfWork
from services.org.identity.store import accounts as rows
from services.org.identity.store.tables import RoleAssignmentRow
from services.org.identity.usecases.accounts import (
    NEVER_GRANTED,
    AccountRefused,
    LastAdministrator,
    for_update,
    withdraw_tokens,
)


class RoleNotGrantable(Invalid):
    """The role follows from a seat or a client registration and cannot be granted."""

    code = "role_not_grantable"
    zh = "“员工”“直接上级”由任职关系自动产生，不需要授予。"
    en = "The roles employee and manager follow from assignments and are not granted."


class NotToYourself(Forbidden):
    """Whoever keeps accounts gives no role to his own: another administrator has to."""

    code = "grant_to_yourself"
    zh = "不能给自己的账号授予角色，请由另一位系统管理员办理。"
    en = "You cannot grant a role to your own account; ask another administrator."


class GrantUnknown(NotFound):
    """The account does not have this role."""

    code = "grant_unknown"
    zh = "该账号在此范围内没有该角色。"
    en = "The account does not have this role in this scope."


async def grant(uow: UnitOfWork, *, account_id: UUID, role: Role, unit_code: str | None) -> None:
    """Give a role, over a unit's subtree or over everything; giving it again changes nothing.

    Raises:
        AccountUnknown, RoleNotGrantable, AccountRefused, NotToYourself.
    """
    if account_id == uow.caller.account_id:
        raise NotToYourself
    row = await for_update(uow.session, account_id)
    given = await _grant_of(uow.session, role, unit_code)
    held = (await rows.grants(uow.session, [account_id])).get(account_id, [])
    if given in held:
        return
    uow.session.add(RoleAssignmentRow(account_id=account_id, role=role.value, unit_id=given.unit_id))
    row.revision += 1
    await uow.audit(
        "org.account.role_granted",
        subject=("account", account_id),
        after={"role": role.value, "unit_id": given.unit_id},
    )


async def withdraw(
    uow: UnitOfWork,
    *,
    machine_now: datetime,
    account_id: UUID,
    role: Role,
    unit_code: str | None,
) -> None:
    """Take a role away; tokens issued before no longer count where something is approved or paid.

    Raises:
        AccountUnknown, GrantUnknown, AccountRefused, LastAdministrator.
    """
    if account_id == uow.caller.account_id and role is Role.ADMINISTRATOR:
        raise LastAdministrator
    row = await for_update(uow.session, account_id)
    taken = await _grant_of(uow.session, role, unit_code)
    if not await rows.revoke_grant(uow.session, account_id, taken):
        raise GrantUnknown
    row.revision += 1
    await uow.audit(
        "org.account.withdrawn", subject=("account", account_id), before={"role": role.value, "unit_id": taken.unit_id}
    )
    await withdraw_tokens(uow.session, account_id, now=uow.now, machine_now=machine_now)


async def _grant_of(session: WriteSession, role: Role, unit_code: str | None) -> RoleAssignment:
    if role in NEVER_GRANTED:
        raise RoleNotGrantable(
            field_errors=[FieldError("/role", role.value, Text("可以授予的角色", "a role that can be granted"))]
        )
    if unit_code is None:
        return RoleAssignment(role)
    units = await rows.unit_ids(session, [unit_code])
    if unit_code not in units:
        raise AccountRefused(
            field_errors=[FieldError("/unit_code", unit_code, Text("已有单元的编码", "the code of a unit"))]
        )
    return RoleAssignment(role, units[unit_code])
