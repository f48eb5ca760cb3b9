"""Accounts and their roles (ORG-12)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.kit.fields import CodeText, Id, Label, Model
from services.kit.identity import Role, RoleAssignment
from services.kit.pages import Page
from services.kit.routing import keeps_no_body, router
from services.kit.web import IfMatch, PageAsked, Read, tag
from services.org.identity.domain.account import check_password
from services.org.identity.store.tables import AccountRow
from services.org.identity.usecases import accounts, passwords, role_assignments
from services.org.permissions import AccountReader, AdministratorUnitOfWork
from services.org.schemas import MachineNow, Made

routes = router("/v1/org/accounts", tag="accounts")

Password = Annotated[str, Field(min_length=1, max_length=400)]


class NewGrant(Model):
    """A role over a unit's subtree, or over everything if ``unit_code`` is null."""

    role: Role
    unit_code: CodeText | None = None


class NewAccount(Model):
    """Somebody who may sign in. The name is that of the employee unless given."""

    login: CodeText
    password: Password
    name: Label | None = None
    employee_number: CodeText | None = None
    grants: Annotated[tuple[NewGrant, ...], Field(max_length=50)] = ()


class NewAccounts(Model):
    """Several at once, all or none."""

    items: Annotated[list[NewAccount], Field(min_length=1, max_length=500)]


class MadeAll(Model):
    """The ids in the order asked for."""

    ids: list[Id]


class AccountChange(Model):
    """What is set; what is left out stays. Another password ends all sign-ins."""

    name: Label | None = None
    employee_number: CodeText | None = None
    password: Password | None = None


class GrantHeld(Model):
    """A role that an account holds."""

    role: Role
    unit_id: Id | None


class Account(Model):
    """An account; ``disabled_at`` null while it may sign in."""

    id: Id
    login: str
    name: str
    employee_id: Id | None
    grants: list[GrantHeld]
    disabled_at: datetime | None
    revision: int


@routes.post("", status_code=201)
@keeps_no_body
async def create(body: NewAccount, uow: AdministratorUnitOfWork) -> Made:
    """Make an account."""
    ids = await _create([body], uow, pointer="")
    return Made(id=ids[0])


@routes.post("/bulk", status_code=201, openapi_extra={"x-answer-seconds": 60})  # hashing hundreds of passwords
@keeps_no_body
async def create_all(body: NewAccounts, uow: AdministratorUnitOfWork) -> MadeAll:
    """Make several accounts, all or none; field_errors name each that is wrong."""
    return MadeAll(ids=await _create(body.items, uow, pointer="/items/{place}"))


@routes.get("")
async def listed(
    session: Read,
    _caller: AccountReader,
    paging: PageAsked,
    login: Annotated[str | None, Query(max_length=64)] = None,
) -> Page[Account]:
    """Accounts, by login."""
    found = await accounts.listed(session, paging=paging, login=login)
    return Page[Account](**found.written(lambda item: _account(*item)))


@routes.get("/{account_id}")
async def one(account_id: UUID, session: Read, _caller: AccountReader, response: Response) -> Account:
    """One account."""
    found = _account(*await accounts.one(session, account_id=account_id))
    tag(response, found.revision)
    return found


@routes.patch("/{account_id}")
async def change(account_id: UUID, body: AccountChange, uow: AdministratorUnitOfWork, revision: IfMatch) -> Made:
    """Set name, employee or password."""
    password_hash = None
    if body.password is not None:
        held, _ = await accounts.one(uow.session, account_id=account_id)
        check_password(body.password, login=held.login)
        password_hash = await passwords.hashed(body.password)
    await accounts.change(
        uow,
        account_id=account_id,
        expected_revision=revision,
        name=body.name,
        employee_number=body.employee_number,
        password_hash=password_hash,
    )
    return Made(id=account_id)


@routes.post("/{account_id}/grants", status_code=201)
async def grant(account_id: UUID, body: NewGrant, uow: AdministratorUnitOfWork) -> Made:
    """Give a role."""
    await role_assignments.grant(uow, account_id=account_id, role=body.role, unit_code=body.unit_code)
    return Made(id=account_id)


@routes.post("/{account_id}/grants/withdraw")
async def withdraw(account_id: UUID, body: NewGrant, uow: AdministratorUnitOfWork, machine_now: MachineNow) -> Made:
    """Take a role away; within seconds it no longer counts where something is approved or paid."""
    await role_assignments.withdraw(
        uow,
        machine_now=machine_now,
        account_id=account_id,
        role=body.role,
        unit_code=body.unit_code,
    )
    return Made(id=account_id)


@routes.post("/{account_id}/disable")
async def disable(account_id: UUID, uow: AdministratorUnitOfWork, machine_now: MachineNow) -> Made:
    """Close an account: its sign-ins end at once."""
    await accounts.disable(uow, machine_now=machine_now, account_id=account_id)
    return Made(id=account_id)


@routes.post("/{account_id}/enable")
async def enable(account_id: UUID, uow: AdministratorUnitOfWork) -> Made:
    """Open a closed account again."""
    await accounts.enable(uow, account_id=account_id)
    return Made(id=account_id)


async def _create(wanted: list[NewAccount], uow: AdministratorUnitOfWork, *, pointer: str) -> list[UUID]:
    asked = [
        accounts.NewAccount(
            login=item.login,
            password=item.password,
            name=item.name,
            employee_number=item.employee_number,
            grants=[(given.role, given.unit_code) for given in item.grants],
        )
        for item in wanted
    ]
    hashes = await accounts.hash_passwords(asked, pointer=pointer)
    return await accounts.create(uow, wanted=asked, hashes=hashes, pointer=pointer)


def _account(row: AccountRow, held: list[RoleAssignment]) -> Account:
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        employee_id=row.employee_id,
        grants=[GrantHeld(role=grant.role, unit_id=grant.unit_id) for grant in held],
        disabled_at=row.disabled_at,
        revision=row.revision,
    )
