"""/v1/incentive/plans: versioned bonus plans (INC-02)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from fastapi import Response
from pydantic import BeforeValidator, Field, StringConstraints

from services.incentive.plans.domain.cycle import CycleSpan
from services.incentive.plans.domain.policy import Caps, Eligibility, Override, Policy
from services.incentive.plans.domain.rules import Rule, rule_of
from services.incentive.plans.store.tables import PlanVersionRow
from services.incentive.plans.usecases import plans as usecases
from services.kit.callers import permit, permit_work
from services.kit.database import period
from services.kit.errors import FieldError, Text
from services.kit.fields import CodeText, Coefficient, Id, Label, Model, PositiveMoney, Prose
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.periods import LastDayUnreachable, Period, PeriodReversed
from services.kit.routing import router
from services.kit.unit_of_work import UnitOfWork
from services.kit.web import PageAsked, Read, tag

routes = router("/v1/incentive", tag="plans")

Compensation = Annotated[Caller, permit(Role.COMPENSATION)]
CompensationUnitOfWork = Annotated[UnitOfWork, permit_work(Role.COMPENSATION)]
SeesPlans = Annotated[
    Caller, permit(Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE, Role.HR, Role.TALENT, Role.AUDITOR)
]
Grade = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+\-]{1,16}$")]
CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
GradeTable = Annotated[dict[Grade, Coefficient], Field(max_length=32, examples=[{"S": "1.5", "A": "1.2"}])]


def _read_rule(value: object) -> object:
    return rule_of(value) if isinstance(value, dict) else value


RuleField = Annotated[Rule, Field(discriminator="kind"), BeforeValidator(_read_rule)]


class EligibilityModel(Model):
    """Who earns, and for which days."""

    probation: Literal["excluded", "included"] = "excluded"
    leavers: Literal["none", "prorated"] = "none"
    minimum_days: int = Field(default=30, ge=0, le=366)


class CapsModel(Model):
    """Upper limits of one line."""

    times_target: Coefficient | None = None
    amounts: dict[CurrencyCode, PositiveMoney] = Field(default_factory=dict, max_length=32)


class OverrideModel(Model):
    """Other figures for a special unit and all below it, filed with HR; both days included."""

    unit_code: CodeText
    filing: Label
    first: date | None = None
    last: date | None = None
    grade_coefficients: GradeTable | None = None
    unit_coefficient: Coefficient | None = None


class PolicyModel(Model):
    """The figures of a plan. Coefficients are factors: "1.2" means 120 %."""

    grade_coefficients: GradeTable
    unit_coefficients: GradeTable
    unit_without_result: Coefficient = Decimal(1)
    company_coefficient: Coefficient = Decimal(1)
    eligibility: EligibilityModel = Field(default_factory=EligibilityModel)
    caps: CapsModel = Field(default_factory=CapsModel)
    overrides: list[OverrideModel] = Field(default_factory=list, max_length=200)
    cycle: CycleSpan = Field(
        default="same_period",
        description="the cycle that a run names must be over exactly its period, or may be any that lies in it",
    )

    def as_policy(self) -> Policy:
        """The same for the domain. Raises PolicyNotAcceptable."""
        return Policy(
            grade_coefficients=dict(self.grade_coefficients),
            unit_coefficients=dict(self.unit_coefficients),
            unit_without_result=self.unit_without_result,
            company_coefficient=self.company_coefficient,
            eligibility=Eligibility(**dict(self.eligibility)),
            caps=Caps(self.caps.times_target, dict(self.caps.amounts)),
            overrides=tuple(Override(**dict(override)) for override in self.overrides),
            cycle=self.cycle,
        )


class EnterPlan(Model):
    """A bonus plan, or the next version of the one with this code. ``valid_to`` is its last day."""

    code: CodeText
    name: Label
    name_en: Label
    rule: RuleField
    policy: PolicyModel
    valid_from: date
    valid_to: date | None = None
    note: Prose | None = None


class Plan(Model):
    """One version of a plan, never changed."""

    id: Id
    code: str
    version: int
    name: str
    name_en: str
    rule: RuleField
    policy: PolicyModel
    valid_from: date
    valid_to: date | None
    note: str | None
    created_at: datetime


@routes.post("/plans", status_code=201, response_model=Plan, summary="Enter a plan or its next version")
async def enter(uow: CompensationUnitOfWork, body: EnterPlan, response: Response) -> dict[str, Any]:
    """A run takes the newest version in force on the last day of its period."""
    row = await usecases.enter_plan(
        uow,
        code=body.code,
        name=Text(body.name, body.name_en),
        rule=body.rule,
        policy=body.policy.as_policy(),
        validity=_validity(body),
        note=body.note,
    )
    tag(response, row.version)
    return _written(row)


@routes.get("/plans", response_model=Page[Plan], summary="List versions of plans")
async def list_(
    session: Read, caller: SeesPlans, paging: PageAsked, code: CodeText | None = None, as_of: date | None = None
) -> dict[str, Any]:
    """By code and version."""
    rows = await usecases.list_plans(session, code=code, as_of=as_of, paging=paging)
    return rows.written(lambda row: _written(row[0]))


@routes.get("/plans/{plan_id}", response_model=Plan, summary="One version of a plan")
async def read(session: Read, caller: SeesPlans, plan_id: Id, response: Response) -> dict[str, Any]:
    """By its id."""
    row = await usecases.read_plan(session, version_id=plan_id)
    tag(response, row.version)
    return _written(row)


def _validity(body: EnterPlan) -> Period:
    if body.valid_to is not None and body.valid_to < body.valid_from:
        expected = Text(f"不早于 {body.valid_from}", f"not before {body.valid_from}")
        field_errors = [FieldError("/valid_to", str(body.valid_to), expected)]
        raise PeriodReversed(first=body.valid_from, last=body.valid_to, field_errors=field_errors)
    if body.valid_to == date.max:
        expected = Text("早于 9999-12-31，或不填", "before 9999-12-31, or nothing")
        raise LastDayUnreachable(
            last=body.valid_to, field_errors=[FieldError("/valid_to", str(body.valid_to), expected)]
        )
    return Period.closed(body.valid_from, body.valid_to)


def _written(row: PlanVersionRow) -> dict[str, Any]:
    valid = period(row.valid)
    return {
        "id": row.id,
        "code": row.code,
        "version": row.version,
        "name": row.name_zh,
        "name_en": row.name_en,
        "rule": rule_of(row.rule),
        "policy": row.policy,
        "valid_from": valid.start,
        "valid_to": valid.last,
        "note": row.note,
        "created_at": row.created_at,
    }
