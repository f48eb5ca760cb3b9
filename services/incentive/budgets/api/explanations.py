"""/v1/incentive/budget_explanations: why more is taken than was first budgeted (INC-15)."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.incentive.answers import InCurrency
from services.incentive.budgets.api.budgets import SeesBudgets
from services.incentive.budgets.domain.explanation import ExplanationAction, ExplanationState
from services.incentive.budgets.usecases import explanations as usecases
from services.incentive.permissions import ExecutiveUnitOfWork, ReviewerUnitOfWork
from services.kit.database.pages import Page
from services.kit.fields import Id, Model, Money, Prose
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/incentive/budget_explanations", tag="budgets")

ExplanationId = Annotated[Id, Path(description="Id of the explanation.")]


class BudgetExplanationRequest(Model):
    """Why so much is taken."""

    text: Prose = Field(description="The explanation.", examples=["二季度新增西南区域团队，奖金基数增加。"])


class BudgetExplanationReturn(Model):
    """What is missing in an explanation."""

    reason: Prose = Field(description="For whoever explained.", examples=["请补充各单元的金额"])


class BudgetExplanation(InCurrency):
    """That more is taken of a budget than was first released, and why."""

    id: Id = Field(description="Id of the explanation.", examples=["01980000-0000-7000-8000-0000000000d4"])
    budget_id: Id = Field(description="Id of the yearly budget.", examples=["01980000-0000-7000-8000-0000000000d1"])
    unit_id: Id = Field(description="The budget's unit.", examples=["01980000-0000-7000-8000-0000000000a0"])
    unit_name: str | None = Field(description="Name in Chinese.", examples=["品牌部"])
    unit_name_en: str | None = Field(description="Name in English.", examples=["Brand"])
    year: int = Field(description="The year.", examples=[2026])
    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    original: Money = Field(description="The amount that was released first.", examples=["1200000.00"])
    taken: Money = Field(description="What was taken when it was asked for.", examples=["1350000.00"])
    state: ExplanationState = Field(description="How far it is.", examples=["asked"])
    text: str | None = Field(description="The explanation.", examples=[None])
    explained_by_name: str | None = Field(description="Who explained.", examples=[None])
    decision: str | None = Field(description="What was missing when it was returned.", examples=[None])
    decided_at: datetime | None = Field(description="Time of the acceptance or return.", examples=[None])
    decided_by_name: str | None = Field(description="Who accepted or returned it.", examples=[None])
    asked_at: datetime = Field(description="Time of the request.", examples=["2026-07-20T09:00:00+08:00"])
    revision: int = Field(description="Revision of the record, for `If-Match`.", examples=[1])


@routes.get(
    "",
    response_model=Page[BudgetExplanation],
    summary="List explanations of budgets",
)
async def list_budget_explanations(
    session: Read,
    caller: SeesBudgets,
    paging: PageAsked,
    budget_id: Annotated[Id | None, Query(description="Only about this budget.")] = None,
    state: Annotated[ExplanationState | None, Query(description="Only in this state.")] = None,
) -> dict[str, Any]:
    """In the order in which they were asked for."""
    rows = await usecases.list_explanations(session, budget_id=budget_id, state=state, paging=paging)
    return rows.written(_explanation)


@routes.get(
    "/{explanation_id}",
    response_model=BudgetExplanation,
    summary="Read an explanation of a budget",
)
async def get_budget_explanation(session: Read, caller: SeesBudgets, explanation_id: ExplanationId) -> dict[str, Any]:
    """Who explained what, and who accepted it."""
    return _explanation(await usecases.read_explanation(session, explanation_id=explanation_id))


@routes.post(
    "/{explanation_id}/explain",
    response_model=BudgetExplanation,
    summary="Explain why more is taken than was budgeted",
)
async def explain_budget(
    uow: ReviewerUnitOfWork,
    explanation_id: ExplanationId,
    body: BudgetExplanationRequest,
    revision: IfMatch,
) -> dict[str, Any]:
    """By compensation or finance; it then waits for an executive."""
    details = await usecases.explain(uow, explanation_id=explanation_id, revision=revision, text=body.text)
    return _explanation(details)


@routes.post(
    "/{explanation_id}/accept",
    response_model=BudgetExplanation,
    summary="Accept an explanation of a budget",
)
async def accept_budget_explanation(
    uow: ExecutiveUnitOfWork, explanation_id: ExplanationId, revision: IfMatch
) -> dict[str, Any]:
    """By an executive other than who explained."""
    action = ExplanationAction.ACCEPT
    return _explanation(
        await usecases.decide_explanation(uow, explanation_id=explanation_id, action=action, revision=revision),
    )


@routes.post(
    "/{explanation_id}/return",
    response_model=BudgetExplanation,
    summary="Return an explanation of a budget",
)
async def return_budget_explanation(
    uow: ExecutiveUnitOfWork,
    explanation_id: ExplanationId,
    body: BudgetExplanationReturn,
    revision: IfMatch,
) -> dict[str, Any]:
    """It has to be explained anew."""
    details = await usecases.decide_explanation(
        uow,
        explanation_id=explanation_id,
        action=ExplanationAction.RETURN,
        revision=revision,
        reason=body.reason,
    )
    return _explanation(details)


_OF_BUDGET = ("unit_id", "year", "currency")
_ADDED = {*_OF_BUDGET, "unit_name", "unit_name_en", "decided_at"}


def _explanation(details: usecases.ExplanationDetails) -> dict[str, Any]:
    return {
        **{name: getattr(details.row, name) for name in BudgetExplanation.model_fields if name not in _ADDED},
        **{name: getattr(details.budget, name) for name in _OF_BUDGET},
        "decided_at": details.decision and details.decision.decided_at,
        "unit_name": details.unit and details.unit.name,
        "unit_name_en": details.unit and details.unit.name_en,
    }
