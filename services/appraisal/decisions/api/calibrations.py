"""/v1/appraisal/calibrations: sessions about a unit, and grades moved in them (APR-12)."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.decisions.domain.calibration import SessionState
from services.appraisal.decisions.store import calibrations as store
from services.appraisal.decisions.store.tables import CalibrationMoveRow, CalibrationRow
from services.appraisal.decisions.usecases import calibrations
from services.appraisal.library.domain.grade import Grade
from services.appraisal.permissions import HrNowUnitOfWork, HrUnitOfWork, Overseer
from services.kit.fields import ExactDecimal, Model, Prose
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import PageAsked, Read

routes = router("/v1/appraisal/calibrations", tag="calibrations")


class NewCalibration(Model):
    """A session about a unit's subtree. ``quota`` is cumulative percent: S 10, A 30 means S + A ≤ 30 %."""

    cycle_id: UUID
    unit_id: UUID
    quota: dict[Grade, ExactDecimal] = Field(default_factory=dict)


class Calibration(Model):
    """A session."""

    id: UUID
    cycle_id: UUID
    unit_id: UUID
    unit_name: str
    quota: dict[Grade, ExactDecimal]
    state: SessionState
    created_by: str
    at: datetime


class NewMove(Model):
    """A grade to be moved, with the reason."""

    result_id: UUID
    grade: Grade
    reason: Prose


class GradeMove(Model):
    """A moved grade: from what, to what, why, by whom."""

    id: UUID
    result_id: UUID
    result_version: int
    source: Grade
    target: Grade
    reason: str
    decided_by: str
    at: datetime


class NamedMove(GradeMove):
    """A moved grade with whose it is."""

    subject_code: str
    subject_name: str


class Moves(Model):
    """What was moved in a session, in order."""

    items: list[NamedMove]


@routes.post("", status_code=201)
async def convene(body: NewCalibration, uow: HrUnitOfWork) -> Calibration:
    """Open a session, once the cycle is scored (HR of the unit)."""
    quota: dict[Grade, Decimal] = dict(body.quota)
    row = await calibrations.convene(uow, cycle_id=body.cycle_id, unit_id=body.unit_id, quota=quota)
    return _written(row)


@routes.get("")
async def list_calibrations(
    caller: Overseer, session: Read, paging: PageAsked, cycle_id: Annotated[UUID | None, Query()] = None
) -> Page[Calibration]:
    """Sessions about units in the caller's scope."""
    found = await store.listed(session, caller, paging, cycle_id)
    return Page[Calibration].model_validate(found.written(lambda row: _written(row[0])))


@routes.post("/{calibration_id}/moves", status_code=201)
async def move_grade(calibration_id: UUID, body: NewMove, uow: HrNowUnitOfWork) -> GradeMove:
    """Move a grade with a reason; the computed one stays beside it."""
    row = await calibrations.move_grade(
        uow,
        calibration_id=calibration_id,
        result_id=body.result_id,
        grade=body.grade,
        reason=body.reason,
    )
    return GradeMove.model_validate(_move(row))


@routes.get("/{calibration_id}/moves")
async def list_moves(calibration_id: UUID, caller: Overseer, session: Read) -> Moves:
    """What was moved in a session."""
    await calibrations.found_session(session, caller=caller, calibration_id=calibration_id, reading=True)
    rows = await store.moves(session, calibration_id)
    return Moves(
        items=[
            NamedMove.model_validate(
                {**_move(row[0]), "subject_code": row.subject_code, "subject_name": row.subject_name}
            )
            for row in rows
        ]
    )


@routes.post("/{calibration_id}/close")
async def close_calibration(calibration_id: UUID, uow: HrUnitOfWork) -> Calibration:
    """End a session."""
    return _written(await calibrations.end(uow, calibration_id=calibration_id))


def _move(row: CalibrationMoveRow) -> dict[str, object]:
    same = {name: getattr(row, name) for name in GradeMove.model_fields if hasattr(row, name)}
    return {**same, "decided_by": row.decided_by_name}


def _written(row: CalibrationRow) -> Calibration:
    same = {name: getattr(row, name) for name in Calibration.model_fields if hasattr(row, name)}
    return Calibration.model_validate({**same, "created_by": row.created_by_name})
