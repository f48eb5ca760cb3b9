"""Delegations: one person acting for another, for a time (ORG-09)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from pydantic import Field

from services.kit.fields import Id, Model, Prose
from services.kit.pages import Page
from services.kit.periods import Period
from services.kit.routing import router
from services.kit.web import IfMatch, PageAsked, Read, Today, tag
from services.org.authority.api.authorities import ForType, Limit, Reason
from services.org.authority.domain.delegation import DelegationAsOf
from services.org.authority.usecases import delegations
from services.org.permissions import DelegatingUnitOfWork, Reader
from services.org.schemas import EntityId, PersonRef, RevisionNumber, UnitId, ValidFrom, created

PATH = "/v1/org/delegations"
routes = router(PATH, tag="delegations")

LastDay = Annotated[date, Field(description="The last day on which it holds, included.", examples=["2026-01-16"])]


class DelegationCreation(Model):
    """Who acts for whom in a unit and everything beneath it, up to which limit, for how long."""

    delegator_id: Id = Field(description="Id of the employee whose authority it is.")
    delegate_id: Id = Field(description="Id of the employee who acts for them.")
    unit_id: UnitId
    authority_type: ForType
    limit: Limit
    valid_from: ValidFrom
    valid_to: LastDay
    reason: Reason


class DelegationRevocation(Model):
    """The early end of a delegation."""

    reason: Prose | None = Field(default=None, description="Why it ends early.", examples=["提前返回"])


class DelegationUnit(Model):
    """The unit of a delegation."""

    id: UnitId
    code: str = Field(description="Code of the unit.", examples=["SALES"])
    name: str | None = Field(description="Its name; null while the unit is not in force.", examples=["销售部"])


class Delegation(Model):
    """One person acting for another."""

    id: EntityId
    delegator: PersonRef = Field(description="Whose authority it is.")
    delegate: PersonRef = Field(description="Who acts for them.")
    unit: DelegationUnit = Field(description="In which unit and everything beneath it.")
    authority_type: ForType
    limit: Limit
    valid_from: ValidFrom
    valid_to: LastDay
    reason: Reason
    in_force: bool = Field(
        description="Whether it holds today: not revoked, and neither person has left.", examples=[True]
    )
    created_at: datetime = Field(description="When it was created.")
    revoked_on: date | None = Field(description="From this day on it does not hold.", examples=["2026-01-09"])
    revocation_reason: str | None = Field(description="Why it was revoked.", examples=["提前返回"])
    revision: RevisionNumber


@routes.post("", status_code=201, summary="Delegate authority")
async def create_delegation(body: DelegationCreation, uow: DelegatingUnitOfWork, response: Response) -> Delegation:
    """Delegate within the delegator's own authority; for the delegator, or HR over them and the unit."""
    valid = Period.closed(body.valid_from, body.valid_to)
    wanted = delegations.NewDelegation(
        valid=valid, **{name: getattr(body, name) for name in DelegationCreation.model_fields if "valid" not in name}
    )
    delegation_id = await delegations.create(uow, wanted=wanted)
    created(response, PATH, delegation_id, 1)
    return delegation_of(await delegations.known(uow.session, delegation_id=delegation_id, today=uow.today))


@routes.post("/{delegation_id}/revoke", summary="Revoke a delegation")
async def revoke_delegation(
    delegation_id: UUID, body: DelegationRevocation, uow: DelegatingUnitOfWork, revision: IfMatch, response: Response
) -> Delegation:
    """End a delegation at once; for both people, and for HR and executives over the unit."""
    await delegations.revoke(uow, delegation_id=delegation_id, expected_revision=revision, reason=body.reason)
    found = delegation_of(await delegations.known(uow.session, delegation_id=delegation_id, today=uow.today))
    tag(response, found.revision)
    return found


@routes.get("", summary="List delegations")
async def list_delegations(
    session: Read,
    caller: Reader,
    today: Today,
    paging: PageAsked,
    employee_id: Annotated[UUID | None, Query(description="Only those given or received by this employee.")] = None,
    as_of: Annotated[date | None, Query(description="Only those in force on this day; all if left out.")] = None,
) -> Page[Delegation]:
    """List delegations that the caller gave or received, of people below them, or in units that they oversee."""
    found = await delegations.listed(
        session, caller=caller, today=today, paging=paging, employee_id=employee_id, in_force_on=as_of
    )
    return Page[Delegation](**found.written(delegation_of))


@routes.get("/{delegation_id}", summary="Get a delegation")
async def get_delegation(
    delegation_id: UUID, session: Read, caller: Reader, today: Today, response: Response
) -> Delegation:
    """Get a delegation."""
    found = delegation_of(await delegations.one(session, caller=caller, delegation_id=delegation_id, today=today))
    tag(response, found.revision)
    return found


def delegation_of(found: DelegationAsOf) -> Delegation:
    """A delegation as the API shows it."""
    return Delegation(
        delegator=PersonRef(id=found.delegator_id, number=found.delegator_number, name=found.delegator_name),
        delegate=PersonRef(id=found.delegate_id, number=found.delegate_number, name=found.delegate_name),
        unit=DelegationUnit(id=found.unit_id, code=found.unit_code, name=found.unit_name),
        id=found.id,
        authority_type=found.authority_type,
        limit=found.limit,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        reason=found.reason,
        in_force=found.in_force,
        created_at=found.created_at,
        revoked_on=found.revoked_on,
        revocation_reason=found.revocation_reason,
        revision=found.revision,
    )
