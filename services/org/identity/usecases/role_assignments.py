"""Roles of accounts, over the subtree of a unit or over everything (ORG-12)."""

from collections.abc import Sequence
from uuid import UUID

from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Conflict, DomainError, FieldError, Forbidden, Invalid, NotFound, Part, Text, existing
from services.kit.identity import Role
from services.kit.release import ReleaseAction, ReleaseState, SecondPersonNeeded
from services.kit.work.history import Trail
from services.kit.work.releasing import decide, entered, release_trail
from services.kit.work.tasks import close_tasks
from services.kit.work.unit_of_work import UnitOfWork
from services.org.identity.domain.account import ROLE_ASSIGNMENT, AssignedRole
from services.org.identity.store import accounts as account_rows
from services.org.identity.store import role_assignments as rows
from services.org.identity.store.tables import AccountRow, RoleAssignmentRow
from services.org.identity.usecases import second_administrator
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
    """Administrators neither propose nor release a role of their own account: other administrators must."""

    code = "own_role_assignment"
    zh = "不能为自己的账号授予或确认角色，请由其他系统管理员办理。"
    en = "You can neither assign nor release a role of your own account; ask another administrator."


class NoPasswordYet(Conflict):
    """A role is released after the owner has taken over the account, so that another administrator can ask them."""

    code = "no_password_yet"
    zh = "该账号的本人尚未设置密码，请待其接受邀请后再确认角色。"
    en = "The owner of the account has not set a password yet; release the role once they have accepted the invitation."


class RolesNotReleased(Conflict):
    """Of several roles some cannot be released; none was."""

    code = "roles_not_released"
    zh = "有 {count} 项角色暂不能确认，本次未确认任何角色；请按下列提示处理后再试。"
    en = "{count} of the roles cannot be released, so none was released; see below."


class RoleAssignmentUnknown(NotFound):
    """There is no such role assignment."""

    code = "role_assignment_unknown"
    zh = "找不到该角色授予记录，可能已被撤销或处理。"
    en = "There is no such role assignment; it may have been revoked or decided meanwhile."


async def assign(
    uow: UnitOfWork, *, account_id: UUID, role: Role, unit_code: str | None, import_id: UUID | None = None
) -> AssignedRole:
    """Propose a role, over a unit's subtree or over everything; one that the account has already stays as it is.

    Raises:
        AccountUnknown, RoleNotAssignable, AccountRefused, OwnRoleAssignment.
    """
    if account_id == uow.caller.account_id:
        raise OwnRoleAssignment
    row = await for_update(uow.session, account_id)
    if row.employee_id is not None and row.employee_id == uow.caller.employee_id:
        raise OwnRoleAssignment
    unit_id = await _unit_of(uow.session, role, unit_code)
    held = (await rows.roles_of(uow.session, [account_id]))[account_id]
    known = next((each for each in held if (each.role, each.unit_id) == (role, unit_id)), None)
    if known is not None and known.state is not ReleaseState.REFUSED:
        return known
    if known is not None:
        await close_tasks(uow, subject=(ROLE_ASSIGNMENT.name, known.id))  # why it was refused is read there no more
        await rows.remove_roles(uow.session, [known.id])
    (made,) = await rows.add_roles(
        uow.session, account_id, [(role, unit_id)], entered=entered(uow), import_id=import_id
    )
    row.revision += 1
    await second_administrator.ask(uow, row)
    await uow.audit(
        "org.account.role_assigned", subject=("account", account_id), after={"role": role.value, "unit_id": unit_id}
    )
    return await one(uow.session, assignment_id=made.id)


async def release(uow: UnitOfWork, *, assignment_id: UUID, revision: int) -> AssignedRole:
    """Have a role count that another administrator proposed; from the next token of the account on.

    Raises:
        RoleAssignmentUnknown, Stale, TransitionNotPossible, NoPasswordYet.
        OwnRoleAssignment: the account is the caller's own, or of the same person.
        SecondPersonNeeded: the caller proposed it, linked the account to the person, or invited its owner.
    """
    account, row = await _to_decide(uow, assignment_id)
    mine = second_administrator.ids_of(uow.caller)
    if not {account.id, account.employee_id}.isdisjoint(mine):
        raise OwnRoleAssignment
    if not second_administrator.excluded(account, row).isdisjoint(mine):
        raise SecondPersonNeeded
    if account.password_hash is None:
        raise NoPasswordYet
    state = await decide(uow, ROLE_ASSIGNMENT, row, ReleaseAction.RELEASE, revision=revision)
    account.invited_by, account.linked_by = [], []
    await _decided(uow, account, release_trail(state, revision=revision, **_role(row)))
    return await one(uow.session, assignment_id=assignment_id)


async def release_all(uow: UnitOfWork, *, seen: Sequence[tuple[UUID, int]]) -> list[AssignedRole]:
    """Release several roles, each as it was seen at its revision: all of them or none.

    Raises:
        RolesNotReleased: naming each that cannot be released, and why.
    """
    known = [await rows.role_assignment(uow.session, assignment_id) for assignment_id, _ in seen]
    await account_rows.for_update_all(uow.session, {each.account_id for each in known if each is not None})
    released, faults, parts = [], [], []
    for place, (assignment_id, revision) in enumerate(seen):
        try:
            released.append(await release(uow, assignment_id=assignment_id, revision=revision))
        except DomainError as refused:
            problem = Text(refused.text("zh").rstrip("。"), refused.text("en").rstrip("."))
            faults.append(FieldError(f"/items/{place}", str(assignment_id), problem))
            parts.append(Part((ROLE_ASSIGNMENT.name, assignment_id), refused))
    if faults:
        raise RolesNotReleased(count=len(faults), field_errors=faults[:50], parts=parts)
    return released


async def refuse(uow: UnitOfWork, *, assignment_id: UUID, revision: int, reason: str) -> AssignedRole:
    """Refuse a role that was proposed, or take back what one proposed oneself.

    Raises:
        RoleAssignmentUnknown, Stale, TransitionNotPossible.
    """
    account, row = await _to_decide(uow, assignment_id)
    state = await decide(uow, ROLE_ASSIGNMENT, row, ReleaseAction.REFUSE, revision=revision, reason=reason)
    await _decided(uow, account, release_trail(state, revision=revision, reason=reason, **_role(row)))
    return await one(uow.session, assignment_id=assignment_id)


async def revoke(uow: UnitOfWork, *, assignment_id: UUID) -> None:
    """End a role assignment; tokens issued before no longer count.

    Raises:
        RoleAssignmentUnknown, OwnAdministration, LastAdministrator.
    """
    await account_rows.lock_administration(uow.session)
    found = await one(uow.session, assignment_id=assignment_id)
    if found.account_id == uow.caller.account_id and found.role is Role.ADMINISTRATOR:
        raise OwnAdministration
    row = await for_update(uow.session, found.account_id)
    if found.role is Role.ADMINISTRATOR and found.unit_id is None:
        await second_administrator.keep_an_administrator(uow, account_id=row.id)
    await rows.remove_roles(uow.session, [assignment_id])
    await close_tasks(uow, subject=(ROLE_ASSIGNMENT.name, assignment_id))
    row.revision += 1
    before = {"role": found.role.value, "unit_id": found.unit_id}
    await uow.audit("org.account.role_revoked", subject=("account", row.id), before=before)
    await revoke_tokens(uow.session, row.id, now=uow.now)


async def listed(
    session: ReadSession, *, state: ReleaseState | None, import_id: UUID | None, paging: Paging
) -> Rows[AssignedRole]:
    """Role assignments in the order in which they were proposed."""
    return await rows.page_of(session, paging, state=state, import_id=import_id)


async def one(session: ReadSession, *, assignment_id: UUID) -> AssignedRole:
    """A role assignment.

    Raises:
        RoleAssignmentUnknown: there is none.
    """
    return existing(await rows.role_assignment(session, assignment_id), RoleAssignmentUnknown)


async def _to_decide(uow: UnitOfWork, assignment_id: UUID) -> tuple[AccountRow, RoleAssignmentRow]:
    found = await one(uow.session, assignment_id=assignment_id)
    account = await for_update(uow.session, found.account_id)
    held = await rows.rows_of(uow.session, account.id)
    return account, existing(next((each for each in held if each.id == assignment_id), None), RoleAssignmentUnknown)


async def _decided(uow: UnitOfWork, account: AccountRow, trail: Trail) -> None:
    account.revision += 1
    await second_administrator.ask(uow, account)
    await uow.audit(f"org.account.role_{trail['after']['state']}", subject=("account", account.id), **trail)


def _role(row: RoleAssignmentRow) -> dict[str, object]:
    return {"role": row.role, "unit_id": row.unit_id}


async def _unit_of(session: WriteSession, role: Role, unit_code: str | None) -> UUID | None:
    if role in IMPLIED_ROLES:
        expected = Text("可授予的角色", "a role that can be assigned")
        raise RoleNotAssignable(field_errors=[FieldError("/role", role.value, expected)])
    if unit_code is None:
        return None
    units = await account_rows.unit_ids(session, [unit_code])
    if unit_code not in units:
        expected = Text("已有的单元编码", "the code of a unit")
        raise AccountRefused(field_errors=[FieldError("/unit_code", unit_code, expected)])
    return units[unit_code]
