"""/v1/incentive/plans: versioned bonus plans (INC-02)."""

from datetime import date
from typing import Annotated, Any

from fastapi import Body, Path, Query
from pydantic import Field

from services.incentive.permissions import CompanyCompensationUnitOfWork
from services.incentive.plans.api.examples import PLAN_EXAMPLES
from services.incentive.plans.domain.lint import FindingKind
from services.incentive.plans.domain.plan import PlanRecord
from services.incentive.plans.domain.policy import Policy
from services.incentive.plans.domain.rules import Rule
from services.incentive.plans.usecases import plans as usecases
from services.kit.access.callers import permit
from services.kit.database.codec import Exact
from services.kit.database.pages import Page
from services.kit.errors import FieldError, Text
from services.kit.fields import CodeText, Day, Id, Label, Model, Prose
from services.kit.identity import Caller, Role
from services.kit.periods import LastDayUnreachable, Period, PeriodReversed
from services.kit.release import ReleaseAction
from services.kit.web.application import AcceptedLanguage, IfMatch, PageAsked, Read
from services.kit.web.released import ReleasedRecord
from services.kit.web.routing import router

routes = router("/v1/incentive", tag="plans")

SeesPlans = Annotated[
    Caller, permit(Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE, Role.HR, Role.TALENT, Role.AUDITOR)
]
RuleField = Annotated[
    Rule, Exact(), Field(description="Rule by which the bonus is calculated: a kind and its parameters.")
]
PolicyField = Annotated[
    Policy, Exact(), Field(description="Policy of the plan: its coefficients, limits and eligibility.")
]


class PlanRequest(Model):
    """A bonus plan, or the next version of the plan with this code."""

    code: CodeText = Field(description="Code of the plan.", examples=["QB"])
    name: Label = Field(description="Name in Chinese.", examples=["季度奖金"])
    name_en: Label = Field(description="Name in English.", examples=["Quarterly bonus"])
    rule: RuleField
    policy: Annotated[Policy, Exact()] = Field(
        default_factory=Policy, description="Policy of the plan; left out if the rule needs none."
    )
    valid_from: Day = Field(description="First day on which it is in force.", examples=["2026-01-01"])
    valid_to: Day | None = Field(default=None, description="Last day, included; null if open-ended.", examples=[None])
    note: Prose | None = Field(default=None, description="Reason for the plan or the version.", examples=["2026 版"])


class Plan(ReleasedRecord):
    """One version of a plan, never changed."""

    code: str = Field(description="Code of the plan.", examples=["QB"])
    version: int = Field(description="Number of the version, from 1.", examples=[1])
    name: str = Field(description="Name in Chinese.", examples=["季度奖金"])
    name_en: str = Field(description="Name in English.", examples=["Quarterly bonus"])
    rule: RuleField
    policy: PolicyField
    valid_from: date = Field(description="First day on which it is in force.", examples=["2026-01-01"])
    valid_to: date | None = Field(description="Last day, included; null if open-ended.", examples=[None])
    note: str | None = Field(description="Reason for the plan or the version.", examples=["2026 版"])


class PlanFinding(Model):
    """Something in a version that is probably a mistake."""

    kind: FindingKind = Field(description="Kind of the finding.", examples=["grade_missing"])
    pointer: str = Field(
        description="JSON pointer to the place in the version.", examples=["/policy/grade_coefficients"]
    )
    message: str = Field(
        description="Description in the language of `Accept-Language`.", examples=["没有等级 D 的系数"]
    )


class PlanVersionRefusal(Model):
    """The reason for refusing a version."""

    reason: Prose = Field(
        description="Reason, shown to the person who created the version.", examples=["系数与年度方案不符"]
    )


@routes.post("/plans", status_code=201, response_model=Plan, summary="Create a plan or its next version")
async def create_plan_version(
    uow: CompanyCompensationUnitOfWork,
    body: Annotated[PlanRequest, Body(openapi_examples=PLAN_EXAMPLES)],
) -> dict[str, Any]:
    """Creates a plan or its next version, which a second person has to release. A run uses the newest released
    version in force on the last day of its period.
    """
    record = await usecases.create_plan_version(
        uow,
        code=body.code,
        name=Text(body.name, body.name_en),
        rule=body.rule,
        policy=body.policy,
        validity=_validity(body),
        note=body.note,
    )
    return _plan(record)


@routes.get("/plans", response_model=Page[Plan], summary="List versions of plans")
async def list_plan_versions(
    session: Read,
    caller: SeesPlans,
    paging: PageAsked,
    code: Annotated[CodeText | None, Query(description="Only versions of this plan.")] = None,
    as_of: Annotated[Day | None, Query(description="Only versions in force on this day.")] = None,
) -> dict[str, Any]:
    """Versions of plans, by code and version."""
    return (await usecases.list_plans(session, code=code, as_of=as_of, paging=paging)).written(_plan)


@routes.get("/plans/{plan_id}", response_model=Plan, summary="Read one version of a plan")
async def get_plan_version(
    session: Read,
    caller: SeesPlans,
    plan_id: Annotated[Id, Path(description="Id of the version.")],
) -> dict[str, Any]:
    """Returns one version by its id."""
    record = await usecases.read_plan(session, version_id=plan_id)
    return _plan(record)


@routes.get(
    "/plans/{plan_id}/findings",
    response_model=list[PlanFinding],
    summary="List findings about a version of a plan",
)
async def list_plan_findings(
    session: Read,
    caller: SeesPlans,
    plan_id: Annotated[Id, Path(description="Id of the version.")],
    language: AcceptedLanguage,
) -> list[dict[str, Any]]:
    """Reports grades without a coefficient, days without a version, limits below what everyone earns, and two plans
    that pay the same bonus. An empty list means no findings.
    """
    found = await usecases.list_findings(session, version_id=plan_id)
    return [{**vars(each), "message": each.message.in_language(language)} for each in found]


@routes.post("/plans/{plan_id}/release", response_model=Plan, summary="Release a version of a plan")
async def release_plan_version(
    uow: CompanyCompensationUnitOfWork,
    plan_id: Annotated[Id, Path(description="Id of the version.")],
    revision: IfMatch,
    accept_findings: Annotated[
        bool, Query(description="Release it despite findings, which the caller has reviewed.")
    ] = False,
) -> dict[str, Any]:
    """A second person releases the version. Not allowed for the person who created it. A version with findings is
    refused unless they are accepted.
    """
    record = await usecases.decide_version(
        uow,
        version_id=plan_id,
        action=ReleaseAction.RELEASE,
        revision=revision,
        accepts_findings=accept_findings,
    )
    return _plan(record)


@routes.post("/plans/{plan_id}/refuse", response_model=Plan, summary="Refuse a version of a plan")
async def refuse_plan_version(
    uow: CompanyCompensationUnitOfWork,
    plan_id: Annotated[Id, Path(description="Id of the version.")],
    body: PlanVersionRefusal,
    revision: IfMatch,
) -> dict[str, Any]:
    """The person who created it withdraws it in the same way."""
    record = await usecases.decide_version(
        uow, version_id=plan_id, action=ReleaseAction.REFUSE, revision=revision, reason=body.reason
    )
    return _plan(record)


def _validity(body: PlanRequest) -> Period:
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


def _plan(record: PlanRecord) -> dict[str, Any]:
    version = record.version
    return {
        **{name: getattr(version, name) for name in ("id", "code", "version", "rule", "policy")},
        "name": version.name.zh,
        "name_en": version.name.en,
        "valid_from": version.validity.start,
        "valid_to": version.validity.last,
        "note": record.note,
        **vars(record.release),
    }
