"""Roles of accounts in the database (ORG-12)."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, delete, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.identity import Role
from services.kit.release import ReleaseState
from services.org.identity.domain.account import AssignedRole
from services.org.identity.store.tables import AccountRow, RoleAssignmentRow
from services.org.people.store.tables import EmployeeRow
from services.org.structure.store.tables import UnitRow

_ROW: Final = RoleAssignmentRow
_ASSIGNED: Final = (
    select(
        _ROW.id,
        _ROW.account_id,
        AccountRow.login.label("account_login"),
        AccountRow.name.label("account_name"),
        EmployeeRow.number.label("employee_number"),
        EmployeeRow.name.label("employee_name"),
        _ROW.role,
        _ROW.unit_id,
        UnitRow.code.label("unit_code"),
        _ROW.state,
        _ROW.revision,
        _ROW.entered_at,
        _ROW.entered_by_name,
        _ROW.decided_at,
        _ROW.decided_by_name,
        _ROW.decision,
    )
    .join(AccountRow, AccountRow.id == _ROW.account_id)
    .outerjoin(EmployeeRow, EmployeeRow.id == AccountRow.employee_id)
    .outerjoin(UnitRow, UnitRow.id == _ROW.unit_id)
)


async def assigned(session: ReadSession, *conditions: ColumnElement[bool]) -> list[AssignedRole]:
    """The role assignments that meet these conditions, by role."""
    query = _ASSIGNED.where(*conditions).order_by(_ROW.role, _ROW.id)
    return [_assigned(each) for each in await session.execute(query)]


async def roles_of(session: ReadSession, account_ids: Iterable[UUID]) -> dict[UUID, list[AssignedRole]]:
    """The roles of several accounts, also those that do not count."""
    found: dict[UUID, list[AssignedRole]] = defaultdict(list)
    wanted = literal(list(account_ids), ARRAY(Uuid))
    for each in await assigned(session, _ROW.account_id == any_(wanted)):
        found[each.account_id].append(each)
    return found


async def role_assignment(session: ReadSession, assignment_id: UUID) -> AssignedRole | None:
    """One role assignment."""
    found = await assigned(session, _ROW.id == assignment_id)
    return found[0] if found else None


async def page_of(
    session: ReadSession, paging: Paging, *, state: ReleaseState | None, import_id: UUID | None
) -> Rows[AssignedRole]:
    """Role assignments in the order in which they were proposed."""
    query: Any = _ASSIGNED if state is None else _ASSIGNED.where(_ROW.state == state.value)
    if import_id is not None:
        query = query.where(_ROW.import_id == import_id)
    return await page(session, query, _assigned, keys=[_ROW.id], paging=paging)


async def rows_of(session: WriteSession, account_id: UUID) -> list[RoleAssignmentRow]:
    """The rows of an account's roles, locked until the transaction ends."""
    query = select(_ROW).where(_ROW.account_id == account_id).order_by(_ROW.id).with_for_update()
    return list((await session.execute(query.execution_options(populate_existing=True))).scalars())


async def add_roles(
    session: WriteSession,
    account_id: UUID,
    roles: Iterable[tuple[Role, UUID | None]],
    *,
    entered: Mapping[str, Any],
    import_id: UUID | None = None,
) -> list[RoleAssignmentRow]:
    """Store roles of an account, as ``entered`` by a person, or by a file if one is named."""
    common = {"account_id": account_id, "import_id": import_id, **entered}
    rows = [_ROW(role=role.value, unit_id=unit_id, **common) for role, unit_id in roles]
    session.add_all(rows)
    await session.flush()
    return rows


async def remove_roles(session: WriteSession, assignment_ids: Sequence[UUID]) -> None:
    """End role assignments."""
    await session.execute(delete(_ROW).where(_ROW.id.in_(assignment_ids)))


def _assigned(row: Any) -> AssignedRole:
    named = row._mapping  # noqa: SLF001 - the documented way to the columns by name
    fields = {field.name: named[field.name] for field in dataclasses.fields(AssignedRole)}
    return AssignedRole(**fields | {"role": Role(row.role), "state": ReleaseState(row.state)})
