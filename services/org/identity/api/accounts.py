"""Accounts and their roles (ORG-12)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.kit.fields import CodeText, Id, Label, Model
from services.kit.identity import Role
from services.kit.pages import Page
from services.kit.routing import keeps_no_body, router
from services.kit.web import IfMatch, PageAsked, Read, tag
from services.org.identity.domain import account as domain
from services.org.identity.usecases import accounts, passwords, role_assignments
from services.org.permissions import AccountReader, AdministratorUnitOfWork
from services.org.schemas import EntityId, MachineNow, RevisionNumber, created

PATH = "/v1/org/accounts"
ASSIGNMENTS = "/v1/org/role_assignments"
routes = router(PATH, tag="accounts")
assignments = router(ASSIGNMENTS, tag="accounts")

Login = Annotated[CodeText, Field(description="What the person signs in with.", examples=["li.ting"])]
Password = Annotated[
    str, Field(min_length=1, max_length=400, description="At least ten characters, without the login in it.")
]
AccountName = Annotated[Label, Field(description="Name of the person.", examples=["李婷"])]
EmployeeNumber = Annotated[CodeText, Field(description="Number of the employee who signs in.", examples=["E1001"])]
AssignableRole = Annotated[Role, Field(description="The role.", examples=["hr"])]


class RoleAssignmentRequest(Model):
    """A role to assign."""

    role: AssignableRole
    unit_code: CodeText | None = Field(
        default=None, description="Over this unit and everything beneath it; null: everywhere.", examples=["SALES"]
    )


class AccountCreation(Model):
    """Somebody who may sign in."""

    login: Login
    password: Password
    name: AccountName | None = Field(default=None, description="Name; that of the employee unless given.")
    employee_number: EmployeeNumber | None = None
    role_assignments: tuple[RoleAssignmentRequest, ...] = Field(
        default=(), max_length=50, description="The roles of the account."
    )


class AccountCreations(Model):
    """Several accounts, all or none."""

    items: list[AccountCreation] = Field(min_length=1, max_length=500, description="The accounts to create.")


class AccountChange(Model):
    """What is set; what is left out stays."""

    name: AccountName | None = None
    employee_number: EmployeeNumber | None = None
    password: Password | None = Field(default=None, description="Another password, which ends all sign-ins.")


class RoleAssignment(Model):
    """A role of an account."""

    id: EntityId
    account_id: Id = Field(description="Id of the account.")
    role: AssignableRole
    unit_id: Id | None = Field(description="Over which unit and everything beneath it; null: over everything.")
    unit_code: str | None = Field(description="Code of that unit.", examples=["SALES"])


class Account(Model):
    """An account."""

    id: EntityId
    login: Login
    name: AccountName
    employee_id: Id | None = Field(description="Id of the employee who signs in.")
    employee_number: str | None = Field(description="Number of that employee.", examples=["E1001"])
    employee_name: str | None = Field(description="Name of that employee.", examples=["李婷"])
    role_assignments: list[RoleAssignment] = Field(description="The roles of the account.")
    disabled_at: datetime | None = Field(description="Since when it may not sign in; null: it may.")
    revision: RevisionNumber


class Accounts(Model):
    """Accounts that were created."""

    items: list[Account] = Field(description="The accounts in the order in which they were given.")


@routes.post("", status_code=201, operation_id="create_account", summary="Create an account", response_model=Account)
@keeps_no_body
async def create_account(body: AccountCreation, uow: AdministratorUnitOfWork, response: Response) -> Account:
    """Create an account with its roles."""
    (found,) = await _create([body], uow, pointer="")
    created(response, PATH, found.id, found.revision)
    return found


@routes.post(
    "/bulk",
    status_code=201,
    operation_id="create_accounts",
    summary="Create several accounts",
    response_model=Accounts,
    openapi_extra={"x-answer-seconds": 60},  # hashing hundreds of passwords
)
@keeps_no_body
async def create_accounts(body: AccountCreations, uow: AdministratorUnitOfWork) -> Accounts:
    """Create several accounts, all or none; ``errors`` name each that is wrong."""
    return Accounts(items=await _create(body.items, uow, pointer="/items/{place}"))


@routes.get("", operation_id="list_accounts", summary="List accounts", response_model=Page[Account])
async def list_accounts(
    session: Read,
    _caller: AccountReader,
    paging: PageAsked,
    q: Annotated[
        str | None, Query(min_length=1, max_length=100, description="A part of login, name or employee number.")
    ] = None,
    login: Annotated[str | None, Query(max_length=64, description="Only the one with exactly this login.")] = None,
    employee_id: Annotated[UUID | None, Query(description="Only that of this employee.")] = None,
    role: Annotated[Role | None, Query(description="Only those with this role, wherever.")] = None,
    state: Annotated[domain.AccountState | None, Query(description="Only those that may sign in, or may not.")] = None,
) -> Page[Account]:
    """List accounts with their roles, by login."""
    found = await accounts.listed(
        session, paging=paging, q=q, login=login, employee_id=employee_id, role=role, state=state
    )
    return Page[Account](**found.written(Account.model_validate))


@routes.get("/{account_id}", operation_id="get_account", summary="Get an account", response_model=Account)
async def get_account(account_id: UUID, session: Read, _caller: AccountReader, response: Response) -> Account:
    """Get an account with its roles."""
    found = Account.model_validate(await accounts.one(session, account_id=account_id))
    tag(response, found.revision)
    return found


@routes.patch("/{account_id}", operation_id="update_account", summary="Change an account", response_model=Account)
async def update_account(
    account_id: UUID, body: AccountChange, uow: AdministratorUnitOfWork, revision: IfMatch, response: Response
) -> Account:
    """Set the name, the employee or the password of an account."""
    password_hash = None
    if body.password is not None:
        login = (await accounts.one(uow.session, account_id=account_id)).login
        domain.check_password(body.password, login=login)
        password_hash = await passwords.hashed(body.password)
    await accounts.change(
        uow,
        account_id=account_id,
        expected_revision=revision,
        name=body.name,
        employee_number=body.employee_number,
        password_hash=password_hash,
    )
    return await _now(uow, account_id, response)


@routes.post(
    "/{account_id}/disable", operation_id="disable_account", summary="Disable an account", response_model=Account
)
async def disable_account(
    account_id: UUID, uow: AdministratorUnitOfWork, revision: IfMatch, machine_now: MachineNow, response: Response
) -> Account:
    """Disable an account: all its sign-ins end at once."""
    await accounts.disable(uow, machine_now=machine_now, account_id=account_id, expected_revision=revision)
    return await _now(uow, account_id, response)


@routes.post("/{account_id}/enable", operation_id="enable_account", summary="Enable an account", response_model=Account)
async def enable_account(
    account_id: UUID, uow: AdministratorUnitOfWork, revision: IfMatch, response: Response
) -> Account:
    """Enable a disabled account again."""
    await accounts.enable(uow, account_id=account_id, expected_revision=revision)
    return await _now(uow, account_id, response)


@routes.post(
    "/{account_id}/role_assignments",
    status_code=201,
    operation_id="assign_role",
    summary="Assign a role",
    response_model=RoleAssignment,
)
async def assign_role(
    account_id: UUID, body: RoleAssignmentRequest, uow: AdministratorUnitOfWork, response: Response
) -> RoleAssignment:
    """Assign a role to an account; nobody assigns one to their own account."""
    found = await role_assignments.assign(uow, account_id=account_id, role=body.role, unit_code=body.unit_code)
    created(response, ASSIGNMENTS, found.id)
    return RoleAssignment.model_validate(found)


@assignments.get(
    "/{assignment_id}",
    operation_id="get_role_assignment",
    summary="Get a role assignment",
    response_model=RoleAssignment,
)
async def get_role_assignment(assignment_id: UUID, session: Read, _caller: AccountReader) -> RoleAssignment:
    """Get a role that an account has."""
    return RoleAssignment.model_validate(await role_assignments.one(session, assignment_id=assignment_id))


@assignments.delete(
    "/{assignment_id}", status_code=204, operation_id="revoke_role", summary="Revoke a role", response_class=Response
)
async def revoke_role(assignment_id: UUID, uow: AdministratorUnitOfWork) -> None:
    """Take a role away; within seconds it no longer counts where something is approved or paid."""
    await role_assignments.revoke(uow, assignment_id=assignment_id)


async def _now(uow: AdministratorUnitOfWork, account_id: UUID, response: Response) -> Account:
    await uow.session.flush()
    found = Account.model_validate(await accounts.one(uow.session, account_id=account_id))
    tag(response, found.revision)
    return found


async def _create(wanted: list[AccountCreation], uow: AdministratorUnitOfWork, *, pointer: str) -> list[Account]:
    asked = [
        accounts.NewAccount(
            login=item.login,
            password=item.password,
            name=item.name,
            employee_number=item.employee_number,
            role_assignments=[(each.role, each.unit_code) for each in item.role_assignments],
        )
        for item in wanted
    ]
    hashes = await accounts.hash_passwords(asked, pointer=pointer)
    ids = await accounts.create(uow, wanted=asked, hashes=hashes, pointer=pointer)
    found = await accounts.these(uow.session, account_ids=ids)
    return [Account.model_validate(found[each]) for each in ids]
