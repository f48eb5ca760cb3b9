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
from services.org.identity.api.role_assignments import RoleAssignment, RoleAssignmentRequest
from services.org.identity.domain import account as domain
from services.org.identity.usecases import accounts, invitations
from services.org.permissions import AccountReader, AdministratorUnitOfWork
from services.org.schemas import EntityId, MachineNow, RevisionNumber, created

PATH = "/v1/org/accounts"
routes = router(PATH, tag="accounts")

Login = Annotated[CodeText, Field(description="What the person signs in with.", examples=["li.ting"])]
AccountName = Annotated[Label, Field(description="Name of the person.", examples=["李婷"])]
EmployeeNumber = Annotated[CodeText, Field(description="Number of the employee who signs in.", examples=["E1001"])]


class AccountCreation(Model):
    """Somebody who may sign in."""

    login: Login
    name: AccountName | None = Field(default=None, description="Name; that of the employee unless given.")
    employee_number: EmployeeNumber | None = None
    role_assignments: tuple[RoleAssignmentRequest, ...] = Field(
        default=(), max_length=50, description="The roles to propose; another administrator releases them."
    )


class AccountCreations(Model):
    """Several accounts, all or none."""

    items: list[AccountCreation] = Field(min_length=1, max_length=500, description="The accounts to create.")


class AccountChange(Model):
    """What is set; what is left out stays."""

    name: AccountName | None = None
    employee_number: EmployeeNumber | None = None


class Account(Model):
    """An account."""

    id: EntityId
    login: Login
    name: AccountName
    employee_id: Id | None = Field(description="Id of the employee who signs in.")
    employee_number: str | None = Field(description="Number of that employee.", examples=["E1001"])
    employee_name: str | None = Field(description="Name of that employee.", examples=["李婷"])
    role_assignments: list[RoleAssignment] = Field(
        description="The roles of the account; what is not released does not count."
    )
    state: domain.AccountState = Field(
        description="`invited` until its owner has set a password; who is `disabled` cannot sign in.",
        examples=["enabled"],
    )
    language: domain.AccountLanguage | None = Field(
        description="In which language its owner wants to read; null: not said.", examples=["zh"]
    )
    disabled_at: datetime | None = Field(description="Since when it may not sign in; null: it may.")
    revision: RevisionNumber


class Invitation(Model):
    """What the owner of an account sets a password with, at `/v1/invitations/accept`."""

    account_id: Id = Field(description="Id of the account.")
    token: str = Field(
        description="Good once, and shown this once. Put it behind the `#` of a link of your frontend, where no server "
        "logs it."
    )
    expires_at: datetime = Field(description="Until when it can be used; an invitation made later replaces it.")


class InvitedAccount(Account):
    """An account that was created, with its invitation."""

    invitation: Invitation = Field(description="With this the owner sets a password.")


class InvitedAccounts(Model):
    """Accounts that were created."""

    items: list[InvitedAccount] = Field(description="The accounts in the order in which they were given.")


class InvitationRequest(Model):
    """Whom to invite."""

    account_ids: list[Id] = Field(min_length=1, max_length=500, description="Ids of the accounts.")


class Invitations(Model):
    """Invitations that were made."""

    items: list[Invitation] = Field(description="The invitations, one an account.")


@routes.post("", status_code=201, summary="Create an account")
@keeps_no_body  # the answer holds an invitation
async def create_account(
    body: AccountCreation, uow: AdministratorUnitOfWork, machine_now: MachineNow, response: Response
) -> InvitedAccount:
    """Create an account with roles, and an invitation with which its owner sets a password.

    Another administrator releases the roles, once the owner has set the password.
    """
    (found,) = await _create([body], uow, machine_now, pointer="")
    created(response, PATH, found.id, found.revision)
    return found


@routes.post("/bulk", status_code=201, summary="Create several accounts")
@keeps_no_body  # the answer holds invitations
async def create_accounts(
    body: AccountCreations, uow: AdministratorUnitOfWork, machine_now: MachineNow
) -> InvitedAccounts:
    """Create several accounts, all or none; ``errors`` name each that is wrong."""
    return InvitedAccounts(items=await _create(body.items, uow, machine_now, pointer="/items/{place}"))


@routes.post("/invitations", status_code=201, summary="Invite to set a password")
@keeps_no_body  # the answer holds invitations
async def create_invitations(
    body: InvitationRequest, uow: AdministratorUnitOfWork, machine_now: MachineNow
) -> Invitations:
    """Invite the owners of accounts to set a password: the first one, or another where it was forgotten.

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
        str | None, Query(min_length=1, max_length=100, description="A part of login, name or employee number.")
    ] = None,
    login: Annotated[str | None, Query(max_length=64, description="Only the one with exactly this login.")] = None,
    employee_id: Annotated[UUID | None, Query(description="Only that of this employee.")] = None,
    role: Annotated[Role | None, Query(description="Only those with this role, wherever.")] = None,
    state: Annotated[domain.AccountState | None, Query(description="Only those in this state.")] = None,
) -> Page[Account]:
    """List accounts with their roles, by login."""
    found = await accounts.listed(
        session, paging=paging, q=q, login=login, employee_id=employee_id, role=role, state=state
    )
    return Page[Account](**found.written(Account.model_validate))


@routes.get("/{account_id}", summary="Get an account")
async def get_account(account_id: UUID, session: Read, _caller: AccountReader, response: Response) -> Account:
    """Get an account with its roles."""
    found = Account.model_validate(await accounts.one(session, account_id=account_id))
    tag(response, found.revision)
    return found


@routes.patch("/{account_id}", summary="Change an account")
async def update_account(
    account_id: UUID, body: AccountChange, uow: AdministratorUnitOfWork, revision: IfMatch, response: Response
) -> Account:
    """Set the name or the employee of an account; with another employee its roles wait for another administrator."""
    await accounts.change(
        uow, account_id=account_id, expected_revision=revision, name=body.name, employee_number=body.employee_number
    )
    return await _now(uow, account_id, response)


@routes.post("/{account_id}/disable", summary="Disable an account")
async def disable_account(
    account_id: UUID, uow: AdministratorUnitOfWork, revision: IfMatch, machine_now: MachineNow, response: Response
) -> Account:
    """Disable an account: all its sign-ins end at once."""
    await accounts.disable(uow, machine_now=machine_now, account_id=account_id, expected_revision=revision)
    return await _now(uow, account_id, response)


@routes.post("/{account_id}/enable", summary="Enable an account")
async def enable_account(
    account_id: UUID, uow: AdministratorUnitOfWork, revision: IfMatch, response: Response
) -> Account:
    """Enable a disabled account again."""
    await accounts.enable(uow, account_id=account_id, expected_revision=revision)
    return await _now(uow, account_id, response)


async def _now(uow: AdministratorUnitOfWork, account_id: UUID, response: Response) -> Account:
    await uow.session.flush()
    found = Account.model_validate(await accounts.one(uow.session, account_id=account_id))
    tag(response, found.revision)
    return found


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
