"""Roles of accounts, over the subtree of a unit or over everything (ORG-12)."""

from uuid import UUID

from services.kit.database import ReadSession, WriteSession
from services.kit.errors import FieldError, Forbidden, Invalid, NotFound, Text
from services.kit.identity import Role
from services.kit.unit_of_work import UnitOfWork
from services.org.identity.domain.account import AssignedRole
from services.org.identity.store import accounts as rows
from services.org.identity.usecases.accounts import (
    IMPLIED_ROLES,
    AccountRefused,
    OwnAdministration,
    for_update,
    revoke_tokens,
)


class RoleNotAssignable(Invalid):
    """The role follows from assignments or a client registration and is never assigned."""

    code = "role_not_assignable"
    zh = "“员工”“直接上级”由任职关系自动产生，不需要授予。"
    en = "The roles employee and manager follow from assignments and cannot be assigned."


class OwnRoleAssignment(Forbidden):
    """Administrators assign no role to their own account: another administrator must."""

    code = "own_role_assignment"
    zh = "不能给自己的账号授予角色，请由另一位系统管理员办理。"
    en = "You cannot assign a role to your own account; ask another administrator."


class RoleAssignmentUnknown(NotFound):
    """There is no such role assignment."""

    code = "role_assignment_unknown"
    zh = "找不到该角色授予记录，或您无权查看。"
    en = "There is no such role assignment, or you may not see it."


async def assign(uow: UnitOfWork, *, account_id: UUID, role: Role, unit_code: str | None) -> AssignedRole:
    """Assign a role, over a unit's subtree or over everything; one that the account has already stays as it is.

    Raises:
        AccountUnknown, RoleNotAssignable, AccountRefused, OwnRoleAssignment.
    """
    if account_id == uow.caller.account_id:
        raise OwnRoleAssignment
    row = await for_update(uow.session, account_id)
    unit_id = await _unit_of(uow.session, role, unit_code)
    held = (await rows.roles_of(uow.session, [account_id]))[account_id]
    known = next((each for each in held if (each.role, each.unit_id) == (role, unit_id)), None)
    if known is not None:
        return known
    (made,) = await rows.add_roles(uow.session, account_id, [(role, unit_id)])
    row.revision += 1
    await uow.audit(
        "org.account.role_assigned", subject=("account", account_id), after={"role": role.value, "unit_id": unit_id}
    )
    return AssignedRole(made.id, account_id, role, unit_id, unit_code)


async def revoke(uow: UnitOfWork, *, assignment_id: UUID) -> None:
    """End a role assignment; tokens issued before no longer count.

    Raises:
        RoleAssignmentUnknown, OwnAdministration.
    """
    found = await one(uow.session, assignment_id=assignment_id)
    if found.account_id == uow.caller.account_id and found.role is Role.ADMINISTRATOR:
        raise OwnAdministration
    row = await for_update(uow.session, found.account_id)
    await rows.remove_role(uow.session, assignment_id)
    row.revision += 1
    before = {"role": found.role.value, "unit_id": found.unit_id}
    await uow.audit("org.account.role_revoked", subject=("account", row.id), before=before)
    await revoke_tokens(uow.session, row.id, now=uow.now)


async def one(session: ReadSession, *, assignment_id: UUID) -> AssignedRole:
    """A role assignment.

    Raises:
        RoleAssignmentUnknown: there is none.
    """
    found = await rows.role_assignment(session, assignment_id)
    if found is None:
        raise RoleAssignmentUnknown
    return found


async def _unit_of(session: WriteSession, role: Role, unit_code: str | None) -> UUID | None:
    if role in IMPLIED_ROLES:
        expected = Text("可授予的角色", "a role that can be assigned")
        raise RoleNotAssignable(field_errors=[FieldError("/role", role.value, expected)])
    if unit_code is None:
        return None
    units = await rows.unit_ids(session, [unit_code])
    if unit_code not in units:
        expected = Text("已有的单元编码", "the code of a unit")
        raise AccountRefused(field_errors=[FieldError("/unit_code", unit_code, expected)])
    return units[unit_code]
