"""What positions may approve, when two have to, and questions about it (ORG-09)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Response
from pydantic import Field
from sqlalchemy import Row

from services.kit.fields import Id, Model, PositiveMoney, Prose
from services.kit.pages import Page
from services.kit.periods import Period
from services.kit.routing import router
from services.kit.web import PageAsked, Read
from services.org.authority.domain.authority_type import AuthorityType, TwoApprovers
from services.org.authority.usecases import authorities
from services.org.permissions import AuthoritySetterUnitOfWork, Reader
from services.org.schemas import AsOf, Days, PositionRef, days_of, position_ref

limits = router("/v1/org/authority_limits", tag="authority_limits")
policies = router("/v1/org/authority_policies", tag="authority_policies")

Limit = PositiveMoney | None
"""Yuan, people for staffing; null is without upper bound, so it has to be said."""


class NewLimit(Model):
    """A position's limit under an authority type from a day on, in place of whatever was to hold from then."""

    position_id: Id
    authority_type: AuthorityType
    limit: Limit
    valid_from: date
    last_day: date | None = None
    reason: Prose


class Withdrawal(Model):
    """The last day of a position's limit under an authority type."""

    position_id: Id
    authority_type: AuthorityType
    last_day: date
    reason: Prose


class AuthorityLimit(Model):
    """What the holders of a position may approve in ``unit_id`` and below. ``limit`` null is without upper bound."""

    position: PositionRef
    unit_id: Id
    authority_type: AuthorityType
    limit: Limit
    valid: Days
    reason: str


class AuthorityPolicy(Model):
    """From ``valid_from`` on, amounts from ``threshold`` (yuan) of ``authority_types`` need two approvers."""

    valid_from: date
    threshold: PositiveMoney
    authority_types: Annotated[list[AuthorityType], Field(max_length=len(AuthorityType))]


class AuthorityPolicies(Model):
    """Every version, the first first, and the default that holds where there is none."""

    versions: list[AuthorityPolicy]
    default_threshold: PositiveMoney
    default_authority_types: list[AuthorityType]


@limits.post("", status_code=204)
async def allow(body: NewLimit, uow: AuthoritySetterUnitOfWork) -> Response:
    """Set a limit; for HR and executives over the position's unit, not for one's own position."""
    valid = Period.closed(body.valid_from, body.last_day)
    wanted = authorities.Wanted(body.authority_type, body.limit, valid, body.reason)
    await authorities.allow(uow, position_id=body.position_id, wanted=wanted)
    return Response(status_code=204)


@limits.post("/withdraw", status_code=204)
async def withdraw(body: Withdrawal, uow: AuthoritySetterUnitOfWork) -> Response:
    """Let a limit end."""
    await authorities.withdraw(
        uow,
        position_id=body.position_id,
        authority_type=body.authority_type,
        last_day=body.last_day,
        reason=body.reason,
    )
    return Response(status_code=204)


@limits.get("")
async def listed(
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    position_id: UUID | None = None,
    unit_id: UUID | None = None,
    authority_type: AuthorityType | None = None,
) -> Page[AuthorityLimit]:
    """Limits as of a day: all, of a position, or of a unit and everything beneath it."""
    found = await authorities.listed(
        session, day=day, paging=paging, position_id=position_id, unit_id=unit_id, authority_type=authority_type
    )
    return Page[AuthorityLimit](**found.written(_limit))


@policies.get("")
async def versions(session: Read, _caller: Reader) -> AuthorityPolicies:
    """When two have to approve, over time."""
    default = TwoApprovers()
    return AuthorityPolicies(
        versions=[
            AuthorityPolicy(
                valid_from=version.valid.start,
                threshold=version.facts.threshold,
                authority_types=sorted(version.facts.authority_types),
            )
            for version in await authorities.policies(session)
        ],
        default_threshold=default.threshold,
        default_authority_types=sorted(default.authority_types),
    )


@policies.post("", status_code=204)
async def set_policy(body: AuthorityPolicy, uow: AuthoritySetterUnitOfWork) -> Response:
    """Say when two have to approve from a day on; for HR and executives over the whole organisation."""
    policy = TwoApprovers(body.threshold, frozenset(body.authority_types))
    await authorities.set_policy(uow, valid_from=body.valid_from, policy=policy)
    return Response(status_code=204)


def _limit(row: Row[Any]) -> AuthorityLimit:
    limit = row.AuthorityLimitRow
    return AuthorityLimit(
        position=position_ref(row.PositionRow),
        unit_id=row.PositionVersionRow.unit_id,
        authority_type=limit.authority_type,
        limit=limit.amount,
        valid=days_of(limit.valid),
        reason=limit.reason,
    )
