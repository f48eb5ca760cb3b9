"""/v1/incentive/budget_commitments: why so much of a budget is taken (INC-15)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from services.incentive.answers import InCurrency
from services.incentive.budgets.domain.budget import CommitmentState
from services.incentive.budgets.domain.spending import CommitmentFilter
from services.incentive.budgets.usecases import commitments as usecases
from services.kit.access.callers import permit
from services.kit.database.pages import Page
from services.kit.fields import Id, Money
from services.kit.identity import Caller, Role
from services.kit.web.application import PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="budgets")

SeesCommitments = Annotated[Caller, permit(Role.FINANCE, Role.COMPENSATION, whole=True)]
"""What a small unit takes tells what single people are paid: only for those who see pay."""


class BudgetCommitment(InCurrency):
    """What one award or run takes for one unit."""

    id: Id = Field(description="Id of the commitment.", examples=["01980000-0000-7000-8000-0000000000d3"])
    budget_id: Id | None = Field(
        description="The budget that it counts in; null: neither the unit nor one above it has a budget.",
        examples=["01980000-0000-7000-8000-0000000000d1"],
    )
    unit_id: Id = Field(
        description="The unit for which it is spent.", examples=["01980000-0000-7000-8000-0000000000a0"]
    )
    unit_name: str | None = Field(description="Name in Chinese.", examples=["品牌部"])
    unit_name_en: str | None = Field(description="Name in English.", examples=["Brand"])
    year: int = Field(description="The year whose budget it counts in.", examples=[2026])
    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    amount: Money = Field(
        description="The whole, before tax; less than nothing where a run takes money back.",
        examples=["50000.00"],
    )
    posted: Money = Field(description="The part of it that is in the books.", examples=["0.00"])
    state: CommitmentState = Field(description="How firm it is.", examples=["committed"])
    source_type: str = Field(description="What takes it: award or run.", examples=["award"])
    source_id: Id = Field(description="Id of the award or run.", examples=["01980000-0000-7000-8000-0000000000f8"])
    name: str = Field(description="What it is for, in Chinese.", examples=["专项奖励“开拓西南市场”（SA-2026-001）"])
    name_en: str = Field(description="What it is for, in English.", examples=["the special award SA-2026-001"])
    link: str = Field(
        description="The route that shows it.", examples=["/v1/incentive/awards/01980000-0000-7000-8000-0000000000f8"]
    )
    changed_at: datetime = Field(description="When it changed last.", examples=["2026-04-20T09:00:00+08:00"])
    changed_by_name: str = Field(description="By whom.", examples=["秦国栋"])


@routes.get(
    "/budget_commitments",
    response_model=Page[BudgetCommitment],
    summary="List what awards and runs take of budgets",
)
async def list_budget_commitments(
    session: Read,
    caller: SeesCommitments,
    paging: PageAsked,
    budget_id: Annotated[Id | None, Query(description="Only what counts in this budget.")] = None,
    source_id: Annotated[Id | None, Query(description="Only what this award or run takes.")] = None,
    year: Annotated[int | None, Query(ge=2000, le=2999, description="Only of this year.")] = None,
    budgeted: Annotated[
        bool | None, Query(description="true: what counts in a budget; false: what counts in none.")
    ] = None,
) -> dict[str, Any]:
    """In the order in which it was planned or committed. What counts in no budget is listed too: it stops nothing."""
    wanted = CommitmentFilter(budget_id, source_id, year, budgeted)
    rows = await usecases.list_commitments(session, wanted=wanted, paging=paging)
    return rows.written(
        lambda each: {
            **{
                name: getattr(each[0], name)
                for name in BudgetCommitment.model_fields
                if not name.startswith("unit_name")
            },
            "unit_name": each[1] and each[1].name,
            "unit_name_en": each[1] and each[1].name_en,
        }
    )
