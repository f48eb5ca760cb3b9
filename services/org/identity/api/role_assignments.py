"""Roles of accounts: proposed by one administrator, released by another (ORG-12)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.kit.fields import CodeText, Id, Model, Prose
from services.kit.identity import Role
from services.kit.pages import Page
from services.kit.release import ReleaseState
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, tag
from services.org.identity.domain.account import AssignedRole
from services.org.identity.usecases import role_assignments
from services.org.permissions import AccountReader, AdministratorUnitOfWork
from services.org.schemas import EntityId, RevisionNumber, created

PATH = "/v1/org/role_assignments"
routes = router(PATH, tag="accounts")
of_accounts = router("/v1/org/accounts", tag="accounts")

AssignableRole = Annotated[Role, Field(description="The role.", examples=["hr"])]


class RoleAssignmentRequest(Model):
    """A role to propose."""

    role: AssignableRole
    unit_code: CodeText | None = Field(
        default=None, description="Over this unit and everything beneath it; null: everywhere.", examples=["SALES"]
    )


class RoleAssignment(Model):
    """A role of an account; it counts once released."""

    id: EntityId
    account_id: Id = Field(description="Id of the account.")
    account_login: str = Field(description="What its owner signs in with.", examples=["li.ting"])
    account_name: str = Field(description="Name of the account.", examples=["李婷"])
    employee_number: str | None = Field(description="Number of the employee who signs in.", examples=["E1001"])
    employee_name: str | None = Field(description="Name of that employee.", examples=["李婷"])
    role: AssignableRole
    unit_id: Id | None = Field(description="Over which unit and everything beneath it; null: over everything.")
    unit_code: str | None = Field(description="Code of that unit.", examples=["SALES"])
    state: ReleaseState = Field(description="Only what is released counts.", examples=["released"])
    entered_at: datetime = Field(description="When it was proposed.", examples=["2026-01-05T09:00:00+08:00"])
    entered_by_name: str = Field(description="Who proposed it; somebody else releases it.", examples=["系统管理员"])
    decided_at: datetime | None = Field(description="When it was released or refused.", examples=[None])
    decided_by_name: str | None = Field(description="Who released or refused it.", examples=[None])
    reason: str | None = Field(description="Why it was refused.", examples=[None])
    revision: RevisionNumber


class SeenRole(Model):
    """A role as you have seen it."""

    id: Id = Field(description="Id of the role assignment.")
    revision: int = Field(ge=1, description="The revision that you have seen.", examples=[1])


class SeenRoles(Model):
    """The roles to release."""

    items: list[SeenRole] = Field(min_length=1, max_length=500, description="The roles, each as you have seen it.")


class RoleAssignments(Model):
    """The roles that were released."""

    items: list[RoleAssignment] = Field(description="The roles, in the order in which they were given.")


class RoleRefusal(Model):
    """Why a role is refused."""

    reason: Prose = Field(description="For whoever proposed it.", examples=["未收到部门负责人的书面申请"])


@of_accounts.post("/{account_id}/role_assignments", status_code=201, summary="Propose a role")
async def assign_role(
    account_id: UUID, body: RoleAssignmentRequest, uow: AdministratorUnitOfWork, response: Response
) -> RoleAssignment:
    """Propose a role for an account, not for one's own; it counts once another administrator has released it."""
    found = await role_assignments.assign(uow, account_id=account_id, role=body.role, unit_code=body.unit_code)
    created(response, PATH, found.id, found.revision)
    return RoleAssignment.model_validate(found)


@routes.get("", summary="List role assignments")
async def list_role_assignments(
    session: Read,
    _caller: AccountReader,
    paging: PageAsked,
    state: Annotated[ReleaseState | None, Query(description="Only those in this state.")] = None,
    import_id: Annotated[UUID | None, Query(description="Only those that one file of accounts proposed.")] = None,
) -> Page[RoleAssignment]:
    """List the roles of all accounts in the order in which they were proposed."""
    found = await role_assignments.listed(session, state=state, import_id=import_id, paging=paging)
    return Page[RoleAssignment](**found.written(RoleAssignment.model_validate))


@routes.get("/{assignment_id}", summary="Get a role assignment")
async def get_role_assignment(
    assignment_id: UUID, session: Read, _caller: AccountReader, response: Response
) -> RoleAssignment:
    """Get a role that an account has or is to have."""
    return _tagged(await role_assignments.one(session, assignment_id=assignment_id), response)


@routes.post("/release", summary="Release several role assignments")
async def release_role_assignments(body: SeenRoles, uow: AdministratorUnitOfWork) -> RoleAssignments:
    """Release several roles, such as those that one file proposed: all or none, each as you have seen it.

    The same rules hold as for one; ``errors`` name each that cannot be released.
    """
    seen = [(each.id, each.revision) for each in body.items]
    released = await role_assignments.release_all(uow, seen=seen)
    return RoleAssignments(items=[RoleAssignment.model_validate(each) for each in released])


@routes.post("/{assignment_id}/release", summary="Release a role assignment")
async def release_role_assignment(
    assignment_id: UUID, uow: AdministratorUnitOfWork, revision: IfMatch, response: Response
) -> RoleAssignment:
    """Release a role, once its owner has said that the password is their own.

    By an administrator who neither proposed the role, nor linked the account to its employee, nor invited its owner,
    and whose own account it is not.
    """
    return _tagged(await role_assignments.release(uow, assignment_id=assignment_id, revision=revision), response)


@routes.post("/{assignment_id}/refuse", summary="Refuse a role assignment")
async def refuse_role_assignment(
    assignment_id: UUID, body: RoleRefusal, uow: AdministratorUnitOfWork, revision: IfMatch, response: Response
) -> RoleAssignment:
    """Whoever proposed it takes it back in this way."""
    found = await role_assignments.refuse(uow, assignment_id=assignment_id, revision=revision, reason=body.reason)
    return _tagged(found, response)


@routes.delete("/{assignment_id}", status_code=204, summary="Revoke a role", response_class=Response)
async def revoke_role(assignment_id: UUID, uow: AdministratorUnitOfWork) -> None:
    """Take a role away; within seconds it no longer counts where something is approved or paid."""
    await role_assignments.revoke(uow, assignment_id=assignment_id)


def _tagged(found: AssignedRole, response: Response) -> RoleAssignment:
    tag(response, found.revision)
    return RoleAssignment.model_validate(found)
