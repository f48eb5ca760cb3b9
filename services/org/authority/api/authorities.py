"""What positions may approve (ORG-09)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import Day, Model, PositiveMoney, Prose
from services.kit.web.application import PageAsked, Read
from services.kit.web.routing import router
from services.org.authority.domain.authority_limit import LimitAsOf
from services.org.authority.domain.authority_type import AuthorityType
from services.org.authority.usecases import authorities
from services.org.permissions import AuthoritySetterUnitOfWork, Reader
from services.org.schemas import AppliesFrom, AppliesTo, AsOf, EntityId, PositionRef, UnitRef

limits = router("/v1/org/authority_limits", tag="authority_limits")

ForType = Annotated[
    AuthorityType, Field(description="Kind of authority: what may be approved.", examples=["single_payment"])
]
Limit = Annotated[
    PositiveMoney | None,
    Field(description="Limit in yuan, or number of people for staffing; null: no upper limit.", examples=["50000.00"]),
]
Reason = Annotated[Prose, Field(description="Reason.", examples=["2026 年权限表"])]


class AuthorityLimitRevocation(Model):
    """The end of a position's limit."""

    valid_to: Day = Field(description="Last day, included.", examples=["2026-06-30"])
    reason: Reason


class AuthorityLimit(Model):
    """The amount that the holder of a position may approve in its unit and everything below it."""

    id: EntityId
    position: PositionRef = Field(description="Position.")
    unit: UnitRef = Field(description="Unit of the position on the day requested.")
    authority_type: ForType
    limit: Limit
    valid_from: AppliesFrom
    valid_to: AppliesTo
    reason: Reason


@limits.get("/{limit_id}", summary="Get an authority limit")
async def get_authority_limit(limit_id: UUID, session: Read, _caller: Reader) -> AuthorityLimit:
    """Returns a limit, with its position and unit as of its first day."""
    return _limit(await authorities.one(session, limit_id=limit_id))


@limits.post("/{limit_id}/revoke", summary="Revoke an authority limit")
async def revoke_authority_limit(
    limit_id: UUID, body: AuthorityLimitRevocation, uow: AuthoritySetterUnitOfWork
) -> AuthorityLimit:
    """Ends a limit and every later one of the same position and type. A limit that has been replaced since is not
    found.
    """
    return _limit(await authorities.revoke_limit(uow, limit_id=limit_id, valid_to=body.valid_to, reason=body.reason))


@limits.get("", summary="List authority limits")
async def list_authority_limits(
    session: Read,
    _caller: Reader,
    day: AsOf,
    paging: PageAsked,
    position_id: Annotated[UUID | None, Query(description="Only limits of this position.")] = None,
    unit_id: Annotated[UUID | None, Query(description="Only limits in this unit and everything below it.")] = None,
    authority_type: Annotated[AuthorityType | None, Query(description="Only limits of this type.")] = None,
) -> Page[AuthorityLimit]:
    """Lists the limits in force on a day."""
    found = await authorities.listed(
        session, day=day, paging=paging, position_id=position_id, unit_id=unit_id, authority_type=authority_type
    )
    return Page[AuthorityLimit](**found.written(_limit))


def _limit(found: LimitAsOf) -> AuthorityLimit:
    return AuthorityLimit(
        id=found.id,
        position=PositionRef(id=found.position_id, code=found.position_code),
        unit=UnitRef(id=found.unit_id, code=found.unit_code, name=found.unit_name, name_en=found.unit_name_en),
        authority_type=found.authority_type,
        limit=found.limit,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        reason=found.reason,
    )
