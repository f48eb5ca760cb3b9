"""Accounts (ORG-12)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, any_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.identity import Role
from services.kit.release import ReleaseState
from services.org.identity.domain.account import Account, AccountState, AssignedRole
from services.org.identity.store.role_assignments import roles_of
from services.org.identity.store.tables import AccountRow, RoleAssignmentRow
from services.org.people.store.tables import EmployeeRow, EmploymentRow
from services.org.structure.domain.code import skeleton
from services.org.structure.store.tables import UnitRow


async def find(session: ReadSession, account_id: UUID) -> AccountRow | None:
    """A user account."""
    return await session.get(AccountRow, account_id)


async def find_for_update(session: WriteSession, account_id: UUID) -> AccountRow | None:
    """An account, locked until the transaction ends."""
    return await session.get(AccountRow, account_id, with_for_update=True)


async def for_update_all(session: WriteSession, account_ids: Iterable[UUID]) -> dict[UUID, AccountRow]:
    """Accounts by id, locked until the transaction ends, always in the same order."""
    query = select(AccountRow).where(AccountRow.id.in_(list(account_ids))).order_by(AccountRow.id).with_for_update()
    return {row.id: row for row in (await session.execute(query)).scalars()}


async def names_of(session: ReadSession, account: AccountRow) -> list[str]:
    """What the owner of an account is called: login, name, and the name and number of the employee."""
    names = [account.login, account.name]
    person = await session.get(EmployeeRow, account.employee_id) if account.employee_id else None
    return [*names, person.name, person.number] if person else names


async def of_login(session: ReadSession, login: str) -> AccountRow | None:
    """The account that signs in as ``login``."""
    return (await session.execute(select(AccountRow).where(AccountRow.login == login))).scalar()


async def of_employee(session: ReadSession, employee_id: UUID) -> AccountRow | None:
    """The account of a person."""
    return (await session.execute(select(AccountRow).where(AccountRow.employee_id == employee_id))).scalar()


async def logins_like(session: ReadSession, logins: Iterable[str]) -> list[str]:
    """The logins in use for which people could take one of ``logins``, those themselves included."""
    wanted = literal([skeleton(login) for login in logins], ARRAY(String))
    query = select(AccountRow.login).where(func.org.skeleton(AccountRow.login) == any_(wanted))
    return list((await session.execute(query)).scalars())


async def employees_with_account(session: ReadSession, employee_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these people have an account already."""
    query = select(AccountRow.employee_id).where(AccountRow.employee_id.in_(list(employee_ids)))
    return {found for found in (await session.execute(query)).scalars() if found is not None}


async def logins_of_employees(session: ReadSession, employee_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Which of these people have an account, and its login."""
    query = select(AccountRow.employee_id, AccountRow.login).where(AccountRow.employee_id.in_(list(employee_ids)))
    return {employee_id: login for employee_id, login in await session.execute(query) if employee_id is not None}


async def employee_ids(session: ReadSession, numbers: Iterable[str]) -> dict[str, tuple[UUID, str]]:
    """Ids and names of people by number."""
    query = select(EmployeeRow.number, EmployeeRow.id, EmployeeRow.name).where(EmployeeRow.number.in_(list(numbers)))
    return {number: (employee_id, name) for number, employee_id, name in (await session.execute(query))}


async def unit_ids(session: ReadSession, codes: Iterable[str]) -> dict[str, UUID]:
    """Ids of units by code."""
    query = select(UnitRow.code, UnitRow.id).where(UnitRow.code.in_(list(codes)))
    return dict((await session.execute(query)).all())


async def has_left(session: ReadSession, employee_id: UUID, day: date) -> bool:
    """Whether a person's last employment ended before ``day``."""
    valid = EmploymentRow.valid
    query = select(EmploymentRow.id).where(
        EmploymentRow.employee_id == employee_id, or_(func.upper_inf(valid), func.upper(valid) > day)
    )
    return (await session.execute(query.limit(1))).first() is None


async def administrators(session: ReadSession, day: date) -> set[UUID]:
    """The accounts that can look after others on ``day``: their role counts and their owners can sign in."""
    row, role, valid = AccountRow, RoleAssignmentRow, EmploymentRow.valid
    employed = (
        select(EmploymentRow.id)
        .where(EmploymentRow.employee_id == row.employee_id, or_(func.upper_inf(valid), func.upper(valid) > day))
        .exists()
    )
    query = (
        select(row.id)
        .join(role, role.account_id == row.id)
        .where(role.role == Role.ADMINISTRATOR.value, role.unit_id.is_(None), role.state == ReleaseState.RELEASED.value)
        .where(row.disabled_at.is_(None), row.password_hash.is_not(None), or_(row.employee_id.is_(None), employed))
    )
    return set((await session.execute(query)).scalars())


async def lock_administration(session: WriteSession) -> None:
    """Wait for any other transaction that may remove an administrator, and block others."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtext("org administrators"))))


async def get(session: ReadSession, account_id: UUID) -> Account | None:
    """An account with its roles."""
    return (await these(session, [account_id])).get(account_id)


async def these(session: ReadSession, account_ids: Sequence[UUID]) -> dict[UUID, Account]:
    """Some accounts with their roles."""
    roles = await roles_of(session, account_ids)
    found = await session.execute(_ACCOUNTS.where(AccountRow.id.in_(account_ids)))
    return {row.id: _account(row, roles[row.id]) for row in found}


async def of_logins(session: ReadSession, logins: Iterable[str]) -> list[Account]:
    """The accounts of these logins, with their roles."""
    return await _all(session, _ACCOUNTS.where(AccountRow.login == any_(literal(list(logins), ARRAY(String)))))


async def everybody(session: ReadSession) -> list[Account]:
    """All accounts with their roles, by login."""
    return await _all(session, _ACCOUNTS.order_by(AccountRow.login))


async def _all(session: ReadSession, query: Select[*tuple[Any, ...]]) -> list[Account]:
    found = (await session.execute(query)).all()
    roles = await roles_of(session, [each.id for each in found])
    return [_account(each, roles[each.id]) for each in found]


async def page_of(
    session: ReadSession,
    paging: Paging,
    *,
    q: str | None = None,
    login: str | None = None,
    employee_id: UUID | None = None,
    role: Role | None = None,
    state: AccountState | None = None,
) -> Rows[Account]:
    """Accounts with their roles, by login; ``q`` is a part of login, name or employee number."""
    row, query = AccountRow, _ACCOUNTS
    named = (row.login, row.name, EmployeeRow.number)
    if q is not None:
        query = query.where(or_(*(each.icontains(q, autoescape=True) for each in named)))
    if login is not None:
        query = query.where(row.login == login)
    if employee_id is not None:
        query = query.where(row.employee_id == employee_id)
    if role is not None:
        query = query.where(
            row.id.in_(select(RoleAssignmentRow.account_id).where(RoleAssignmentRow.role == role.value))
        )
    if state is not None:
        query = query.where(*_STATES[state])
    found = await page(session, query, lambda each: each, keys=[row.login], paging=paging)
    roles = await roles_of(session, [each.id for each in found.items])
    return Rows([_account(each, roles[each.id]) for each in found.items], found.next)


_STATES: Mapping[AccountState, Sequence[ColumnElement[bool]]] = {
    "disabled": [AccountRow.disabled_at.is_not(None)],
    "enabled": [AccountRow.disabled_at.is_(None), AccountRow.password_hash.is_not(None)],
    "invited": [AccountRow.disabled_at.is_(None), AccountRow.password_hash.is_(None)],
}

_ACCOUNTS = select(
    AccountRow.id,
    AccountRow.login,
    AccountRow.name,
    AccountRow.employee_id,
    EmployeeRow.number.label("employee_number"),
    EmployeeRow.name.label("employee_name"),
    AccountRow.password_hash.is_not(None).label("has_password"),
    AccountRow.language,
    AccountRow.disabled_at,
    AccountRow.revision,
).outerjoin(EmployeeRow, EmployeeRow.id == AccountRow.employee_id)


def _account(row: Any, roles: Iterable[AssignedRole]) -> Account:
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        employee_id=row.employee_id,
        employee_number=row.employee_number,
        employee_name=row.employee_name,
        role_assignments=tuple(roles),
        has_password=row.has_password,
        language=row.language,
        disabled_at=row.disabled_at,
        revision=row.revision,
    )
