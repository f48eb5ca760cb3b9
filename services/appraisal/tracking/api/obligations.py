"""/v1/appraisal/obligations: what somebody owes because of an alert, an incident or a work standard (APR-07)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork, HrUnitOfWork
from services.appraisal.schemas import DecisionReason, Reason, RevisionField
from services.appraisal.tracking.domain import obligation as domain
from services.appraisal.tracking.domain.obligation import Demand, ObligationState
from services.appraisal.tracking.usecases import obligation_owners, obligations
from services.appraisal.tracking.usecases.obligations import ObligationFilter
from services.kit.database.pages import Page
from services.kit.errors import Language
from services.kit.fields import Model, Prose
from services.kit.web.application import AcceptedLanguage, IfMatch, Now, PageAsked, Read
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/obligations", tag="obligations")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
ObligationPath = Annotated[UUID, Path(description="The obligation.", examples=[_ID])]
Origin = Literal["alert", "incident", "standard"]


class Submission(Model):
    """What is handed in."""

    submission: Prose = Field(
        description="The report, explanation or plan, or where it lies.",
        examples=["线索转化率下降系春节淡季所致，已调整投放节奏。"],
    )


class AcceptanceNote(Model):
    """What the superior says with the acceptance."""

    note: Prose | None = Field(default=None, description="A remark, kept with the decision.", examples=["同意"])


class ObligationAssignment(Model):
    """Somebody else who is to owe it."""

    owner_id: UUID = Field(description="The employee who is to owe it.", examples=[_ID])
    reason: Reason


class Obligation(Model):
    """What somebody owes, why, by when, and what became of it."""

    id: UUID = Field(description="The obligation.", examples=[_ID])
    origin: Origin = Field(description="What it comes from.", examples=["alert"])
    demand: Demand = Field(description="What has to be handed in.", examples=["analysis_report"])
    title: str = Field(
        description="What it is about.", examples=["提交专项分析报告：华东大区 2026 年 3 月“线索转化率”预警"]
    )
    reason: str = Field(
        description="Why, with the figures.", examples=["较上月下降：本月 8，上月 10，下降 20%，超过 15%"]
    )
    subject_kind: SubjectKind | None = Field(description="What was measured, of an alert.", examples=["unit"])
    subject_code: str | None = Field(description="Its employee number or unit code.", examples=["D12"])
    owner_id: UUID | None = Field(description="The employee who owes it; null: HR of the unit does.", examples=[_ID])
    owner_name: str | None = Field(description="Name of that employee, if known.", examples=["陈志强"])
    due_at: datetime = Field(description="The first instant that is too late.", examples=["2026-04-08T16:00:00Z"])
    late: bool = Field(description="Whether it was, or is, not handed in by then.", examples=[False])
    state: ObligationState = Field(description="Where it stands.", examples=["open"])
    revision: RevisionField
    opened_at: datetime = Field(description="When it was opened.", examples=["2026-04-02T01:00:00Z"])
    submission: str | None = Field(description="What was handed in last.", examples=[None])
    submitted_by_name: str | None = Field(description="Who handed it in.", examples=[None])
    submitted_at: datetime | None = Field(description="When.", examples=[None])
    decision: str | None = Field(description="What was said with the last decision.", examples=[None])
    decided_by_name: str | None = Field(description="Who decided.", examples=[None])
    decided_at: datetime | None = Field(description="When.", examples=[None])


@routes.get("", summary="List obligations")
async def list_obligations(
    caller: AnyCaller,
    session: Read,
    paging: PageAsked,
    now: Now,
    language: AcceptedLanguage,
    state: Annotated[ObligationState | None, Query(description="Only in this state.")] = None,
    origin: Annotated[Origin | None, Query(description="Only of this origin.")] = None,
    owner_id: Annotated[UUID | None, Query(description="Only what this employee owes.")] = None,
    unit_id: Annotated[UUID | None, Query(description="Only of this unit and everything beneath it.")] = None,
    overdue: Annotated[bool | None, Query(description="Only open ones after their deadline, or all others.")] = None,
) -> Page[Obligation]:
    """What the caller, or somebody below them, owes; HR, auditors and executives see those of their units."""
    wanted = ObligationFilter(state, origin, owner_id, unit_id, overdue)
    found = await obligations.list_obligations(session, caller=caller, wanted=wanted, paging=paging, now=now)
    return Page[Obligation].model_validate(found.written(lambda each: _written(each, now, language)))


@routes.get("/{obligation_id}", summary="Read an obligation")
async def get_obligation(
    obligation_id: ObligationPath,
    caller: AnyCaller,
    session: Read,
    now: Now,
    language: AcceptedLanguage,
) -> Obligation:
    """One obligation, for the owner, those above them, and HR, auditors and executives over the unit."""
    found = await obligations.read(session, caller=caller, obligation_id=obligation_id)
    return _written(found, now, language)


@routes.post("/{obligation_id}/submit", summary="Hand in what is owed")
@answers_with(
    state="submitted", submission="已调整投放节奏。", submitted_by_name="陈志强", submitted_at="2026-04-02T02:00:00Z"
)
async def submit_obligation(
    obligation_id: ObligationPath,
    body: Submission,
    uow: AnyCallerUnitOfWork,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> Obligation:
    """Hand in the report, explanation or plan; it then waits for the superior."""
    found = await obligations.submit(uow, obligation_id=obligation_id, revision=revision, submission=body.submission)
    return _written(found, uow.now, language)


@routes.post("/{obligation_id}/accept", summary="Accept what was handed in")
@answers_with(
    state="accepted",
    submission="已调整投放节奏。",
    submitted_by_name="陈志强",
    submitted_at="2026-04-02T02:00:00Z",
    decided_by_name="林晓燕",
    decided_at="2026-04-16T02:30:00Z",
    decision="同意",
)
async def accept_obligation(
    obligation_id: ObligationPath,
    body: AcceptanceNote,
    uow: AnyCallerUnitOfWork,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> Obligation:
    """Accept it as it was seen: somebody above the owner, or HR over the unit."""
    found = await obligations.accept(uow, obligation_id=obligation_id, revision=revision, note=body.note)
    return _written(found, uow.now, language)


@routes.post("/{obligation_id}/return", summary="Return what was handed in")
@answers_with(
    state="open",
    submission="已调整投放节奏。",
    submitted_by_name="陈志强",
    submitted_at="2026-04-02T02:00:00Z",
    decided_by_name="林晓燕",
    decided_at="2026-04-16T02:30:00Z",
    decision="请补充数据",
)
async def return_obligation(
    obligation_id: ObligationPath,
    body: DecisionReason,
    uow: AnyCallerUnitOfWork,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> Obligation:
    """Return it with a reason; the owner has the same time again."""
    found = await obligations.send_back(uow, obligation_id=obligation_id, revision=revision, reason=body.reason)
    return _written(found, uow.now, language)


@routes.post("/{obligation_id}/assign", summary="Assign an obligation to somebody else")
async def assign_obligation(
    obligation_id: ObligationPath,
    body: ObligationAssignment,
    uow: HrUnitOfWork,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> Obligation:
    """Let somebody else owe what is open, with the whole time again and a reason (HR over the unit)."""
    found = await obligation_owners.assign(
        uow, obligation_id=obligation_id, revision=revision, owner_id=body.owner_id, reason=body.reason
    )
    return _written(found, uow.now, language)


@routes.post("/{obligation_id}/withdraw", summary="Withdraw an obligation")
@answers_with(state="withdrawn", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z", decision="数据已更正")
async def withdraw_obligation(
    obligation_id: ObligationPath,
    body: DecisionReason,
    uow: HrUnitOfWork,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> Obligation:
    """Let an obligation go, with a reason (HR over the unit)."""
    found = await obligations.withdraw(uow, obligation_id=obligation_id, revision=revision, reason=body.reason)
    return _written(found, uow.now, language)


def _written(found: domain.Obligation, now: datetime, language: Language) -> Obligation:
    named = ("title", "reason", "owner_id", "owner_name", "late", "decision")
    same = {name: getattr(found, name) for name in Obligation.model_fields if name not in named}
    return Obligation(
        **same,
        title=found.title.in_language(language),
        reason=found.reason.in_language(language),
        owner_id=found.owner.employee_id,
        owner_name=found.owner.name,
        late=found.late(now),
        decision=domain.UNMADE.in_language(language) if found.withdrawn_by_system else found.decision,
    )
