"""Delegations: one person acting for another, for a time (ORG-09)."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from sqlalchemy import Row

from services.kit.fields import Id, Model, PositiveMoney, Prose
from services.kit.pages import Page
from services.kit.periods import Period
from services.kit.routing import router
from services.kit.web import PageAsked, Read, Today
from services.org.authority.domain.authority_type import AuthorityType
from services.org.authority.usecases import delegations
from services.org.permissions import DelegatingUnitOfWork, Reader
from services.org.schemas import Days, Made, PersonRef, days_of, person_ref

routes = router("/v1/org/delegations", tag="delegations")


class NewDelegation(Model):
    """Who acts for whom in a unit and below. ``limit`` in yuan, people for staffing; null only if his own is so too."""

    delegator_id: Id
    delegate_id: Id
    unit_id: Id
    authority_type: AuthorityType
    limit: PositiveMoney | None
    first_day: date
    last_day: date
    reason: Prose


class Revocation(Model):
    """Why it ends before its time."""

    reason: Prose | None = None


class CodeRef(Model):
    """A unit by its code."""

    id: Id
    code: str


class Delegation(Model):
    """One person acting for another. From ``revoked_on`` on, that day included, it counts no more.

    Nor does it from the day after the last day of either person, which ``valid`` does not show and ``in_force`` does.
    """

    id: Id
    delegator: PersonRef
    delegate: PersonRef
    unit: CodeRef
    authority_type: AuthorityType
    limit: PositiveMoney | None
    valid: Days
    reason: str
    in_force: bool
    made_at: datetime
    revoked_on: date | None
    revoked_because: str | None


@routes.post("", status_code=201)
async def give(body: NewDelegation, uow: DelegatingUnitOfWork) -> Made:
    """Delegate within one's own authority; for the delegator himself, or HR over him and the unit."""
    wanted = delegations.Wanted(
        body.delegator_id,
        body.delegate_id,
        body.unit_id,
        body.authority_type,
        body.limit,
        Period.closed(body.first_day, body.last_day),
        body.reason,
    )
    return Made(id=await delegations.give(uow, wanted=wanted))


@routes.post("/{delegation_id}/revoke")
async def revoke(delegation_id: UUID, body: Revocation, uow: DelegatingUnitOfWork) -> Made:
    """End a delegation at once; for both people, HR and executives over the unit."""
    await delegations.revoke(uow, delegation_id=delegation_id, reason=body.reason)
    return Made(id=delegation_id)


@routes.get("")
async def listed(
    session: Read,
    caller: Reader,
    today: Today,
    paging: PageAsked,
    employee_id: Annotated[UUID | None, Query(description="given by or to this person")] = None,
    counting_on: Annotated[date | None, Query(description="only those in force on this day")] = None,
) -> Page[Delegation]:
    """Delegations that the caller gave or was given, of people below him, or in units that he oversees."""
    found = await delegations.listed(
        session, caller=caller, today=today, paging=paging, employee_id=employee_id, counting_on=counting_on
    )
    return Page[Delegation](**found.written(lambda row: _delegation(row, today)))


@routes.get("/{delegation_id}")
async def one(delegation_id: UUID, session: Read, caller: Reader, today: Today) -> Delegation:
    """A delegation."""
    return _delegation(await delegations.one(session, caller=caller, delegation_id=delegation_id, today=today), today)


def _delegation(row: Row[Any], today: date) -> Delegation:
    given = row.DelegationRow
    revoked = given.revoked_on is not None and given.revoked_on <= today
    counted = row.counted is not None and today in row.counted
    return Delegation(
        id=given.id,
        delegator=person_ref(row.delegator),
        delegate=person_ref(row.delegate),
        unit=CodeRef(id=row.UnitRow.id, code=row.UnitRow.code),
        authority_type=given.authority_type,
        limit=given.amount,
        valid=days_of(given.valid),
        reason=given.reason,
        in_force=counted and not revoked,
        made_at=given.made_at,
        revoked_on=given.revoked_on,
        revoked_because=given.revoked_because,
    )
