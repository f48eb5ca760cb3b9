"""/v1/incentive/plans: versioned bonus plans (INC-02)."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Body, Path, Query, Response
from pydantic import Field

from services.incentive.permissions import CompanyCompensationUnitOfWork
from services.incentive.plans.api.examples import PLAN_EXAMPLES
from services.incentive.plans.domain.lint import FindingKind
from services.incentive.plans.domain.plan import PlanRecord
from services.incentive.plans.domain.policy import Policy
from services.incentive.plans.domain.rules import Rule
from services.incentive.plans.usecases import plans as usecases
from services.kit.callers import permit
from services.kit.codec import Exact
from services.kit.errors import FieldError, Text
from services.kit.fields import CodeText, Id, Label, Model, Prose
from services.kit.identity import Caller, Role
from services.kit.pages import Page
from services.kit.periods import LastDayUnreachable, Period, PeriodReversed
from services.kit.release import ReleaseAction, ReleaseState
from services.kit.routing import router
from services.kit.web import AcceptedLanguage, IfMatch, PageAsked, Read, tag

routes = router("/v1/incentive", tag="plans")

SeesPlans = Annotated[
    Caller, permit(Role.COMPENSATION, Role.FINANCE, Role.EXECUTIVE, Role.HR, Role.TALENT, Role.AUDITOR)
]
RuleField = Annotated[Rule, Exact(), Field(description="How the bonus is calculated: a kind and its parameters.")]
PolicyField = Annotated[Policy, Exact(), Field(description="The figures of the plan.")]


class PlanRequest(Model):
    """A bonus plan, or the next version of the one with this code."""

    code: CodeText = Field(description="Code of the plan.", examples=["QB"])
    name: Label = Field(description="Name in Chinese.", examples=["季度奖金"])
    name_en: Label = Field(description="Name in English.", examples=["Quarterly bonus"])
    rule: RuleField
    policy: Annotated[Policy, Exact()] = Field(
        default_factory=Policy, description="The figures of the plan; left out where the rule needs none."
    )
    valid_from: date = Field(description="First day on which it is in force.", examples=["2026-01-01"])
    valid_to: date | None = Field(default=None, description="Last day, included; null: open.", examples=[None])
    note: Prose | None = Field(default=None, description="Why the plan or the version was made.", examples=["2026 版"])


class Plan(Model):
    """One version of a plan, never changed."""

    id: Id = Field(description="Id of the version.", examples=["01980000-0000-7000-8000-0000000000f1"])
    code: str = Field(description="Code of the plan.", examples=["QB"])
    version: int = Field(description="Number of the version, from 1.", examples=[1])
    name: str = Field(description="Name in Chinese.", examples=["季度奖金"])
    name_en: str = Field(description="Name in English.", examples=["Quarterly bonus"])
    rule: RuleField
    policy: PolicyField
    valid_from: date = Field(description="First day on which it is in force.", examples=["2026-01-01"])
    valid_to: date | None = Field(description="Last day, included; null: open.", examples=[None])
    note: str | None = Field(description="Why the plan or the version was made.", examples=["2026 版"])
    state: ReleaseState = Field(description="Bonuses are calculated by released versions alone.", examples=["proposed"])
    revision: int = Field(description="For If-Match.", examples=[1])
    created_at: datetime = Field(description="When it was created.", examples=["2026-01-05T09:00:00+08:00"])
    created_by_name: str = Field(description="Who created it; somebody else releases it.", examples=["程雅琴"])
    decided_at: datetime | None = Field(description="When it was released or refused.", examples=[None])
    decided_by_name: str | None = Field(description="Who released or refused it.", examples=[None])
    reason: str | None = Field(description="Why it was refused.", examples=[None])


class PlanFinding(Model):
    """Something in a version that is probably not meant so."""

    kind: FindingKind = Field(description="What sort of thing it is.", examples=["grade_missing"])
    pointer: str = Field(description="Where in the version.", examples=["/policy/grade_coefficients"])
    message: str = Field(description="What it is, in the language asked for.", examples=["没有等级 D 的系数"])


class PlanVersionRefusal(Model):
    """Why a version is refused."""

    reason: Prose = Field(description="For whoever created it.", examples=["系数与年度方案不符"])


@routes.post("/plans", status_code=201, response_model=Plan, summary="Create a plan or its next version")
async def create_plan_version(
    uow: CompanyCompensationUnitOfWork,
    body: Annotated[PlanRequest, Body(openapi_examples=PLAN_EXAMPLES)],
    response: Response,
) -> dict[str, Any]:
    """Another person releases it; a run takes the newest released version in force on the last day of its period."""
    record = await usecases.create_plan_version(
        uow,
        code=body.code,
        name=Text(body.name, body.name_en),
        rule=body.rule,
        policy=body.policy,
        validity=_validity(body),
        note=body.note,
    )
    response.headers["Location"] = f"/v1/incentive/plans/{record.version.id}"
    tag(response, record.release.revision)
    return _plan(record)


@routes.get("/plans", response_model=Page[Plan], summary="List versions of plans")
async def list_plan_versions(
    session: Read,
    caller: SeesPlans,
    paging: PageAsked,
    code: Annotated[CodeText | None, Query(description="Only versions of this plan.")] = None,
    as_of: Annotated[date | None, Query(description="Only versions in force on this day.")] = None,
) -> dict[str, Any]:
    """By code and version."""
    return (await usecases.list_plans(session, code=code, as_of=as_of, paging=paging)).written(_plan)


@routes.get("/plans/{plan_id}", response_model=Plan, summary="Read one version of a plan")
async def get_plan_version(
    session: Read,
    caller: SeesPlans,
    plan_id: Annotated[Id, Path(description="Id of the version.")],
    response: Response,
) -> dict[str, Any]:
    """By its id."""
    record = await usecases.read_plan(session, version_id=plan_id)
    tag(response, record.release.revision)
    return _plan(record)


@routes.get(
    "/plans/{plan_id}/findings",
    response_model=list[PlanFinding],
    summary="List what to look at before a version is released",
)
async def list_plan_findings(
    session: Read,
    caller: SeesPlans,
    plan_id: Annotated[Id, Path(description="Id of the version.")],
    language: AcceptedLanguage,
) -> list[dict[str, Any]]:
    """A grade without coefficient, days without a version, a limit below what everybody earns, two plans that pay the
    same; none: nothing was found.
    """
    found = await usecases.list_findings(session, version_id=plan_id)
    return [{**vars(each), "message": each.message.in_language(language)} for each in found]


@routes.post("/plans/{plan_id}/release", response_model=Plan, summary="Release a version of a plan")
async def release_plan_version(
    uow: CompanyCompensationUnitOfWork,
    plan_id: Annotated[Id, Path(description="Id of the version.")],
    revision: IfMatch,
    response: Response,
    accept_findings: Annotated[  # noqa: FBT002 - a query
        bool, Query(description="Release it although there are findings, which the caller has looked at.")
    ] = False,
) -> dict[str, Any]:
    """By somebody other than who created it. A version with findings is refused unless they are accepted."""
    record = await usecases.decide_version(
        uow,
        version_id=plan_id,
        action=ReleaseAction.RELEASE,
        revision=revision,
        accepts_findings=accept_findings,
    )
    tag(response, record.release.revision)
    return _plan(record)


@routes.post("/plans/{plan_id}/refuse", response_model=Plan, summary="Refuse a version of a plan")
async def refuse_plan_version(
    uow: CompanyCompensationUnitOfWork,
    plan_id: Annotated[Id, Path(description="Id of the version.")],
    body: PlanVersionRefusal,
    revision: IfMatch,
    response: Response,
) -> dict[str, Any]:
    """Whoever created it takes it back in this way."""
    record = await usecases.decide_version(
        uow, version_id=plan_id, action=ReleaseAction.REFUSE, revision=revision, reason=body.reason
    )
    tag(response, record.release.revision)
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
        "state": record.release.state,
        "revision": record.release.revision,
        "created_at": record.release.entered_at,
        "created_by_name": record.release.entered_by_name,
        "decided_at": record.release.decided_at,
        "decided_by_name": record.release.decided_by_name,
        "reason": record.release.decision,
    }
