"""/v1/appraisal/corrections: changes of results after closing, by two people (APR-14)."""

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
from services.appraisal.decisions.domain.appeal import CorrectionState
from services.appraisal.decisions.usecases import corrections
from services.appraisal.library.domain.grade import Grade
from services.appraisal.permissions import ApproverUnitOfWork, CorrectionReader, HrUnitOfWork
from services.appraisal.schemas import (
    ActedAt,
    CorrectionPath,
    CycleCode,
    CycleId,
    CycleName,
    DecisionReason,
    PersonId,
    PersonName,
    ResultId,
    ResultPath,
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
from services.kit.fields import ExactDecimal, Id, Model
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import answers_with, located, router

routes = router("/v1/appraisal", tag="appeals")


class ResultChange(Model):
    """The change that a correction requests: another grade, another total or a new calculation."""

    grade: Grade | None = Field(description="Grade requested.", examples=["B"])
    total: ExactDecimal | None = Field(description="Total requested.", examples=["84.99"])
    rescore: bool = Field(description="Whether a new calculation is requested.", examples=[False])


class Correction(Model):
    """A correction of a closed result and its decision."""

    id: Id = Field(description="Id of the correction.", examples=["01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"])
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
    change: ResultChange = Field(description="What is asked for.")
    reason: str = Field(description="Reason for the correction.", examples=["审计发现重复计入"])
    requested_by: PersonId
    requested_by_name: PersonName
    requested_at: ActedAt
    state: CorrectionState = Field(description="State of the correction.", examples=["requested"])
    revision: RevisionField
    decision: DecisionText
    decided_by: DecidedBy
    decided_by_name: DecidedByName
    decided_at: DecidedAt
    new_version: NewVersion


@routes.post("/results/{result_id}/corrections", status_code=201, summary="Request a correction")
@located("/v1/appraisal/corrections/{id}")
async def request_correction(result_id: ResultPath, body: ResultDecision, uow: HrUnitOfWork) -> Correction:
    """HR requests a change of a closed result; a second person approves it."""
    requested = await corrections.request_correction(
        uow, result_id=result_id, result_version=body.result_version, decision=body.decision(), reason=body.reason
    )
    return _written(requested)


@routes.get("/corrections", summary="List corrections")
async def list_corrections(
    caller: CorrectionReader,
    session: Read,
    paging: PageAsked,
    cycle_id: Annotated[UUID | None, Query(description="Only corrections in this cycle.")] = None,
    state: Annotated[CorrectionState | None, Query(description="Only corrections in this state.")] = None,
) -> Page[Correction]:
    """Corrections in the scope of the caller's HR, executive or auditor role."""
    found = await corrections.list_corrections(session, caller=caller, paging=paging, cycle_id=cycle_id, state=state)
    return Page[Correction].model_validate(found.written(_written))


@routes.get("/corrections/{correction_id}", summary="Read a correction")
async def get_correction(correction_id: CorrectionPath, caller: CorrectionReader, session: Read) -> Correction:
    """A correction in the scope of the caller's HR, executive or auditor role."""
    found = await corrections.get_correction(session, caller=caller, correction_id=correction_id)
    return _written(found)


@routes.post("/corrections/{correction_id}/approve", summary="Approve a correction")
@answers_with(state="approved", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z", decision="核对无误")
async def approve_correction(
    correction_id: CorrectionPath, body: DecisionReason, uow: ApproverUnitOfWork, revision: IfMatch
) -> Correction:
    """Approves a correction and gives the result a new version. Not allowed for the person who requested it or the
    person concerned.
    """
    approved = await corrections.approve_correction(
        uow, correction_id=correction_id, revision=revision, reason=body.reason
    )
    return _written(approved)


@routes.post("/corrections/{correction_id}/refuse", summary="Refuse a correction")
@answers_with(state="refused", decided_by_name="林晓燕", decided_at="2026-04-16T02:30:00Z", decision="原结果无误")
async def refuse_correction(
    correction_id: CorrectionPath, body: DecisionReason, uow: ApproverUnitOfWork, revision: IfMatch
) -> Correction:
    """Refuses a correction; the result is unchanged. Not allowed for the person who requested it or the person
    concerned.
    """
    refused = await corrections.refuse_correction(
        uow, correction_id=correction_id, revision=revision, reason=body.reason
    )
    return _written(refused)


def _written(found: corrections.Correction) -> Correction:
    row, form = found.correction, found.form
    same = {name: getattr(row, name) for name in Correction.model_fields if hasattr(row, name)}
    subject = {name: getattr(form, name) for name in Correction.model_fields if name.startswith(("subject_", "unit_"))}
    cycle = {"cycle_code": found.cycle.code, "cycle_name": found.cycle.name}
    return Correction.model_validate({**same, **subject, **cycle})
