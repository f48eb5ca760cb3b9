"""Accounts and their roles (ORG-12)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import CodeText, Id, Label, Model
from services.kit.identity import Role
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import answers_with, keeps_no_body, router
from services.org.identity.api.role_assignments import RoleAssignment, RoleAssignmentRequest
from services.org.identity.domain import account as domain
from services.org.identity.usecases import accounts, invitations
from services.org.permissions import AccountReader, AdministratorUnitOfWork
from services.org.schemas import EntityId, MachineNow, RevisionNumber

PATH = "/v1/org/accounts"
routes = router(PATH, tag="accounts")

Login = Annotated[CodeText, Field(description="Login for signing in.", examples=["li.ting"])]
AccountName = Annotated[Label, Field(description="Name of the person.", examples=["李婷"])]
EmployeeNumber = Annotated[CodeText, Field(description="Number of the employee who signs in.", examples=["E1001"])]


class AccountCreation(Model):
    """An account to be created."""

    login: Login
    name: AccountName | None = Field(default=None, description="Name; the employee's name by default.")
    employee_number: EmployeeNumber | None = None
    role_assignments: tuple[RoleAssignmentRequest, ...] = Field(
        default=(), max_length=50, description="Roles to propose; another administrator releases them."
    )


class AccountCreations(Model):
    """Several accounts to be created, all or none."""

    items: list[AccountCreation] = Field(min_length=1, max_length=500, description="Accounts to be created.")


class AccountChange(Model):
    """The fields to set; fields left out are unchanged."""

    name: AccountName | None = None
    employee_number: EmployeeNumber | None = None


class Account(Model):
    """A user account."""

    id: EntityId
    login: Login
    name: AccountName
    employee_id: Id | None = Field(description="Id of the employee who signs in.")
    employee_number: str | None = Field(description="Number of that employee.", examples=["E1001"])
    employee_name: str | None = Field(description="Name of that employee.", examples=["李婷"])
    role_assignments: list[RoleAssignment] = Field(
        description="Roles of the account; a role takes effect once it is released."
    )
    state: domain.AccountState = Field(
        description="State. `invited`: the owner has not set a password yet; `disabled`: sign-in is refused.",
        examples=["enabled"],
    )
    language: domain.AccountLanguage | None = Field(
        description="Preferred language of the owner; null if not set.", examples=["zh"]
    )
    disabled_at: datetime | None = Field(
        description="Time since which sign-in is disabled; null if it is allowed.", examples=[None]
    )
    revision: RevisionNumber


class Invitation(Model):
    """An invitation, with which the owner of an account sets a password at `/v1/invitations/accept`."""

    account_id: Id = Field(description="Id of the account.")
    token: str = Field(
        description="Single-use token, shown only once. Put it behind the `#` of a link to your frontend, where no "
        "server logs it."
    )
    expires_at: datetime = Field(description="Time of expiry; a later invitation replaces this one.")


class InvitedAccount(Account):
    """An account that was created, with its invitation."""

    invitation: Invitation = Field(description="Invitation with which the owner sets a password.")


class InvitedAccounts(Model):
    """The accounts that were created."""

    items: list[InvitedAccount] = Field(description="Accounts in the order of the request.")


class InvitationRequest(Model):
    """The accounts to invite."""

    account_ids: list[Id] = Field(min_length=1, max_length=500, description="Ids of the accounts.")


class Invitations(Model):
    """The invitations that were created."""

    items: list[Invitation] = Field(description="Invitations, one per account.")


@routes.post("", status_code=201, summary="Create an account")
@keeps_no_body  # the answer holds an invitation
async def create_account(
    body: AccountCreation, uow: AdministratorUnitOfWork, machine_now: MachineNow
) -> InvitedAccount:
    """Creates an account with roles, and an invitation with which its owner sets a password.

    Once the owner has done so, another administrator releases the roles.
    """
    (found,) = await _create([body], uow, machine_now, pointer="")
    return found


@routes.post("/bulk", status_code=201, summary="Create several accounts")
@keeps_no_body  # the answer holds invitations
async def create_accounts(
    body: AccountCreations, uow: AdministratorUnitOfWork, machine_now: MachineNow
) -> InvitedAccounts:
    """Creates several accounts, all or none; ``errors`` lists every invalid one."""
    return InvitedAccounts(items=await _create(body.items, uow, machine_now, pointer="/items/{place}"))


@routes.post("/invitations", status_code=201, summary="Invite account owners to set a password")
@keeps_no_body  # the answer holds invitations
async def create_invitations(
    body: InvitationRequest, uow: AdministratorUnitOfWork, machine_now: MachineNow
) -> Invitations:
    """Invites the owners of accounts to set a password, either the first one or a new one if it was forgotten.

    The present password stays valid until the invitation is used; then all sessions end, and the roles of the
    account wait for another administrator again.
    """
    made = await invitations.invite(uow, account_ids=body.account_ids, machine_now=machine_now)
    return Invitations(items=[Invitation.model_validate(each) for each in made])


@routes.get("", summary="List accounts")
async def list_accounts(
    session: Read,
    _caller: AccountReader,
    paging: PageAsked,
    q: Annotated[
        str | None, Query(min_length=1, max_length=100, description="Part of a login, a name or an employee number.")
    ] = None,
    login: Annotated[str | None, Query(max_length=64, description="Only the account with exactly this login.")] = None,
    employee_id: Annotated[UUID | None, Query(description="Only the account of this employee.")] = None,
    role: Annotated[Role | None, Query(description="Only accounts with this role, over any unit.")] = None,
    state: Annotated[domain.AccountState | None, Query(description="Only those in this state.")] = None,
) -> Page[Account]:
    """List accounts with their roles, by login."""
    found = await accounts.listed(
        session, paging=paging, q=q, login=login, employee_id=employee_id, role=role, state=state
    )
    return Page[Account](**found.written(Account.model_validate))


@routes.get("/{account_id}", summary="Get an account")
async def get_account(account_id: UUID, session: Read, _caller: AccountReader) -> Account:
    """Get an account with its roles."""
    return Account.model_validate(await accounts.one(session, account_id=account_id))


@routes.patch("/{account_id}", summary="Change an account")
async def update_account(
    account_id: UUID, body: AccountChange, uow: AdministratorUnitOfWork, revision: IfMatch
) -> Account:
    """Sets the name or the employee of an account; if the employee changes, its roles wait for another administrator
    again.
    """
    await accounts.change(
        uow, account_id=account_id, expected_revision=revision, name=body.name, employee_number=body.employee_number
    )
    return await _now(uow, account_id)


@routes.post("/{account_id}/disable", summary="Disable an account")
@answers_with(state="disabled", disabled_at="2026-04-01T01:30:00Z")
async def disable_account(
    account_id: UUID, uow: AdministratorUnitOfWork, revision: IfMatch, machine_now: MachineNow
) -> Account:
    """Disables an account and ends all its sessions at once."""
    await accounts.disable(uow, machine_now=machine_now, account_id=account_id, expected_revision=revision)
    return await _now(uow, account_id)


@routes.post("/{account_id}/enable", summary="Enable an account")
async def enable_account(account_id: UUID, uow: AdministratorUnitOfWork, revision: IfMatch) -> Account:
    """Enables a disabled account again."""
    await accounts.enable(uow, account_id=account_id, expected_revision=revision)
    return await _now(uow, account_id)


async def _now(uow: AdministratorUnitOfWork, account_id: UUID) -> Account:
    await uow.session.flush()
    return Account.model_validate(await accounts.one(uow.session, account_id=account_id))


async def _create(
    wanted: list[AccountCreation], uow: AdministratorUnitOfWork, machine_now: datetime, *, pointer: str
) -> list[InvitedAccount]:
    asked = [
        accounts.NewAccount(
            login=item.login,
            name=item.name,
            employee_number=item.employee_number,
            role_assignments=[(each.role, each.unit_code) for each in item.role_assignments],
        )
        for item in wanted
    ]
    ids = await accounts.create(uow, wanted=asked, pointer=pointer)
    found = await accounts.these(uow.session, account_ids=ids)
    made = await invitations.issue(uow, ids, machine_now)
    return [
        InvitedAccount(
            **Account.model_validate(found[each.account_id]).model_dump(), invitation=Invitation.model_validate(each)
        )
        for each in made
    ]
