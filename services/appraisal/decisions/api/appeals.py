"""/v1/appraisal/appeals: objections to published results (APR-13)."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.decisions.api.decision_fields import (
    DecidedAt,
    DecidedBy,
    DecidedByName,
    DecisionText,
    NewVersion,
    ResultDecision,
)
from services.appraisal.decisions.domain.appeal import AppealState
from services.appraisal.decisions.usecases import appeals
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork, HrUnitOfWork
from services.appraisal.schemas import (
    ActedAt,
    AppealPath,
    CycleCode,
    CycleId,
    CycleName,
    DecisionReason,
    PersonId,
    PersonName,
    ResultId,
    ResultVersion,
    RevisionField,
    SubjectCode,
    SubjectId,
    SubjectName,
    SubjectNameEn,
    UnitId,
    UnitName,
    UnitNameEn,
)
from services.kit.database.pages import Page
from services.kit.fields import Id, Model, Prose
from services.kit.web.application import Context, IfMatch, PageAsked, Read
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/appeals", tag="appeals")


class AppealRequest(Model):
    """An appeal against one's own published result."""

    result_id: ResultId
    result_version: ResultVersion
    grounds: Prose = Field(description="Grounds of the appeal.", examples=["2 月系统故障，三笔订单未计入"])


class AppealRejection(DecisionReason):
    """The rejection of an appeal; the result version that was seen is upheld."""

    result_version: ResultVersion


class Appeal(Model):
    """An appeal and its decision."""

    id: Id = Field(description="Id of the appeal.", examples=["01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"])
    cycle_id: CycleId
    cycle_code: CycleCode
    cycle_name: CycleName
    result_id: ResultId
    result_version: ResultVersion
    subject_id: SubjectId
    subject_code: SubjectCode
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    unit_id: UnitId
    unit_name: UnitName
    unit_name_en: UnitNameEn
    grounds: str = Field(description="Grounds of the appeal, in the words of the subject.", examples=["系统故障"])
    filed_by: PersonId
    filed_by_name: PersonName
    filed_at: ActedAt
    state: AppealState = Field(description="State of the appeal.", examples=["filed"])
    revision: RevisionField
    decision: DecisionText
    decided_by: DecidedBy
    decided_by_name: DecidedByName
    decided_at: DecidedAt
    new_version: NewVersion


@routes.post("", status_code=201, summary="Appeal against a result")
async def file_appeal(body: AppealRequest, uow: AnyCallerUnitOfWork, context: Context) -> Appeal:
    """Files an appeal against the caller's own result, until the end of the last day of the public notice. Only one
    appeal per result is possible.
    """
    filed = await appeals.file_appeal(uow, **body.model_dump(), zone=context.zone)
    return _written(filed)


@routes.get("", summary="List appeals")
async def list_appeals(
    caller: AnyCaller,
    session: Read,
    paging: PageAsked,
    cycle_id: Annotated[UUID | None, Query(description="Only appeals in this cycle.")] = None,
    state: Annotated[AppealState | None, Query(description="Only appeals in this state.")] = None,
) -> Page[Appeal]:
    """The caller's own appeals; HR and auditors see those of their units."""
    found = await appeals.list_appeals(session, caller=caller, paging=paging, cycle_id=cycle_id, state=state)
    return Page[Appeal].model_validate(found.written(_written))


@routes.get("/{appeal_id}", summary="Read an appeal")
async def get_appeal(appeal_id: AppealPath, caller: AnyCaller, session: Read) -> Appeal:
    """An appeal, for the person who filed it, HR and auditors."""
    return _written(await appeals.get_appeal(session, caller=caller, appeal_id=appeal_id))


@routes.post("/{appeal_id}/accept", summary="Accept an appeal")
@answers_with(state="accepted", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z", decision="补录后重算")
async def accept_appeal(appeal_id: AppealPath, body: ResultDecision, uow: HrUnitOfWork, revision: IfMatch) -> Appeal:
    """HR accepts the appeal and gives the result a new version. If it has a newer version than the one seen, this is
    refused as result_changed.
    """
    accepted = await appeals.accept_appeal(
        uow,
        appeal_id=appeal_id,
        revision=revision,
        result_version=body.result_version,
        decision=body.decision(),
        reason=body.reason,
    )
    return _written(accepted)


@routes.post("/{appeal_id}/reject", summary="Reject an appeal")
@answers_with(state="rejected", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z", decision="核对无误")
async def reject_appeal(appeal_id: AppealPath, body: AppealRejection, uow: HrUnitOfWork, revision: IfMatch) -> Appeal:
    """HR rejects the appeal and upholds the result. If it has a newer version than the one seen, this is refused as
    result_changed.
    """
    rejected = await appeals.reject_appeal(uow, appeal_id=appeal_id, revision=revision, **body.model_dump())
    return _written(rejected)


def _written(found: appeals.Appeal) -> Appeal:
    row, form = found.appeal, found.form
    same = {name: getattr(row, name) for name in Appeal.model_fields if hasattr(row, name)}
    subject = {name: getattr(form, name) for name in Appeal.model_fields if name.startswith(("subject_", "unit_"))}
    cycle = {"cycle_code": found.cycle.code, "cycle_name": found.cycle.name}
    return Appeal.model_validate({**same, **subject, **cycle})
