"""Accounts, their roles, and client systems (ORG-12)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select

from services.kit.database import ReadSession, WriteSession
from services.kit.identity import Role, RoleAssignment
from services.org.identity.store.tables import AccountRow, RoleAssignmentRow
from services.org.people.store.tables import EmployeeRow, EmploymentRow
from services.org.structure.store.tables import UnitRow


async def find(session: ReadSession, account_id: UUID) -> AccountRow | None:
    """An account."""
    return await session.get(AccountRow, account_id)


async def find_for_update(session: WriteSession, account_id: UUID) -> AccountRow | None:
    """An account, locked until the transaction ends."""
    return await session.get(AccountRow, account_id, with_for_update=True)


async def of_login(session: ReadSession, login: str) -> AccountRow | None:
    """The account that signs in as ``login``."""
    return (await session.execute(select(AccountRow).where(AccountRow.login == login))).scalar()


async def of_employee(session: ReadSession, employee_id: UUID) -> AccountRow | None:
    """The account of a person."""
    return (await session.execute(select(AccountRow).where(AccountRow.employee_id == employee_id))).scalar()


async def logins_taken(session: ReadSession, logins: Iterable[str]) -> set[str]:
    """Which of ``logins`` are in use."""
    query = select(AccountRow.login).where(AccountRow.login.in_(list(logins)))
    return set((await session.execute(query)).scalars())


async def employees_with_account(session: ReadSession, employee_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these people have an account already."""
    query = select(AccountRow.employee_id).where(AccountRow.employee_id.in_(list(employee_ids)))
    return {found for found in (await session.execute(query)).scalars() if found is not None}


async def employee_ids(session: ReadSession, numbers: Iterable[str]) -> dict[str, tuple[UUID, str]]:
    """Ids and names of people by number."""
    query = select(EmployeeRow.number, EmployeeRow.id, EmployeeRow.name).where(EmployeeRow.number.in_(list(numbers)))
    return {number: (employee_id, name) for number, employee_id, name in (await session.execute(query))}


async def unit_ids(session: ReadSession, codes: Iterable[str]) -> dict[str, UUID]:
    """Ids of units by code."""
    query = select(UnitRow.code, UnitRow.id).where(UnitRow.code.in_(list(codes)))
    return dict((await session.execute(query)).all())


async def grants(session: ReadSession, account_ids: Iterable[UUID]) -> dict[UUID, list[RoleAssignment]]:
    """The roles of several accounts."""
    query = (
        select(RoleAssignmentRow)
        .where(RoleAssignmentRow.account_id.in_(list(account_ids)))
        .order_by(RoleAssignmentRow.role, RoleAssignmentRow.id)
    )
    found: dict[UUID, list[RoleAssignment]] = defaultdict(list)
    for row in (await session.execute(query)).scalars():
        found[row.account_id].append(RoleAssignment(Role(row.role), row.unit_id))
    return found


async def revoke_grant(session: WriteSession, account_id: UUID, grant: RoleAssignment) -> bool:
    """Take a role away; False if the account does not have it."""
    query = (
        delete(RoleAssignmentRow)
        .where(RoleAssignmentRow.account_id == account_id, RoleAssignmentRow.role == grant.role.value)
        .where(RoleAssignmentRow.unit_id.is_not_distinct_from(grant.unit_id))
        .returning(RoleAssignmentRow.id)
    )
    return (await session.execute(query)).first() is not None


async def has_left(session: ReadSession, employee_id: UUID, day: date) -> bool:
    """Whether a person's last employment ended before ``day``."""
    valid = EmploymentRow.valid
    query = select(EmploymentRow.id).where(
        EmploymentRow.employee_id == employee_id, or_(func.upper_inf(valid), func.upper(valid) > day)
    )
    return (await session.execute(query.limit(1))).first() is None


def listed() -> Select[tuple[AccountRow]]:
    """All accounts."""
    return select(AccountRow)
