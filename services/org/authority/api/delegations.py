"""Delegations: one person acting for another, for a time (ORG-09)."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import Day, Id, Model, Prose
from services.kit.periods import Period
from services.kit.release import ReleaseAction, ReleaseState
from services.kit.web.application import IfMatch, PageAsked, Read, Today
from services.kit.web.routing import answers_with, router
from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.api.authorities import ForType, Limit, Reason
from services.org.authority.domain.delegation import DelegationAsOf
from services.org.authority.usecases import delegations
from services.org.permissions import DelegatingUnitOfWork, Reader
from services.org.schemas import AppliesFrom, EntityId, PersonRef, RevisionNumber, UnitId, ValidFrom

PATH = "/v1/org/delegations"
routes = router(PATH, tag="delegations")

LastDay = Annotated[Day, Field(description="Last day on which it applies, included.", examples=["2026-01-16"])]


class DelegationCreation(Model):
    """A delegation to be created: who acts for whom in a unit and everything below it, up to which limit and for how
    long.
    """

    delegator_id: Id = Field(description="Id of the employee whose authority is delegated.")
    delegate_id: Id = Field(description="Id of the employee who acts for the delegator.")
    unit_id: UnitId
    authority_type: ForType
    limit: Limit
    valid_from: ValidFrom
    valid_to: LastDay
    reason: Reason


class DelegationRevocation(Model):
    """The early end of a delegation."""

    reason: Prose = Field(description="Reason for ending it early.", examples=["提前返回"])


class DelegationRefusal(Model):
    """The reason for refusing a delegation."""

    reason: Prose = Field(description="Reason, shown to the person who entered it.", examples=["授权人已返回"])


class DelegationUnit(Model):
    """The unit of a delegation."""

    id: UnitId
    code: str = Field(description="Code of the unit.", examples=["SALES"])
    name: str | None = Field(
        description="Name of the unit, in Chinese; null while the unit is not in force.", examples=["销售部"]
    )
    name_en: str | None = Field(
        description="Name of the unit, in English; null while the unit is not in force.", examples=["Sales"]
    )


class Delegation(Model):
    """A delegation: one person acts for another."""

    id: EntityId
    delegator: PersonRef = Field(description="Employee whose authority is delegated.")
    delegate: PersonRef = Field(description="Employee who acts for the delegator.")
    unit: DelegationUnit = Field(description="Unit in which it applies, including everything below it.")
    authority_type: ForType
    limit: Limit
    valid_from: AppliesFrom
    valid_to: Annotated[date, Field(description="Last day on which it applies, included.", examples=["2026-01-16"])]
    reason: Reason
    in_force: bool = Field(
        description="Whether it applies today: it is not revoked, and neither person has left.", examples=[True]
    )
    state: ReleaseState = Field(
        description="State of the delegation; it applies only once released.", examples=["released"]
    )
    created_at: datetime = Field(description="Time of creation.")
    created_by_name: str = Field(
        description="Name of the person who entered it; unless that is the delegator, a different person releases it.",
        examples=["顾长风"],
    )
    decided_at: datetime | None = Field(description="Time of the release or refusal.", examples=[None])
    decided_by_name: str | None = Field(description="Name of the person who released or refused it.", examples=[None])
    decision: str | None = Field(description="Reason for the refusal.", examples=[None])
    revoked_on: date | None = Field(description="Day from which it no longer applies.", examples=[None])
    revocation_reason: str | None = Field(description="Reason for the revocation.", examples=[None])
    revision: RevisionNumber


@routes.post("", status_code=201, summary="Delegate authority")
async def create_delegation(body: DelegationCreation, uow: DelegatingUnitOfWork) -> Delegation:
    """Delegates authority, up to the delegator's own. For the delegator, or HR over them and the unit.

    What HR enters applies once another person releases it.
    """
    valid = Period.closed(body.valid_from, body.valid_to)
    wanted = delegations.NewDelegation(
        valid=valid, **{name: getattr(body, name) for name in DelegationCreation.model_fields if "valid" not in name}
    )
    delegation_id = await delegations.create(uow, wanted=wanted)
    return delegation_of(await delegations.known(uow.session, delegation_id=delegation_id, today=uow.today))


@routes.post("/{delegation_id}/release", summary="Release a delegation")
@answers_with(state="released", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z")
async def release_delegation(delegation_id: UUID, uow: DelegatingUnitOfWork, revision: IfMatch) -> Delegation:
    """Releases what HR entered for the delegator. For the delegator, or for HR and executives over them and the unit;
    neither for the person who entered it nor for the delegate.
    """
    await delegations.decide(uow, delegation_id=delegation_id, action=ReleaseAction.RELEASE, revision=revision)
    return await _written(uow, delegation_id)


@routes.post("/{delegation_id}/refuse", summary="Refuse a delegation")
@answers_with(state="refused", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z", decision="期限过长")
async def refuse_delegation(
    delegation_id: UUID, body: DelegationRefusal, uow: DelegatingUnitOfWork, revision: IfMatch
) -> Delegation:
    """Refuses what HR entered for the delegator. For both people, and for HR and executives over the delegator and the
    unit; the person who entered it withdraws it in the same way.
    """
    action = ReleaseAction.REFUSE
    await delegations.decide(uow, delegation_id=delegation_id, action=action, revision=revision, reason=body.reason)
    return await _written(uow, delegation_id)


@routes.post("/{delegation_id}/revoke", summary="Revoke a delegation")
@answers_with(
    state="released",
    decided_by_name="林晓燕",
    decided_at="2026-04-16T02:30:00Z",
    revoked_on="2026-01-09",
    revocation_reason="提前返回",
)
async def revoke_delegation(
    delegation_id: UUID, body: DelegationRevocation, uow: DelegatingUnitOfWork, revision: IfMatch
) -> Delegation:
    """Ends a delegation at once. For both people, and for HR and executives over the unit."""
    await delegations.revoke(uow, delegation_id=delegation_id, expected_revision=revision, reason=body.reason)
    return await _written(uow, delegation_id)


@routes.get("", summary="List delegations")
async def list_delegations(
    session: Read,
    caller: Reader,
    today: Today,
    paging: PageAsked,
    employee_id: Annotated[
        UUID | None, Query(description="Only delegations given or received by this employee.")
    ] = None,
    as_of: Annotated[Day | None, Query(description="Only delegations in force on this day; all by default.")] = None,
) -> Page[Delegation]:
    """Lists delegations that the caller gave or received, those of people below them, and those in units that they
    oversee.
    """
    found = await delegations.listed(
        session, caller=caller, today=today, paging=paging, employee_id=employee_id, in_force_on=as_of
    )
    return Page[Delegation](**found.written(delegation_of))


@routes.get("/{delegation_id}", summary="Get a delegation")
async def get_delegation(delegation_id: UUID, session: Read, caller: Reader, today: Today) -> Delegation:
    """Get a delegation."""
    return delegation_of(await delegations.one(session, caller=caller, delegation_id=delegation_id, today=today))


async def _written(uow: UnitOfWork, delegation_id: UUID) -> Delegation:
    return delegation_of(await delegations.known(uow.session, delegation_id=delegation_id, today=uow.today))


def delegation_of(found: DelegationAsOf) -> Delegation:
    """A delegation as the API shows it."""
    record = found.record
    return Delegation(
        delegator=PersonRef(id=found.delegator_id, number=found.delegator_number, name=found.delegator_name),
        delegate=PersonRef(id=found.delegate_id, number=found.delegate_number, name=found.delegate_name),
        unit=DelegationUnit(id=found.unit_id, code=found.unit_code, name=found.unit_name, name_en=found.unit_name_en),
        id=found.id,
        authority_type=found.authority_type,
        limit=found.limit,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        reason=found.reason,
        in_force=found.in_force,
        state=record.state,
        created_at=record.entered_at,
        created_by_name=record.entered_by_name,
        decided_at=record.decided_at,
        decided_by_name=record.decided_by_name,
        decision=record.decision,
        revoked_on=found.revoked_on,
        revocation_reason=found.revocation_reason,
        revision=record.revision,
    )
