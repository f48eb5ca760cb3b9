"""/v1/incentive/team_pools: a share of a unit's profit over its members (INC-05)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import Field

from services.incentive.pay.api.pay_profiles import YuanOnly
from services.incentive.permissions import CompanyCompensationUnitOfWork, PayerUnitOfWork
from services.incentive.plans.usecases.plan_names import named
from services.incentive.pools.usecases import pools as usecases
from services.incentive.pools.usecases.releasers import Membership, ask_membership, membership_question
from services.kit.access.callers import permit
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.fields import CodeText, Id, Model, Money, Prose
from services.kit.identity import Caller, Role
from services.kit.web.application import AcceptedLanguage, IfMatch, PageAsked, Read, Today, app_context
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import asks_first, router

routes = router("/v1/incentive/team_pools", tag="team_pools")

Payer = Annotated[Caller, permit(Role.FINANCE, whole=True)]
SeesPools = Annotated[Caller, permit(Role.COMPENSATION, Role.FINANCE, whole=True)]
PoolId = Annotated[Id, Path(description="Id of the pool.")]


class TeamPoolRequest(Model):
    """A unit's figures for a year, as known to finance."""

    unit_id: Id = Field(
        description="Unit, including those below it.", examples=["01980000-0000-7000-8000-0000000000a0"]
    )
    year: int = Field(ge=2000, le=2999, description="The year.", examples=[2026])
    plan_code: CodeText = Field(description="Code of the team pool plan.", examples=["TP"])
    cycle_id: Id = Field(
        description="Closed annual appraisal cycle whose grades determine the weights.",
        examples=["01980000-0000-7000-8000-0000000000c1"],
    )
    attainment: Money = Field(description="Attainment of the unit in percent, two places.", examples=["126.40"])
    currency: YuanOnly = "CNY"
    profit: Money = Field(description="Profit of the unit in yuan.", examples=["1234567.89"])


class TeamPoolRefusal(Model):
    """The reason for refusing a pool's figures."""

    reason: Prose = Field(description="Reason, shown to the person who entered them.", examples=["利润以审计报告为准"])


class PoolProblem(Model):
    """A problem that kept a pool from being shared out."""

    code: str = Field(description="Stable code of the problem.", examples=["members_incomplete"])
    title: str = Field(
        description="Description of the problem, in the language of `Accept-Language`.",
        examples=["以下成员缺少薪酬档案：陈三（E003）。"],
    )


class PooledProfit(ReleasedRecord):
    """A unit's figures for a year, and the pool that they release."""

    unit_id: Id = Field(description="The unit.", examples=["01980000-0000-7000-8000-0000000000a0"])
    unit_name: str = Field(description="Name in Chinese.", examples=["品牌部"])
    unit_name_en: str = Field(description="Name in English.", examples=["Brand"])
    year: int = Field(description="The year.", examples=[2026])
    plan_version_id: Id = Field(description="Version of the plan.", examples=["01980000-0000-7000-8000-0000000000f1"])
    plan_code: str | None = Field(description="Code of that plan.", examples=["TP"])
    plan_version: int | None = Field(description="Number of that version.", examples=[1])
    plan_name: str | None = Field(description="Name of that plan in Chinese.", examples=["团队奖金池"])
    plan_name_en: str | None = Field(description="Name of that plan in English.", examples=["Team pool"])
    cycle_id: Id = Field(
        description="Annual cycle whose grades are used.", examples=["01980000-0000-7000-8000-0000000000c1"]
    )
    cycle_code: str | None = Field(description="Code of that cycle, once its grades have been read.", examples=["2026"])
    attainment: Money = Field(description="Attainment of the unit in percent.", examples=["126.40"])
    profit: Money = Field(description="Profit of the unit in yuan.", examples=["1234567.89"])
    amount: Money = Field(description="The pool, before tax, in yuan.", examples=["61728.39"])
    attempt: int = Field(description="Number of attempts to share it out.", examples=[1])
    shared_at: datetime | None = Field(description="Time at which it was shared out; null if not yet.", examples=[None])
    problem: PoolProblem | None = Field(
        description="Problem that kept it from being shared out; null if there is none."
    )


class PoolMember(Model):
    """The share of one member in a pool."""

    employee_id: Id = Field(description="Id of the employee.", examples=["01980000-0000-7000-8000-000000000001"])
    employee_number: str = Field(description="Number of the employee.", examples=["E002"])
    employee_name: str = Field(description="Name of the employee.", examples=["苏曼青"])
    grade: str = Field(description="Annual grade.", examples=["A"])
    weight: str = Field(description="Weight: monthly base × grade coefficient × days.", examples=["5256000.00"])
    amount: Money = Field(description="Amount before tax; the members' amounts sum to the pool.", examples=["25025.02"])


@routes.post("", status_code=201, response_model=PooledProfit, summary="Propose a team pool")
async def propose_team_pool(uow: PayerUnitOfWork, body: TeamPoolRequest, language: AcceptedLanguage) -> dict[str, Any]:
    """Finance proposes the figures. Figures that release no pool are refused; later figures for the same year
    replace earlier ones.
    """
    given = {name: getattr(body, name) for name in TeamPoolRequest.model_fields if name != "currency"}
    details = await usecases.propose_pool(uow, **given)
    return _pool(details, language)


@routes.get("", response_model=Page[PooledProfit], summary="List team pools")
async def list_team_pools(
    session: Read,
    caller: SeesPools,
    paging: PageAsked,
    language: AcceptedLanguage,
    year: Annotated[int | None, Query(ge=2000, le=2999, description="Only pools of this year.")] = None,
    unit_id: Annotated[Id | None, Query(description="Only pools of this unit.")] = None,
) -> dict[str, Any]:
    """Pools in the order in which they were entered."""
    rows = await usecases.list_pools(session, year=year, unit_id=unit_id, paging=paging)
    return rows.written(lambda each: _pool(each, language))


@routes.get("/{pool_id}", response_model=PooledProfit, summary="Read a team pool")
async def get_team_pool(
    session: Read, caller: SeesPools, pool_id: PoolId, language: AcceptedLanguage
) -> dict[str, Any]:
    """The pool, with the problem that keeps it from being shared out, if any."""
    return _pool(await usecases.read_pool(session, pool_id=pool_id), language)


@routes.get("/{pool_id}/members", response_model=Page[PoolMember], summary="List the members of a team pool")
async def list_pool_members(session: Read, caller: SeesPools, pool_id: PoolId, paging: PageAsked) -> dict[str, Any]:
    """Shares from the last time the pool was shared out, by employee number; empty before that."""
    return (await usecases.list_members(session, pool_id=pool_id, paging=paging)).written(
        lambda row: {
            "employee_id": row.employee_id,
            "employee_number": row.number,
            "employee_name": row.name,
            "grade": row.grade,
            "weight": row.weight,
            "amount": row.amount,
        }
    )


async def _membership(request: Request, pool_id: PoolId, caller: Payer, today: Today) -> Membership | None:
    """What org says of the caller, asked before the route's transaction opens."""
    async with app_context(request).sessions.read() as session:
        question = await membership_question(session, caller=caller, pool_id=pool_id, today=today)
    return None if question is None else await ask_membership(request.app.state.org, question)


@routes.post("/{pool_id}/release", response_model=PooledProfit, summary="Release a team pool")
@asks_first
async def release_team_pool(
    membership: Annotated[Membership | None, Depends(_membership)],
    uow: PayerUnitOfWork,
    pool_id: PoolId,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> dict[str, Any]:
    """A second person, who has not worked in the unit since that year began unless everybody works in it, releases
    the figures; org is asked at that moment. A job then shares out the pool, and the next run pays.
    """
    details = await usecases.release_pool(uow, pool_id=pool_id, revision=revision, membership=membership)
    return _pool(details, language)


@routes.post("/{pool_id}/refuse", response_model=PooledProfit, summary="Refuse a team pool")
async def refuse_team_pool(
    uow: PayerUnitOfWork,
    pool_id: PoolId,
    body: TeamPoolRefusal,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> dict[str, Any]:
    """The person who entered it withdraws it in the same way."""
    details = await usecases.refuse_pool(uow, pool_id=pool_id, revision=revision, reason=body.reason)
    return _pool(details, language)


@routes.post(
    "/{pool_id}/share_out", status_code=202, response_model=PooledProfit, summary="Share out a team pool again"
)
async def share_out_team_pool(
    uow: CompanyCompensationUnitOfWork,
    pool_id: PoolId,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> dict[str, Any]:
    """Compensation shares out the pool again, once missing data are supplied or grades corrected; the next run pays
    the differences.
    """
    return _pool(await usecases.share_out_again(uow, pool_id=pool_id, revision=revision), language)


_PLAN = named(None).keys()


def _pool(details: usecases.PoolDetails, language: Language) -> dict[str, Any]:
    row = details.row
    problem = row.problem and {"code": row.problem["code"], "title": row.problem[language]}
    own = {name: getattr(row, name) for name in PooledProfit.model_fields if name not in {"problem", *_PLAN}}
    return {**own, **named(details.plan), "problem": problem}
