"""/v1/incentive/budgets: what units may spend in a year, and what takes it (INC-15)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import Field

from services.incentive.answers import InCurrency
from services.incentive.budgets.domain.budget import EXPLANATION_PERCENT, WARNING_PERCENT, Standing
from services.incentive.budgets.usecases import budgets as usecases
from services.incentive.pay.api.pay_profiles import CurrencyCode
from services.incentive.permissions import PayerUnitOfWork
from services.kit.access.callers import permit
from services.kit.database.pages import Page
from services.kit.fields import Id, Model, Money, PositiveMoney, Prose, Weight
from services.kit.identity import Caller, Role
from services.kit.release import ReleaseAction
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import located, moves_money, router

routes = router("/v1/incentive", tag="budgets")

SeesBudgets = Annotated[Caller, permit(Role.FINANCE, Role.COMPENSATION, Role.EXECUTIVE, Role.AUDITOR, whole=True)]
BudgetId = Annotated[Id, Path(description="Id of the yearly budget.")]
VersionId = Annotated[Id, Path(description="Id of the version.")]
WarningMark = Annotated[
    Weight, Field(description="From which share of the amount on it is warned, percent.", examples=["80"])
]
ExplanationMark = Annotated[
    Weight,
    Field(
        description="By how much more than the original amount may be taken before it has to be explained, percent.",
        examples=["10"],
    ),
]
Amount = Annotated[
    PositiveMoney, Field(description="What may be taken in the year, before tax.", examples=["1200000.00"])
]
Reason = Annotated[
    Prose,
    Field(description="Reason for the amount, and who decided it.", examples=["董事会 1 月 4 日批准的年度预算"]),
]


class BudgetVersionRequest(Model):
    """What a budget is to be."""

    amount: Amount
    warning_percent: WarningMark = WARNING_PERCENT
    explanation_percent: ExplanationMark = EXPLANATION_PERCENT
    reason: Reason

    @property
    def terms(self) -> usecases.Terms:
        """The same for the use case."""
        return usecases.Terms(self.amount, self.warning_percent, self.explanation_percent, self.reason)


class BudgetRequest(BudgetVersionRequest):
    """A budget with its first version."""

    unit_id: Id = Field(
        description="The unit, with those below it that have no budget of their own.",
        examples=["01980000-0000-7000-8000-0000000000a0"],
    )
    year: int = Field(ge=2000, le=2999, description="The year.", examples=[2026])
    currency: CurrencyCode = "CNY"


class Budget(InCurrency):
    """What a unit may take in a year, and how much of it is taken."""

    id: Id = Field(description="Id of the yearly budget.", examples=["01980000-0000-7000-8000-0000000000d1"])
    unit_id: Id = Field(description="The unit.", examples=["01980000-0000-7000-8000-0000000000a0"])
    unit_name: str | None = Field(description="Name in Chinese.", examples=["品牌部"])
    unit_name_en: str | None = Field(description="Name in English.", examples=["Brand"])
    year: int = Field(description="The year.", examples=[2026])
    currency: str = Field(description="Currency code (ISO 4217).", examples=["CNY"])
    version: int = Field(description="Number of the version in force; 0: none is released yet.", examples=[1])
    amount: Money | None = Field(
        description="What may be taken; null: nothing is released yet.", examples=["1200000.00"]
    )
    original: Money | None = Field(description="The amount that was released first.", examples=["1200000.00"])
    warning_percent: WarningMark
    explanation_percent: ExplanationMark
    planned: Money = Field(
        description="Nominated awards and calculated runs that are not approved; takes nothing yet.",
        examples=["50000.00"],
    )
    committed: Money = Field(description="Approved and not in the books yet.", examples=["300000.00"])
    posted: Money = Field(description="In the books.", examples=["450000.00"])
    left: Money | None = Field(description="What may still be taken; less than nothing: over.", examples=["450000.00"])
    standing: Standing = Field(description="How it stands.", examples=["within"])
    proposed_version_id: Id | None = Field(description="The version that waits to be released.", examples=[None])
    revision: int = Field(description="Revision of the record, for `If-Match`.", examples=[2])
    created_at: datetime = Field(
        description="Time at which the budget was set up.", examples=["2026-01-05T09:00:00+08:00"]
    )
    created_by_name: str = Field(description="Name of the person who set it up.", examples=["秦国栋"])


class BudgetVersion(ReleasedRecord):
    """What a budget was to be, and what became of that. Versions are kept for ever."""

    budget_id: Id = Field(description="Id of the yearly budget.", examples=["01980000-0000-7000-8000-0000000000d1"])
    number: int | None = Field(description="Its number; null: not released.", examples=[1])
    amount: Amount
    warning_percent: WarningMark
    explanation_percent: ExplanationMark
    reason: Reason


class BudgetVersionRefusal(Model):
    """The reason for refusing a version."""

    reason: Prose = Field(description="Reason, shown to the person who proposed it.", examples=["追加理由不足"])


@routes.post("/budgets", status_code=201, response_model=Budget, summary="Set up a budget")
async def create_budget(uow: PayerUnitOfWork, body: BudgetRequest) -> dict[str, Any]:
    """By finance. It comes into force once another person of finance has released its first version."""
    details = await usecases.create_budget(
        uow, unit_id=body.unit_id, year=body.year, currency=body.currency, terms=body.terms
    )
    return _budget(details)


@routes.get("/budgets", response_model=Page[Budget], summary="List budgets")
async def list_budgets(
    session: Read,
    caller: SeesBudgets,
    paging: PageAsked,
    year: Annotated[int | None, Query(ge=2000, le=2999, description="Only budgets of this year.")] = None,
    unit_id: Annotated[Id | None, Query(description="Only budgets of this unit.")] = None,
) -> dict[str, Any]:
    """In the order in which they were set up."""
    return (await usecases.list_budgets(session, year=year, unit_id=unit_id, paging=paging)).written(_budget)


@routes.get("/budgets/{budget_id}", response_model=Budget, summary="Read a budget")
async def get_budget(session: Read, caller: SeesBudgets, budget_id: BudgetId) -> dict[str, Any]:
    """With what is planned, committed and posted, and what is left."""
    return _budget(await usecases.read_budget(session, budget_id=budget_id))


@routes.post(
    "/budgets/{budget_id}/versions",
    status_code=201,
    response_model=BudgetVersion,
    summary="Propose an increase or a cut of a budget",
)
@located("/v1/incentive/budget_versions/{id}")
async def propose_budget_version(
    uow: PayerUnitOfWork, budget_id: BudgetId, body: BudgetVersionRequest, revision: IfMatch
) -> dict[str, Any]:
    """By finance; another person of finance releases it. The amount is the whole of the year, not the difference."""
    details = await usecases.propose_version(uow, budget_id=budget_id, revision=revision, terms=body.terms)
    return _version(details)


@routes.get(
    "/budgets/{budget_id}/versions",
    response_model=Page[BudgetVersion],
    summary="List the versions of a budget",
)
async def list_budget_versions(
    session: Read, caller: SeesBudgets, budget_id: BudgetId, paging: PageAsked
) -> dict[str, Any]:
    """In the order in which they were proposed, refused ones among them."""
    return (await usecases.list_versions(session, budget_id=budget_id, paging=paging)).written(_version)


@routes.get(
    "/budget_versions/{version_id}",
    response_model=BudgetVersion,
    summary="Read a version of a budget",
)
async def get_budget_version(session: Read, caller: SeesBudgets, version_id: VersionId) -> dict[str, Any]:
    """Returns one version by its id."""
    return _version(await usecases.read_version(session, version_id=version_id))


@routes.post(
    "/budget_versions/{version_id}/release",
    response_model=BudgetVersion,
    summary="Release a version of a budget",
)
@moves_money
async def release_budget_version(uow: PayerUnitOfWork, version_id: VersionId, revision: IfMatch) -> dict[str, Any]:
    """By somebody other than who proposed it. A cut below what is taken shows, and stops further approvals."""
    action = ReleaseAction.RELEASE
    return _version(await usecases.decide_version(uow, version_id=version_id, action=action, revision=revision))


@routes.post(
    "/budget_versions/{version_id}/refuse",
    response_model=BudgetVersion,
    summary="Refuse a version of a budget",
)
async def refuse_budget_version(
    uow: PayerUnitOfWork, version_id: VersionId, body: BudgetVersionRefusal, revision: IfMatch
) -> dict[str, Any]:
    """The person who proposed it withdraws it in the same way."""
    details = await usecases.decide_version(
        uow, version_id=version_id, action=ReleaseAction.REFUSE, revision=revision, reason=body.reason
    )
    return _version(details)


_OWN = (
    *("id", "unit_id", "year", "currency", "version", "amount", "original", "warning_percent", "explanation_percent"),
    *("revision", "created_at", "created_by_name"),
)


def _budget(details: usecases.BudgetDetails) -> dict[str, Any]:
    row, use = details.row, details.use
    return {
        **{name: getattr(row, name) for name in _OWN},
        "unit_name": details.unit and details.unit.name,
        "unit_name_en": details.unit and details.unit.name_en,
        "planned": use.planned,
        "committed": use.committed,
        "posted": use.posted,
        "left": None if row.amount is None else row.amount - use.taken,
        "standing": details.standing,
        "proposed_version_id": details.proposed_version_id,
        **_marks(row.warning_percent, row.explanation_percent),
    }


def _version(details: usecases.VersionDetails) -> dict[str, Any]:
    row = details.row
    own = {name: getattr(row, name) for name in BudgetVersion.model_fields}
    return {**own, **_marks(row.warning_percent, row.explanation_percent)}


def _marks(warning: Decimal, explanation: Decimal) -> dict[str, Decimal]:
    return {"warning_percent": warning.normalize(), "explanation_percent": explanation.normalize()}
