"""/v1/incentive/share_grants: who holds virtual shares, why, and when they vest (INC-07)."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.incentive.permissions import CompanyCompensationUnitOfWork, ShareGrantUnitOfWork
from services.incentive.shares.domain.grant import Goal
from services.incentive.shares.usecases import grants as usecases
from services.kit.access.callers import AnyCaller, permit
from services.kit.database.pages import Page
from services.kit.fields import CodeText, Day, Id, Label, Model, Percent, Prose
from services.kit.identity import Caller
from services.kit.release import ReleaseAction, ReleaseState
from services.kit.web.application import IfMatch, PageAsked, Read, Today
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="virtual_shares")

SeesGrants = Annotated[Caller, permit(*usecases.READERS, whole=True)]
GrantId = Annotated[Id, Path(description="Id of the grant.")]
MAX_UNITS = 10**9


class MetGoal(Model):
    """A year whose strategic goal was met."""

    year: int = Field(ge=2000, le=2999, description="The year in which it was met.", examples=[2025])
    goal: Label = Field(description="The strategic goal.", examples=["三年内进入西南市场前三"])
    attainment: Percent = Field(description="How far it was reached, percent; 100 or more is met.", examples=["108"])
    evidence: Label = Field(
        description="Where that can be read, such as an appraisal result.",
        examples=["https://docs.example.com/goals/2025"],
    )


class ShareGrantRequest(Model):
    """What is to be granted to whom, and why."""

    plan_code: CodeText = Field(description="Code of the plan of virtual shares.", examples=["VS"])
    employee_number: CodeText = Field(description="To whom.", examples=["E002"])
    units: int = Field(ge=1, le=MAX_UNITS, description="How many units.", examples=[1000])
    granted_on: Day = Field(description="The day from which they vest.", examples=["2026-04-01"])
    reason: Prose = Field(description="Why the person is eligible.", examples=["连续三年达成战略目标。"])
    goals: list[MetGoal] = Field(
        max_length=10, description="The years before the grant in which strategic goals were met, in their order."
    )


class ShareGrantRefusal(Model):
    """Why a grant is refused."""

    reason: Prose = Field(description="For whoever proposed it.", examples=["2024 年目标未达成"])


class Vesting(Model):
    """A day on which units vest."""

    vests_on: date = Field(description="The day.", examples=["2027-04-01"])
    units: int = Field(description="How many units vest on it.", examples=[250])


class ShareGrant(ReleasedRecord):
    """Units granted to somebody, and what has become of them."""

    plan_code: str = Field(description="Code of the plan of virtual shares.", examples=["VS"])
    plan_version_id: Id = Field(
        description="The plan's version, by whose terms it vests.", examples=["01980000-0000-7000-8000-0000000000f1"]
    )
    employee_id: Id = Field(description="Id of the employee.", examples=["01980000-0000-7000-8000-000000000001"])
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str = Field(description="Name of the employee.", examples=["苏曼青"])
    units: int = Field(description="How many units.", examples=[1000])
    granted_on: date = Field(description="The day from which they vest.", examples=["2026-04-01"])
    reason: str = Field(description="Why the person is eligible.", examples=["连续三年达成战略目标。"])
    goals: list[MetGoal] = Field(description="The years in which strategic goals were met.")
    vesting: list[Vesting] = Field(
        description="When how many units vest, as long as the person stays; until the day of a revocation."
    )
    vested: int = Field(description="Units that have vested and take part in dividends, today.", examples=[0])
    forfeited: int = Field(
        description="Units that were lost when the person left or the grant was revoked.", examples=[0]
    )
    left_on: date | None = Field(description="Last day of the person, once it is known.", examples=[None])
    revoked_on: date | None = Field(
        description="The day after which nothing vests any more, once a revocation is released.", examples=[None]
    )
    revocation: str | None = Field(description="Why it was revoked.", examples=[None])
    revoked_at: datetime | None = Field(description="When the revocation was released.", examples=[None])
    revoked_by_name: str | None = Field(description="Who released the revocation.", examples=[None])


@routes.post(
    "/share_grants",
    status_code=201,
    response_model=ShareGrant,
    summary="Propose a grant of virtual shares",
)
async def propose_share_grant(uow: CompanyCompensationUnitOfWork, body: ShareGrantRequest) -> dict[str, Any]:
    """By compensation, for somebody who met strategic goals in as many years in a row as the plan asks for."""
    given = {name: getattr(body, name) for name in ShareGrantRequest.model_fields if name != "goals"}
    goals = [Goal(each.year, each.goal, each.attainment, each.evidence) for each in body.goals]
    details = await usecases.propose_grant(uow, usecases.GrantProposal(**given, goals=goals))
    return _grant(details)


@routes.get(
    "/share_grants",
    response_model=Page[ShareGrant],
    summary="List grants of virtual shares",
)
async def list_share_grants(
    session: Read,
    caller: SeesGrants,
    today: Today,
    paging: PageAsked,
    employee_id: Annotated[Id | None, Query(description="Only grants to this employee.")] = None,
    state: Annotated[ReleaseState | None, Query(description="Only grants in this state.")] = None,
) -> dict[str, Any]:
    """In the order in which they were proposed."""
    rows = await usecases.list_grants(session, employee_id=employee_id, state=state, today=today, paging=paging)
    return rows.written(_grant)


@routes.get(
    "/my/share_grants",
    response_model=Page[ShareGrant],
    summary="List my own virtual shares",
)
async def list_my_share_grants(session: Read, caller: AnyCaller, today: Today, paging: PageAsked) -> dict[str, Any]:
    """What was granted to me, when it vests, and what is vested."""
    return (await usecases.list_own_grants(session, caller=caller, today=today, paging=paging)).written(_grant)


@routes.get(
    "/share_grants/{grant_id}",
    response_model=ShareGrant,
    summary="Read a grant of virtual shares",
)
async def get_share_grant(session: Read, caller: AnyCaller, today: Today, grant_id: GrantId) -> dict[str, Any]:
    """For the person once it is released, and for compensation, finance and executives over the organisation."""
    return _grant(await usecases.read_grant(session, caller=caller, grant_id=grant_id, today=today))


@routes.post(
    "/share_grants/{grant_id}/release",
    response_model=ShareGrant,
    summary="Release a grant of virtual shares",
)
async def release_share_grant(uow: ShareGrantUnitOfWork, grant_id: GrantId, revision: IfMatch) -> dict[str, Any]:
    """By an executive, or by somebody of compensation other than who proposed it; never by the person concerned."""
    action = ReleaseAction.RELEASE
    details = await usecases.decide_grant(uow, grant_id=grant_id, action=action, revision=revision)
    return _grant(details)


@routes.post(
    "/share_grants/{grant_id}/refuse",
    response_model=ShareGrant,
    summary="Refuse a grant of virtual shares",
)
async def refuse_share_grant(
    uow: ShareGrantUnitOfWork, grant_id: GrantId, body: ShareGrantRefusal, revision: IfMatch
) -> dict[str, Any]:
    """Whoever proposed it takes it back in this way."""
    details = await usecases.decide_grant(
        uow, grant_id=grant_id, action=ReleaseAction.REFUSE, revision=revision, reason=body.reason
    )
    return _grant(details)


_OWN = (
    *ReleasedRecord.model_fields,
    *("plan_code", "plan_version_id", "employee_id", "units", "granted_on", "reason", "goals"),
    *("revoked_on", "revocation"),
)


def _grant(details: usecases.GrantDetails) -> dict[str, Any]:
    return {
        **{name: getattr(details.row, name) for name in _OWN},
        "employee_number": details.person.number,
        "employee_name": details.person.name,
        "vesting": [{"vests_on": day, "units": units} for day, units in details.grant.schedule()],
        "vested": details.holding.vested,
        "forfeited": details.holding.forfeited,
        "left_on": details.holding.left_on,
        "revoked_at": details.revocation and details.revocation.decided_at,
        "revoked_by_name": details.revocation and details.revocation.decided_by_name,
    }
