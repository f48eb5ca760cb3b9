"""Roles of accounts: proposed by one administrator, released by another (ORG-12)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import CodeText, Id, Model, Prose
from services.kit.identity import Role
from services.kit.release import ReleaseState
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import answers_with, located, router
from services.org.identity.usecases import role_assignments
from services.org.permissions import AccountReader, AdministratorUnitOfWork

PATH = "/v1/org/role_assignments"
routes = router(PATH, tag="accounts")
of_accounts = router("/v1/org/accounts", tag="accounts")

AssignableRole = Annotated[Role, Field(description="Role.", examples=["hr"])]


class RoleAssignmentRequest(Model):
    """A role to be proposed."""

    role: AssignableRole
    unit_code: CodeText | None = Field(
        default=None,
        description="Unit over which the role applies, including everything below it; null: the whole organisation.",
        examples=["SALES"],
    )


class RoleAssignment(ReleasedRecord):
    """A role assigned to an account; it takes effect once released."""

    account_id: Id = Field(description="Id of the account.")
    account_login: str = Field(description="Login of the account's owner.", examples=["li.ting"])
    account_name: str = Field(description="Name of the account.", examples=["李婷"])
    employee_number: str | None = Field(
        description="Number of the employee who signs in; null: the account is linked to no employee, so nothing can "
        "be compared with what that person earns or where they work.",
        examples=["E1001"],
    )
    employee_name: str | None = Field(description="Name of that employee.", examples=["李婷"])
    role: AssignableRole
    unit_id: Id | None = Field(
        description="Unit over which the role applies, including everything below it; null: the whole organisation."
    )
    unit_code: str | None = Field(description="Code of that unit.", examples=["SALES"])


class SeenRole(Model):
    """A role assignment as the caller saw it."""

    id: Id = Field(description="Id of the role assignment.")
    revision: int = Field(ge=1, description="Revision that the caller saw.", examples=[1])


class SeenRoles(Model):
    """The roles to be released."""

    items: list[SeenRole] = Field(
        min_length=1, max_length=500, description="Roles to release, each with the revision that the caller saw."
    )


class RoleAssignments(Model):
    """The roles that were released."""

    items: list[RoleAssignment] = Field(description="Roles in the order of the request.")


class RoleRefusal(Model):
    """The reason for refusing a role."""

    reason: Prose = Field(
        description="Reason, shown to the person who proposed it.", examples=["未收到部门负责人的书面申请"]
    )


@of_accounts.post("/{account_id}/role_assignments", status_code=201, summary="Propose a role")
@located("/v1/org/role_assignments/{id}")
async def assign_role(account_id: UUID, body: RoleAssignmentRequest, uow: AdministratorUnitOfWork) -> RoleAssignment:
    """Proposes a role for an account other than the caller's own; it takes effect once another administrator
    releases it.
    """
    found = await role_assignments.assign(uow, account_id=account_id, role=body.role, unit_code=body.unit_code)
    return RoleAssignment.model_validate(found)


@routes.get("", summary="List role assignments")
async def list_role_assignments(
    session: Read,
    _caller: AccountReader,
    paging: PageAsked,
    state: Annotated[ReleaseState | None, Query(description="Only those in this state.")] = None,
    import_id: Annotated[UUID | None, Query(description="Only roles proposed by this import.")] = None,
) -> Page[RoleAssignment]:
    """List the roles of all accounts in the order in which they were proposed."""
    found = await role_assignments.listed(session, state=state, import_id=import_id, paging=paging)
    return Page[RoleAssignment](**found.written(RoleAssignment.model_validate))


@routes.get("/{assignment_id}", summary="Get a role assignment")
async def get_role_assignment(assignment_id: UUID, session: Read, _caller: AccountReader) -> RoleAssignment:
    """Returns a role assignment, released or proposed."""
    return RoleAssignment.model_validate(await role_assignments.one(session, assignment_id=assignment_id))


@routes.post("/release", summary="Release several role assignments")
@answers_with(state="released", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z")
async def release_role_assignments(body: SeenRoles, uow: AdministratorUnitOfWork) -> RoleAssignments:
    """Releases several roles, such as those proposed by one import, all or none, each at the revision that the
    caller saw. The rules for a single role apply; ``errors`` lists each role that cannot be released.
    """
    seen = [(each.id, each.revision) for each in body.items]
    released = await role_assignments.release_all(uow, seen=seen)
    return RoleAssignments(items=[RoleAssignment.model_validate(each) for each in released])


@routes.post("/{assignment_id}/release", summary="Release a role assignment")
@answers_with(state="released", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z")
async def release_role_assignment(
    assignment_id: UUID, uow: AdministratorUnitOfWork, revision: IfMatch
) -> RoleAssignment:
    """Releases a role, once its owner has confirmed that the password is their own.

    Not allowed for the account's owner, or for the administrator who proposed the role, linked the account to its
    employee or invited its owner.
    """
    return RoleAssignment.model_validate(
        await role_assignments.release(uow, assignment_id=assignment_id, revision=revision)
    )


@routes.post("/{assignment_id}/refuse", summary="Refuse a role assignment")
@answers_with(state="refused", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z")
async def refuse_role_assignment(
    assignment_id: UUID, body: RoleRefusal, uow: AdministratorUnitOfWork, revision: IfMatch
) -> RoleAssignment:
    """The person who proposed it withdraws it in the same way."""
    found = await role_assignments.refuse(uow, assignment_id=assignment_id, revision=revision, reason=body.reason)
    return RoleAssignment.model_validate(found)


@routes.delete("/{assignment_id}", status_code=204, summary="Revoke a role", response_class=Response)
async def revoke_role(assignment_id: UUID, uow: AdministratorUnitOfWork) -> None:
    """Revokes a role; within seconds it is refused for approvals and payments."""
    await role_assignments.revoke(uow, assignment_id=assignment_id)
