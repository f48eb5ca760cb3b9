"""What takes a second administrator, and that one remains (ORG-12).

The administrator who creates an account, links it to a person or passes on its invitation could act as its owner. So
roles count only once another administrator has released them, and wait for that again whenever the account may have
got another owner.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.kit.errors import Conflict, Text, joined
from services.kit.identity import ROLE_NAMES, Caller, Role
from services.kit.release import ReleaseAction, ReleaseState, Signature
from services.kit.work.assignees import whoever_may
from services.kit.work.releasing import entered
from services.kit.work.tasks import close_tasks, open_task
from services.kit.work.unit_of_work import UnitOfWork
from services.org.identity.domain.account import ROLE_ASSIGNMENT
from services.org.identity.store import accounts as account_rows
from services.org.identity.store import role_assignments as rows
from services.org.identity.store.tables import AccountRow, RoleAssignmentRow
from services.org.structure.store import units as unit_rows

KIND = f"{ROLE_ASSIGNMENT.name}.release"
_EVERYWHERE = Text("全公司", "the whole organisation")
_NOBODYS = Text("未关联员工", "linked to no employee")
"""Whoever releases a role of such an account vouches that it is nobody's who works here; see decision 0047."""


class LastAdministrator(Conflict):
    """At least one person must remain who can manage accounts."""

    code = "last_administrator"
    zh = "这是最后一位可用的系统管理员，须先由另一位系统管理员就位。"
    en = "This is the last administrator who can sign in; another administrator must be in place first."


def ids_of(caller: Caller) -> list[UUID]:
    """A person's identity: the account and, if it is an employee's, the person."""
    return list(Signature.of(caller).ids)


def excluded(account: AccountRow, row: RoleAssignmentRow) -> set[UUID]:
    """Who may not release a role of an account: its owner, and the people who proposed, linked or invited."""
    people = (row.entered_by, row.entered_by_person, account.id, account.employee_id)
    return {each for each in people if each is not None} | {*account.invited_by, *account.linked_by}


async def keep_an_administrator(uow: UnitOfWork, *, account_id: UUID) -> None:
    """Make sure that another administrator remains once the account is none, also if two take each other away at once.

    The caller has locked the administration (``account_rows.lock_administration``) before it locked the account.

    Raises:
        LastAdministrator.
    """
    if await account_rows.administrators(uow.session, uow.today) == {account_id}:
        raise LastAdministrator


async def ask(uow: UnitOfWork, account: AccountRow) -> None:
    """Let the proposed roles of the account wait for another administrator again."""
    for row in await rows.rows_of(uow.session, account.id):
        subject = (ROLE_ASSIGNMENT.name, row.id)
        await close_tasks(uow, KIND, subject=subject)
        if row.state != ReleaseState.PROPOSED.value:
            continue
        name, about = ROLE_NAMES[Role(row.role)], await _where(uow, row)
        if account.employee_id is None:
            about = joined([about, _NOBODYS], zh="，")
        await open_task(
            uow,
            KIND,
            subject=subject,
            assignee=whoever_may(ROLE_ASSIGNMENT, ReleaseAction.RELEASE, excluded_ids=excluded(account, row)),
            title=Text(
                f"确认授予{account.name}的角色：{name.zh}（{about.zh}）",
                f"Release the role {name.en} of {account.name} ({about.en})",
            ),
            link=f"/v1/org/role_assignments/{row.id}",
        )


async def _where(uow: UnitOfWork, row: RoleAssignmentRow) -> Text:
    """The name of the unit over which the role is held."""
    return _EVERYWHERE if row.unit_id is None else await unit_rows.name_of(uow.session, row.unit_id, uow.today)


async def propose_again(uow: UnitOfWork, account: AccountRow, *, by: Caller) -> None:
    """The account may have got another owner through ``by``: its roles wait for another administrator, under new ids.

    Raises:
        LastAdministrator: the account is that of the last administrator.
    """
    await keep_an_administrator(uow, account_id=account.id)
    held = await rows.rows_of(uow.session, account.id)
    gone = [row for row in held if row.state == ReleaseState.RELEASED.value]
    for row in gone:
        await close_tasks(uow, subject=(ROLE_ASSIGNMENT.name, row.id))
    roles = [(Role(row.role), row.unit_id) for row in gone]
    await rows.remove_roles(uow.session, [row.id for row in gone])
    await rows.add_roles(uow.session, account.id, roles, entered=_entered(uow, by))
    for row in held:
        if row.state == ReleaseState.PROPOSED.value:
            row.revision += 1  # who looked at it before looked at another owner
    await uow.session.flush()
    await ask(uow, account)
    if roles:
        after = {"roles": [role.value for role, _ in roles]}
        await uow.audit("org.account.roles_proposed_again", subject=("account", account.id), after=after)


def _entered(uow: UnitOfWork, by: Caller) -> Mapping[str, Any]:
    who = {"entered_by": by.account_id, "entered_by_person": by.employee_id, "entered_by_name": by.name}
    return entered(uow) | who
