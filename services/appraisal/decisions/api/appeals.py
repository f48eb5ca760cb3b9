"""/v1/appraisal/appeals and /v1/appraisal/corrections: objections, and changes after closing (APR-13, APR-14)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.decisions.domain.appeal import AppealState, CorrectionState
from services.appraisal.decisions.store import appeals as store
from services.appraisal.decisions.store.tables import AppealRow, CorrectionRow
from services.appraisal.decisions.usecases import appeals, corrections
from services.appraisal.library.domain.grade import Grade
from services.appraisal.permissions import (
    AnyCaller,
    AnyCallerUnitOfWork,
    ApproverUnitOfWork,
    CorrectionReader,
    HrNowUnitOfWork,
)
from services.appraisal.scoring.domain.decision import Decision
from services.kit.fields import ExactDecimal, Model, Prose, Score
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import Context, PageAsked, Read

routes = router("/v1/appraisal", tag="appeals")


class NewAppeal(Model):
    """An objection to one's own published result."""

    result_id: UUID
    grounds: Prose


class Decided(Model):
    """Exactly one of: another grade, another total (its grade follows), or compute anew from present inputs."""

    grade: Grade | None = None
    total: Score | None = None
    rescore: bool = Field(default=False, description="compute again from present actuals; 360 groups stay as counted")
    reason: Prose

    def decision(self) -> Decision:
        """The decision, checked."""
        return Decision(self.grade, self.total, self.rescore)


class Reason(Model):
    """Why."""

    reason: Prose


class Appeal(Model):
    """An appeal and what became of it."""

    id: UUID
    cycle_id: UUID
    result_id: UUID
    result_version: int
    subject_code: str
    subject_name: str
    grounds: str
    filed_at: datetime
    state: AppealState
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    new_version: int | None


class Change(Model):
    """What a correction asks for."""

    grade: Grade | None
    total: ExactDecimal | None
    rescore: bool


class Correction(Model):
    """A correction after closing and what became of it."""

    id: UUID
    cycle_id: UUID
    result_id: UUID
    result_version: int
    subject_code: str
    subject_name: str
    change: Change
    reason: str
    requested_by: str
    requested_at: datetime
    state: CorrectionState
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    new_version: int | None


@routes.post("/appeals", status_code=201)
async def file_appeal(body: NewAppeal, uow: AnyCallerUnitOfWork, context: Context) -> Appeal:
    """Object to my result, until the last second of the publicity window."""
    row = await appeals.file(uow, result_id=body.result_id, grounds=body.grounds, zone=context.zone)
    return _appeal(*await appeals.visible(uow.session, caller=uow.caller, appeal_id=row.id))


@routes.get("/appeals")
async def list_appeals(
    caller: AnyCaller,
    session: Read,
    paging: PageAsked,
    cycle_id: Annotated[UUID | None, Query()] = None,
    state: Annotated[AppealState | None, Query()] = None,
) -> Page[Appeal]:
    """My appeals; HR sees those of her units."""
    found = await store.listed(session, caller, paging, cycle_id=cycle_id, state=state.value if state else None)
    return Page[Appeal].model_validate(found.written(lambda row: _appeal(row[0], row[1])))


@routes.get("/appeals/{appeal_id}")
async def read_appeal(appeal_id: UUID, caller: AnyCaller, session: Read) -> Appeal:
    """An appeal, for whoever filed it and HR."""
    return _appeal(*await appeals.visible(session, caller=caller, appeal_id=appeal_id))


@routes.post("/appeals/{appeal_id}/uphold")
async def uphold_appeal(appeal_id: UUID, body: Decided, uow: HrNowUnitOfWork) -> Appeal:
    """Give the appeal its way: the result gets a new version (HR)."""
    await appeals.uphold(uow, appeal_id=appeal_id, decision=body.decision(), reason=body.reason)
    return _appeal(*await appeals.visible(uow.session, caller=uow.caller, appeal_id=appeal_id))


@routes.post("/appeals/{appeal_id}/reject")
async def reject_appeal(appeal_id: UUID, body: Reason, uow: HrNowUnitOfWork) -> Appeal:
    """Turn the appeal down; the result stands (HR)."""
    await appeals.reject(uow, appeal_id=appeal_id, reason=body.reason)
    return _appeal(*await appeals.visible(uow.session, caller=uow.caller, appeal_id=appeal_id))


@routes.post("/results/{result_id}/corrections", status_code=201)
async def ask_correction(result_id: UUID, body: Decided, uow: HrNowUnitOfWork) -> Correction:
    """Ask for a change of a closed result (HR); a second person approves it."""
    row = await corrections.ask(uow, result_id=result_id, decision=body.decision(), reason=body.reason)
    return _correction(*await corrections.visible(uow.session, caller=uow.caller, correction_id=row.id))


@routes.get("/corrections")
async def list_corrections(caller: CorrectionReader, session: Read, paging: PageAsked) -> Page[Correction]:
    """Corrections in the caller's scope."""
    found = await store.corrections(session, caller, paging)
    return Page[Correction].model_validate(found.written(lambda row: _correction(row[0], row[1])))


@routes.post("/corrections/{correction_id}/approve")
async def approve_correction(correction_id: UUID, body: Reason, uow: ApproverUnitOfWork) -> Correction:
    """Approve: the result gets a new version. Not for whoever asked, nor for the person concerned."""
    await corrections.approve(uow, correction_id=correction_id, reason=body.reason)
    return _correction(*await corrections.visible(uow.session, caller=uow.caller, correction_id=correction_id))


@routes.post("/corrections/{correction_id}/refuse")
async def refuse_correction(correction_id: UUID, body: Reason, uow: ApproverUnitOfWork) -> Correction:
    """Refuse: the result stands."""
    await corrections.refuse(uow, correction_id=correction_id, reason=body.reason)
    return _correction(*await corrections.visible(uow.session, caller=uow.caller, correction_id=correction_id))


def _appeal(row: AppealRow, form: FormRow) -> Appeal:
    same = {name: getattr(row, name) for name in Appeal.model_fields if hasattr(row, name)}
    subject = {"subject_code": form.subject_code, "subject_name": form.subject_name}
    return Appeal.model_validate({**same, **subject, "decided_by": row.decided_by_name})


def _correction(row: CorrectionRow, form: FormRow) -> Correction:
    same = {name: getattr(row, name) for name in Correction.model_fields if hasattr(row, name)}
    subject = {"subject_code": form.subject_code, "subject_name": form.subject_name}
    people = {"requested_by": row.requested_by_name, "decided_by": row.decided_by_name}
    return Correction.model_validate({**same, **subject, **people})
