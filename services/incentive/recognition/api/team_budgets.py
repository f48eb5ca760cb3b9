"""/v1/incentive/team_budgets: what units may spend on team building, per head and quarter (INC-09)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.incentive.permissions import CompanyHrUnitOfWork
from services.incentive.recognition.usecases import team_budgets as usecases
from services.kit.access.callers import permit
from services.kit.database.pages import Page
from services.kit.fields import Day, Id, Model, Money, PeriodLabel, PositiveMoney, Prose
from services.kit.identity import Caller, Role
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import router

routes = router("/v1/incentive/team_budgets", tag="recognitions")

SeesBudgets = Annotated[Caller, permit(Role.HR, Role.FINANCE, Role.COMPENSATION, Role.AUDITOR, whole=True)]
BudgetId = Annotated[Id, Path(description="Id of the budget.")]
MOST_PER_HEAD = Decimal(1000000)


def _more_than_nothing(value: Decimal) -> Decimal:
    if not 0 < value <= MOST_PER_HEAD:
        raise PydanticCustomError("out_of_range", "more than 0 and at most 1000000")
    return value


Spendable = Annotated[PositiveMoney, AfterValidator(_more_than_nothing)]


class TeamBudgetRequest(Model):
    """An amount per person for a unit and quarter."""

    unit_id: Id = Field(
        description="Unit, including those below it.", examples=["01980000-0000-7000-8000-0000000000a0"]
    )
    period: PeriodLabel = Field(description="Quarter of the budget.", examples=["2026-Q2"])
    per_head: Spendable = Field(description="Amount per person, in yuan.", examples=["300.00"])


class TeamExpenseRequest(Model):
    """An expense from a team budget."""

    amount: Spendable = Field(description="Amount in yuan.", examples=["860.00"])
    purpose: Prose = Field(description="Purpose of the expense.", examples=["部门徒步"])
    spent_on: Day = Field(description="Day of the expense, in the quarter.", examples=["2026-05-16"])


class TeamBudget(Model):
    """A unit's team budget for a quarter, and what remains of it."""

    id: Id = Field(description="Id of the budget.", examples=["01980000-0000-7000-8000-0000000000cd"])
    unit_id: Id = Field(description="The unit.", examples=["01980000-0000-7000-8000-0000000000a0"])
    unit_name: str = Field(description="Its name in Chinese.", examples=["品牌部"])
    unit_name_en: str = Field(description="Its name in English.", examples=["Brand"])
    period: str = Field(description="Quarter of the budget.", examples=["2026-Q2"])
    per_head: Money = Field(description="Amount per person, in yuan.", examples=["300.00"])
    people: int = Field(description="Number of people when the budget was set.", examples=[12])
    amount: Money = Field(description="Whole budget, in yuan.", examples=["3600.00"])
    spent: Money = Field(description="Amount spent, in yuan.", examples=["860.00"])
    left: Money = Field(description="Remaining budget, in yuan.", examples=["2740.00"])
    revision: int = Field(description="Revision of the record, for `If-Match`.", examples=[2])
    set_at: datetime = Field(description="Time at which the budget was set.", examples=["2026-04-01T09:00:00+08:00"])
    set_by_name: str = Field(description="Name of the person who set it.", examples=["范思齐"])


class TeamExpense(Model):
    """An expense from a team budget."""

    id: Id = Field(description="Id of the expense.", examples=["01980000-0000-7000-8000-0000000000ce"])
    amount: Money = Field(description="Amount in yuan.", examples=["860.00"])
    purpose: str = Field(description="Purpose of the expense.", examples=["部门徒步"])
    spent_on: date = Field(description="The day.", examples=["2026-05-16"])
    entered_at: datetime = Field(description="Time of entry.", examples=["2026-05-18T09:00:00+08:00"])
    entered_by_name: str = Field(description="Name of the person who entered it.", examples=["范思齐"])


@routes.post("", status_code=201, response_model=TeamBudget, summary="Set a team-building budget")
async def set_team_budget(uow: CompanyHrUnitOfWork, body: TeamBudgetRequest) -> dict[str, Any]:
    """HR over the whole organisation sets the budget; people are counted as last reported by org."""
    details = await usecases.set_budget(uow, **vars(body))
    return _budget(details)


@routes.get("", response_model=Page[TeamBudget], summary="List team-building budgets")
async def list_team_budgets(
    session: Read,
    caller: SeesBudgets,
    paging: PageAsked,
    period: Annotated[PeriodLabel | None, Query(description="Only budgets of this quarter.")] = None,
) -> dict[str, Any]:
    """Budgets in the order in which they were set."""
    return (await usecases.list_budgets(session, period=period, paging=paging)).written(_budget)


@routes.get("/{budget_id}", response_model=TeamBudget, summary="Read a budget")
async def get_team_budget(session: Read, caller: SeesBudgets, budget_id: BudgetId) -> dict[str, Any]:
    """The budget and what remains of it."""
    return _budget(await usecases.read_budget(session, budget_id=budget_id))


@routes.post("/{budget_id}/spend", response_model=TeamBudget, summary="Record a team-building expense")
async def spend_team_budget(
    uow: CompanyHrUnitOfWork, budget_id: BudgetId, body: TeamExpenseRequest, revision: IfMatch
) -> dict[str, Any]:
    """Records an expense. More than the rest of the quarter's budget is refused."""
    return _budget(await usecases.spend(uow, budget_id=budget_id, revision=revision, **vars(body)))


@routes.get(
    "/{budget_id}/expenses", response_model=Page[TeamExpense], summary="List expenses of a team-building budget"
)
async def list_team_expenses(
    session: Read, caller: SeesBudgets, budget_id: BudgetId, paging: PageAsked
) -> dict[str, Any]:
    """Expenses in the order in which they were entered."""
    rows = await usecases.list_expenses(session, budget_id=budget_id, paging=paging)
    return rows.written(lambda each: {name: getattr(each.row, name) for name in TeamExpense.model_fields})


def _budget(details: usecases.TeamBudgetDetails) -> dict[str, Any]:
    budget = details.budget
    sums = {"amount": budget.amount, "left": budget.amount - budget.spent}
    return {**{name: getattr(details.row, name) for name in TeamBudget.model_fields if name not in sums}, **sums}
