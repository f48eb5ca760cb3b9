"""Accounts and their roles, kept by the administrator (ORG-12)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.kit.access.revocations import revoke, stored
from services.kit.access.tokens import LEEWAY
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, Sessions, WriteSession
from services.kit.errors import Conflict, FieldError, Invalid, NotFound, Stale, Text, existing
from services.kit.events.outbox import publish
from services.kit.identity import Role
from services.kit.work.releasing import entered
from services.kit.work.unit_of_work import UnitOfWork
from services.org.identity.domain.account import Account, AccountState
from services.org.identity.store import accounts as rows
from services.org.identity.store import invitations, role_assignments, sign_ins
from services.org.identity.store.tables import AccountRow
from services.org.identity.usecases import second_administrator
from services.org.structure.domain.code import distinct_from, skeleton


class AccountUnknown(NotFound):
    """There is no such account."""

    code = "account_unknown"
    zh = "找不到该账号，请刷新列表后重试。"
    en = "There is no such account."


class AccountRefused(Invalid):
    """Accounts cannot be made as asked; ``field_errors`` say where."""

    code = "account_refused"
    zh = "账号信息有误，未创建任何账号；请按下列提示修改。"
    en = "The account details are not valid, so no account was created; correct them as follows."


class OwnAdministration(Conflict):
    """Another administrator looks after an administrator's account."""

    code = "own_administration"
    zh = "不能停用自己的账号、改变其关联员工或收回自己的系统管理员角色，请由另一位系统管理员办理。"
    en = (
        "You cannot disable your own account, link it to another employee or revoke your own administrator role; "
        "ask another administrator."
    )


IMPLIED_ROLES = frozenset({Role.EMPLOYEE, Role.MANAGER, Role.SERVICE})
"""Roles that follow from a person's position and are never assigned."""


@dataclass(frozen=True)
class NewAccount:
    """An account to create. ``role_assignments`` name units by code, None for the whole organisation."""

    login: str
    name: str | None
    employee_number: str | None
    role_assignments: Sequence[tuple[Role, str | None]]


async def create(
    uow: UnitOfWork,
    *,
    wanted: Sequence[NewAccount],
    pointer: str = "/items/{place}",
    import_id: UUID | None = None,
) -> list[UUID]:
    """Create accounts with their roles, all or none. Nobody can sign in yet: the owner sets a password (invitations).

    The roles are proposed; another administrator releases them once that has happened.

    Raises:
        AccountRefused: a login is taken, a person or unit unknown, a person has an account; all field_errors at once.
    """
    people = await rows.employee_ids(uow.session, {w.employee_number for w in wanted if w.employee_number})
    units = await rows.unit_ids(uow.session, {code for w in wanted for _, code in w.role_assignments if code})
    taken = await rows.logins_like(uow.session, [w.login for w in wanted])
    linked = await rows.employees_with_account(uow.session, [employee_id for employee_id, _ in people.values()])
    field_errors = list(_faults(wanted, people, units, taken, linked, pointer))
    if field_errors:
        raise AccountRefused(field_errors=field_errors[:50])
    made = []
    for account in wanted:
        employee_id, name = people.get(account.employee_number or "", (None, account.login))
        row = AccountRow(
            login=account.login,
            name=account.name or name,
            employee_id=employee_id,
            linked_by=second_administrator.ids_of(uow.caller),
            revision=1,
        )
        uow.session.add(row)
        made.append(row)
    await uow.session.flush()
    for row, account in zip(made, wanted, strict=True):
        roles = {(role, units[code] if code else None) for role, code in account.role_assignments}
        await role_assignments.add_roles(uow.session, row.id, roles, entered=entered(uow), import_id=import_id)
        await second_administrator.ask(uow, row)
        await uow.audit(
            "org.account.created",
            subject=("account", row.id),
            after={
                "login": row.login,
                "employee_id": row.employee_id,
                "role_assignments": list(account.role_assignments),
            },
        )
    return [row.id for row in made]


async def change(
    uow: UnitOfWork,
    *,
    account_id: UUID,
    expected_revision: int | None,
    name: str | None,
    employee_number: str | None,
) -> None:
    """Set the name or link an employee. None leaves as it is; without a revision, a file says so.

    Another employee withdraws the tokens that are out, and the roles wait for another administrator (ORG-12).

    Raises:
        AccountUnknown, Stale, AccountRefused, OwnAdministration, LastAdministrator.
    """
    await rows.lock_administration(uow.session)
    row = await for_update(uow.session, account_id, expected_revision)
    before = {"name": row.name, "employee_id": row.employee_id}
    if employee_number is not None:
        row.employee_id = await _linkable(uow.session, account_id, employee_number)
    if row.employee_id != before["employee_id"]:
        if account_id == uow.caller.account_id:
            raise OwnAdministration
        row.linked_by = second_administrator.ids_of(uow.caller)
        await second_administrator.propose_again(uow, row, by=uow.caller)
        await revoke_tokens(uow.session, account_id, now=uow.now)
    row.name = name or row.name
    row.revision += 1
    await uow.audit(
        "org.account.changed",
        subject=("account", account_id),
        before=before,
        after={"name": row.name, "employee_id": row.employee_id},
    )


async def disable(uow: UnitOfWork, *, machine_now: datetime, account_id: UUID, expected_revision: int) -> None:
    """Disable an account and end all its sign-ins; one that is disabled already stays as it is.

    Raises:
        AccountUnknown, Stale, OwnAdministration, LastAdministrator.
    """
    if account_id == uow.caller.account_id:
        raise OwnAdministration
    await rows.lock_administration(uow.session)
    row = await for_update(uow.session, account_id, expected_revision)
    if row.disabled_at is not None:
        return
    await second_administrator.keep_an_administrator(uow, account_id=account_id)
    row.disabled_at = machine_now
    row.revision += 1
    await sign_ins.end_all(uow.session, account_id, machine_now, "account_disabled")
    await invitations.withdraw(uow.session, account_id)
    await uow.audit("org.account.disabled", subject=("account", account_id))
    await revoke_tokens(uow.session, account_id, now=uow.now)


async def enable(uow: UnitOfWork, *, account_id: UUID, expected_revision: int) -> None:
    """Enables a disabled account again.

    Raises:
        AccountUnknown, Stale.
    """
    row = await for_update(uow.session, account_id, expected_revision)
    if row.disabled_at is None:
        return
    row.disabled_at = None
    row.revision += 1
    await uow.audit("org.account.enabled", subject=("account", account_id))


async def one(session: ReadSession, *, account_id: UUID) -> Account:
    """An account and its roles.

    Raises:
        AccountUnknown: there is none.
    """
    return existing(await rows.get(session, account_id), AccountUnknown)


async def these(session: ReadSession, *, account_ids: Sequence[UUID]) -> dict[UUID, Account]:
    """Some accounts and their roles."""
    return await rows.these(session, account_ids)


async def listed(
    session: ReadSession,
    *,
    paging: Paging,
    q: str | None = None,
    login: str | None = None,
    employee_id: UUID | None = None,
    role: Role | None = None,
    state: AccountState | None = None,
) -> Rows[Account]:
    """Accounts with their roles, by login."""
    return await rows.page_of(session, paging, q=q, login=login, employee_id=employee_id, role=role, state=state)


async def for_update(session: WriteSession, account_id: UUID, expected_revision: int | None = None) -> AccountRow:
    """An account, locked until the transaction ends.

    Raises:
        AccountUnknown: there is none.
        Stale: it has been changed since the caller read it.
    """
    row = existing(await rows.find_for_update(session, account_id), AccountUnknown)
    if expected_revision is not None and row.revision != expected_revision:
        raise Stale
    return row


async def revoke_tokens(session: WriteSession, account_id: UUID, *, now: datetime) -> None:
    """Have every token that the account has refused, in all services, within five seconds of the commit.

    The caller holds the account's row. Machine time is read here and not when the request began: who waited for the
    row meanwhile may have got a token.
    """
    not_before = datetime.now(UTC)
    await revoke(session, account_id, not_before)
    data = {"account_id": str(account_id), "not_before": not_before.isoformat()}
    await publish(session, type="org.account.revoked", subject=f"account/{account_id}", data=data, now=now)


async def revoked(sessions: Sessions, lifetime: timedelta) -> Mapping[UUID, datetime]:
    """Accounts with tokens that have not expired and no longer count, with the moment before which those were made."""
    return await stored(sessions, lifetime + LEEWAY)()


async def _linkable(session: WriteSession, account_id: UUID, employee_number: str) -> UUID:
    people = await rows.employee_ids(session, [employee_number])
    employee_id = people[employee_number][0] if employee_number in people else None
    other = await rows.of_employee(session, employee_id) if employee_id else None
    if employee_id is None or (other is not None and other.id != account_id):
        expected = Text("尚无账号的员工工号", "number of an employee without an account")
        raise AccountRefused(field_errors=[FieldError("/employee_number", employee_number, expected)])
    return employee_id


def _faults(
    wanted: Sequence[NewAccount],
    people: Mapping[str, tuple[UUID, str]],
    units: Mapping[str, UUID],
    taken: Sequence[str],
    linked: set[UUID],
    pointer: str,
) -> Iterator[FieldError]:
    logins = {skeleton(login): login for login in taken}
    numbers = {number for number, (employee_id, _) in people.items() if employee_id in linked}
    for place, account in enumerate(wanted):
        here = pointer.format(place=place)
        seen = skeleton(account.login)
        if seen in logins:
            yield FieldError(f"{here}/login", account.login, distinct_from(logins[seen]))
        logins.setdefault(seen, account.login)
        number = account.employee_number
        if number is not None and (number not in people or number in numbers):
            expected = Text("尚无账号的员工工号", "number of an employee without an account")
            yield FieldError(f"{here}/employee_number", number, expected)
        if number is not None:
            numbers.add(number)
        for at, (role, code) in enumerate(account.role_assignments):
            if role in IMPLIED_ROLES:
                expected = Text("可以授予的角色", "a role that can be granted")
                yield FieldError(f"{here}/role_assignments/{at}/role", role.value, expected)
            if code is not None and code not in units:
                expected = Text("已有单元的编码", "the code of a unit")
                yield FieldError(f"{here}/role_assignments/{at}/unit_code", code, expected)
