"""/v1/incentive/share_revocations: grants of virtual shares that are to end, decided by two people (INC-07)."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.incentive.permissions import CompanyCompensationUnitOfWork, ShareGrantUnitOfWork
from services.incentive.shares.api.share_grants import GrantId, SeesGrants
from services.incentive.shares.usecases import revocations as usecases
from services.kit.access.callers import AnyCaller
from services.kit.database.pages import Page
from services.kit.fields import Day, Id, Model, Prose
from services.kit.release import ReleaseAction, ReleaseState
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import located, router

routes = router("/v1/incentive", tag="virtual_shares")

RevocationId = Annotated[Id, Path(description="Id of the revocation.")]
RevokedOn = Annotated[
    Day,
    Field(
        description="The day after which nothing vests any more; the day of the grant where nothing is to vest at all.",
        examples=["2026-04-20"],
    ),
]


class ShareRevocationRequest(Model):
    """The day and the reason of a revocation."""

    revoked_on: RevokedOn
    reason: Prose = Field(
        description="Why, shown to the person who releases it and to whoever holds the grant.",
        examples=["2025 年目标达成数据经审计更正，未达到授予条件。"],
    )


class ShareRevocationRefusal(Model):
    """Why a revocation is refused."""

    reason: Prose = Field(description="For whoever proposed it.", examples=["更正后的数据仍达到授予条件"])


class ShareRevocation(ReleasedRecord):
    """That a grant is to end, and what was decided."""

    grant_id: Id = Field(description="Id of the grant.", examples=["01980000-0000-7000-8000-0000000000e7"])
    plan_code: str = Field(description="Code of the plan of virtual shares.", examples=["VS"])
    employee_id: Id = Field(description="Id of the employee.", examples=["01980000-0000-7000-8000-000000000001"])
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str = Field(description="Name of the employee.", examples=["苏曼青"])
    units: int = Field(description="How many units were granted.", examples=[1000])
    revoked_on: RevokedOn
    reason: str = Field(description="Why it is to be revoked.", examples=["2025 年目标达成数据经审计更正"])


@routes.post(
    "/share_grants/{grant_id}/revocations",
    status_code=201,
    response_model=ShareRevocation,
    summary="Propose to revoke a grant of virtual shares",
)
@located("/v1/incentive/share_revocations/{id}")
async def propose_share_revocation(
    uow: CompanyCompensationUnitOfWork,
    grant_id: GrantId,
    body: ShareRevocationRequest,
    revision: IfMatch,
) -> dict[str, Any]:
    """By compensation, for a released grant as it was seen. What has not vested by the day is forfeited."""
    details = await usecases.propose_revocation(
        uow, grant_id=grant_id, revision=revision, revoked_on=body.revoked_on, reason=body.reason
    )
    return _revocation(details)


@routes.get(
    "/share_revocations",
    response_model=Page[ShareRevocation],
    summary="List revocations of grants of virtual shares",
)
async def list_share_revocations(
    session: Read,
    caller: SeesGrants,
    paging: PageAsked,
    grant_id: Annotated[Id | None, Query(description="Only of this grant.")] = None,
    state: Annotated[ReleaseState | None, Query(description="Only revocations in this state.")] = None,
) -> dict[str, Any]:
    """In the order in which they were proposed."""
    rows = await usecases.list_revocations(session, grant_id=grant_id, state=state, paging=paging)
    return rows.written(_revocation)


@routes.get(
    "/share_revocations/{revocation_id}",
    response_model=ShareRevocation,
    summary="Read a revocation of a grant of virtual shares",
)
async def get_share_revocation(session: Read, caller: AnyCaller, revocation_id: RevocationId) -> dict[str, Any]:
    """For the person once it is released, and for compensation, finance and executives over the organisation."""
    return _revocation(await usecases.read_revocation(session, caller=caller, revocation_id=revocation_id))


@routes.post(
    "/share_revocations/{revocation_id}/release",
    response_model=ShareRevocation,
    summary="Release a revocation of a grant of virtual shares",
)
async def release_share_revocation(
    uow: ShareGrantUnitOfWork, revocation_id: RevocationId, revision: IfMatch
) -> dict[str, Any]:
    """By an executive, or by somebody of compensation other than who proposed it; never by the person concerned.

    Dividends in which forfeited units took part wait to be shared out again.
    """
    action = ReleaseAction.RELEASE
    details = await usecases.decide_revocation(uow, revocation_id=revocation_id, action=action, revision=revision)
    return _revocation(details)


@routes.post(
    "/share_revocations/{revocation_id}/refuse",
    response_model=ShareRevocation,
    summary="Refuse a revocation of a grant of virtual shares",
)
async def refuse_share_revocation(
    uow: ShareGrantUnitOfWork,
    revocation_id: RevocationId,
    body: ShareRevocationRefusal,
    revision: IfMatch,
) -> dict[str, Any]:
    """Whoever proposed it takes it back in this way."""
    details = await usecases.decide_revocation(
        uow, revocation_id=revocation_id, action=ReleaseAction.REFUSE, revision=revision, reason=body.reason
    )
    return _revocation(details)


_OWN = ("id", "grant_id", "revoked_on", "reason")


def _revocation(details: usecases.RevocationDetails) -> dict[str, Any]:
    grant = details.grant
    return {
        **{name: getattr(details.row, name) for name in _OWN},
        **vars(details.row.record),
        **{name: getattr(grant, name) for name in ("plan_code", "employee_id", "units")},
        "employee_number": details.person.number,
        "employee_name": details.person.name,
    }
