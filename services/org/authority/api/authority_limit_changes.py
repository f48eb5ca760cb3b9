"""Limits of positions as they are proposed, and released by a second person (ORG-09)."""

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import Id, Model, Prose
from services.kit.periods import Period
from services.kit.release import ReleaseState
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import answers_with, router
from services.org.authority.api.authorities import ForType, Limit, Reason
from services.org.authority.domain.authority_limit import NewLimit
from services.org.authority.domain.limit_change import LimitChange
from services.org.authority.usecases import limit_changes
from services.org.permissions import AuthoritySetterUnitOfWork, Reader
from services.org.schemas import (
    AppliesFrom,
    AppliesTo,
    PositionId,
    PositionRef,
    ValidFrom,
    ValidTo,
)

PATH = "/v1/org/authority_limit_changes"
routes = router(PATH, tag="authority_limits")

ChangeId = Annotated[Id, Path(description="Id of the change.")]


class AuthorityLimitProposal(Model):
    """A limit of a position from a day on; it replaces any limit that was to apply from then."""

    position_id: PositionId
    authority_type: ForType
    limit: Limit
    valid_from: ValidFrom
    valid_to: ValidTo = None
    reason: Reason


class AuthorityLimitChange(ReleasedRecord):
    """A proposed limit of a position."""

    position: PositionRef = Field(description="Position.")
    authority_type: ForType
    limit: Limit
    valid_from: AppliesFrom
    valid_to: AppliesTo
    reason: Reason


class AuthorityLimitRefusal(Model):
    """The reason for refusing a limit."""

    reason: Prose = Field(description="Reason, shown to the person who proposed it.", examples=["额度过高"])


@routes.post("", status_code=201, summary="Propose an authority limit")
async def propose_authority_limit(body: AuthorityLimitProposal, uow: AuthoritySetterUnitOfWork) -> AuthorityLimitChange:
    """Proposes the limit of a position. For HR and executives over its unit, but not for their own position; it applies
    from its day on once another of them releases it.
    """
    valid = Period.closed(body.valid_from, body.valid_to)
    wanted = NewLimit(body.authority_type, body.limit, valid, body.reason)
    change = await limit_changes.propose(uow, position_id=body.position_id, wanted=wanted)
    return limit_change(change)


@routes.get("", summary="List proposed authority limits")
async def list_authority_limit_changes(
    session: Read,
    _caller: Reader,
    paging: PageAsked,
    state: Annotated[ReleaseState | None, Query(description="Only changes in this state.")] = None,
    position_id: Annotated[Id | None, Query(description="Only limits of this position.")] = None,
) -> Page[AuthorityLimitChange]:
    """Changes in the order in which they were proposed."""
    found = await limit_changes.list_changes(session, state=state, position_id=position_id, paging=paging)
    return Page[AuthorityLimitChange](**found.written(limit_change))


@routes.get("/{change_id}", summary="Get a proposed authority limit")
async def get_authority_limit_change(change_id: ChangeId, session: Read, _caller: Reader) -> AuthorityLimitChange:
    """The proposed limit and its outcome."""
    return limit_change(await limit_changes.read(session, change_id=change_id))


@routes.post("/{change_id}/release", summary="Release an authority limit")
@answers_with(state="released", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z")
async def release_authority_limit(
    change_id: ChangeId, uow: AuthoritySetterUnitOfWork, revision: IfMatch
) -> AuthorityLimitChange:
    """A second person of HR or the executives over the unit releases the limit; not for their own position."""
    return limit_change(await limit_changes.release(uow, change_id=change_id, revision=revision))


@routes.post("/{change_id}/refuse", summary="Refuse an authority limit")
@answers_with(state="refused", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z", decision="额度过高")
async def refuse_authority_limit(
    change_id: ChangeId,
    body: AuthorityLimitRefusal,
    uow: AuthoritySetterUnitOfWork,
    revision: IfMatch,
) -> AuthorityLimitChange:
    """The person who proposed it withdraws it in the same way."""
    change = await limit_changes.refuse(uow, change_id=change_id, revision=revision, reason=body.reason)
    return limit_change(change)


def limit_change(change: LimitChange) -> AuthorityLimitChange:
    """A proposed limit as the API shows it."""
    wanted = change.wanted
    return AuthorityLimitChange(
        id=change.id,
        position=PositionRef(id=change.position_id, code=change.position_code),
        authority_type=wanted.authority_type,
        limit=wanted.amount,
        valid_from=wanted.valid.start,
        valid_to=wanted.valid.last,
        reason=wanted.reason,
        **vars(change.record),
    )
