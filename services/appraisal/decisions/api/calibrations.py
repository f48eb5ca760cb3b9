"""/v1/appraisal/calibrations: sessions about a unit, and grades adjusted in them (APR-12)."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.decisions.domain.calibration import CalibrationState
from services.appraisal.decisions.usecases import calibrations
from services.appraisal.library.domain.grade import Grade
from services.appraisal.permissions import HrUnitOfWork, Overseer
from services.appraisal.schemas import (
    ActedAt,
    CalibrationPath,
    CycleCode,
    CycleId,
    CycleName,
    GradeField,
    PersonId,
    PersonName,
    Reason,
    ResultId,
    ResultVersion,
    RevisionField,
    SubjectCode,
    SubjectId,
    SubjectName,
    SubjectNameEn,
    UnitNameEn,
)
from services.kit.database.pages import Page
from services.kit.fields import ExactDecimal, Id, Model
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import answers_with, located, router

routes = router("/v1/appraisal/calibrations", tag="calibrations")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
_QUOTA = "Largest share of people in percent, by grade and cumulative: S 10, A 30 means S ≤ 10 % and S + A ≤ 30 %."


class CalibrationRequest(Model):
    """A calibration session to be opened for the results of a unit's subtree."""

    cycle_id: CycleId
    unit_id: UUID = Field(description="Unit whose subtree is calibrated.", examples=[_ID])
    quota: dict[Grade, ExactDecimal] = Field(
        default_factory=dict, description=_QUOTA, examples=[{"S": "10", "A": "30"}]
    )


class Calibration(Model):
    """A calibration session for a unit's subtree."""

    id: Id = Field(description="Id of the calibration.", examples=[_ID])
    cycle_id: CycleId
    cycle_code: CycleCode
    cycle_name: CycleName
    unit_id: UUID = Field(description="Unit whose subtree is calibrated.", examples=[_ID])
    unit_name: str = Field(description="Name of that unit.", examples=["营销中心"])
    unit_name_en: UnitNameEn
    quota: dict[Grade, ExactDecimal] = Field(description=_QUOTA, examples=[{"S": "10", "A": "30"}])
    state: CalibrationState = Field(description="State: whether it is open.", examples=["open"])
    revision: RevisionField
    opened_by: PersonId
    opened_by_name: PersonName
    opened_at: ActedAt


class GradeAdjustmentRequest(Model):
    """A new grade for the version of a result that was seen."""

    result_id: ResultId
    result_version: ResultVersion
    grade: GradeField
    reason: Reason


class GradeAdjustment(Model):
    """A grade adjustment: grades before and after, reason and author."""

    id: Id = Field(description="Id of the adjustment.", examples=[_ID])
    calibration_id: Id = Field(description="Calibration in which it was made.", examples=[_ID])
    result_id: ResultId
    result_version: int = Field(description="Version of the result created by it.", examples=[2])
    subject_id: SubjectId
    subject_code: SubjectCode
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    grade_before: GradeField
    grade_after: GradeField
    reason: str = Field(description="Reason.", examples=["上年结转大单"])
    decided_by: PersonId
    decided_by_name: PersonName
    decided_at: ActedAt


@routes.post("", status_code=201, summary="Open a calibration")
async def open_calibration(body: CalibrationRequest, uow: HrUnitOfWork) -> Calibration:
    """Opens a calibration session for a unit's subtree, once the cycle is scored. For HR over the unit."""
    quota: dict[Grade, Decimal] = dict(body.quota)
    opened = await calibrations.open_calibration(uow, cycle_id=body.cycle_id, unit_id=body.unit_id, quota=quota)
    return _written(opened)


@routes.get("", summary="List calibrations")
async def list_calibrations(
    caller: Overseer,
    session: Read,
    paging: PageAsked,
    cycle_id: Annotated[UUID | None, Query(description="Only calibrations in this cycle.")] = None,
    unit_id: Annotated[UUID | None, Query(description="Only calibrations of this unit.")] = None,
    state: Annotated[CalibrationState | None, Query(description="Only calibrations in this state.")] = None,
) -> Page[Calibration]:
    """Calibration sessions of units in the caller's scope."""
    found = await calibrations.list_calibrations(
        session, caller=caller, paging=paging, cycle_id=cycle_id, unit_id=unit_id, state=state
    )
    return Page[Calibration].model_validate(found.written(_written))


@routes.get("/{calibration_id}", summary="Read a calibration")
async def get_calibration(calibration_id: CalibrationPath, caller: Overseer, session: Read) -> Calibration:
    """A calibration session of a unit in the caller's scope."""
    found = await calibrations.get_calibration(session, caller=caller, calibration_id=calibration_id)
    return _written(found)


@routes.post("/{calibration_id}/grade_adjustments", status_code=201, summary="Adjust a grade")
@located("/v1/appraisal/calibrations/{calibration_id}/grade_adjustments")
async def adjust_grade(
    calibration_id: CalibrationPath, body: GradeAdjustmentRequest, uow: HrUnitOfWork
) -> GradeAdjustment:
    """Adjusts a grade with a reason; the computed grade is kept beside it. If the result has a newer version than
    the one seen, this is refused as result_changed.
    """
    adjusted = await calibrations.adjust_grade(uow, calibration_id=calibration_id, **body.model_dump())
    return _adjustment(adjusted)


@routes.get("/{calibration_id}/grade_adjustments", summary="List adjusted grades")
async def list_grade_adjustments(
    calibration_id: CalibrationPath, caller: Overseer, session: Read, paging: PageAsked
) -> Page[GradeAdjustment]:
    """The grades adjusted in a calibration, in order."""
    found = await calibrations.list_grade_adjustments(
        session, caller=caller, calibration_id=calibration_id, paging=paging
    )
    return Page[GradeAdjustment].model_validate(found.written(_adjustment))


@routes.post("/{calibration_id}/close", summary="Close a calibration")
@answers_with(state="closed")
async def close_calibration(calibration_id: CalibrationPath, uow: HrUnitOfWork, revision: IfMatch) -> Calibration:
    """Closes a session with the adjustments that were seen; every adjustment raises its revision."""
    closed = await calibrations.close_calibration(uow, calibration_id=calibration_id, revision=revision)
    return _written(closed)


_NAMES = ("subject_name", "subject_name_en")


def _adjustment(found: calibrations.GradeAdjustment) -> GradeAdjustment:
    row, form = found.adjustment, found.form
    same = {name: getattr(row, name) for name in GradeAdjustment.model_fields if hasattr(row, name)}
    subject = {name: getattr(form, name) for name in ("subject_id", "subject_code", *_NAMES)}
    return GradeAdjustment.model_validate({**same, **subject})


def _written(found: calibrations.Calibration) -> Calibration:
    row = found.calibration
    same = {name: getattr(row, name) for name in Calibration.model_fields if hasattr(row, name)}
    return Calibration.model_validate({**same, "cycle_code": found.cycle.code, "cycle_name": found.cycle.name})
