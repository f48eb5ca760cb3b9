"""Calibrations: sessions about a unit, and grades adjusted in them with a reason (APR-12)."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import FormRole
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.usecases.access import CycleNotYours, OwnMatter, demand_revision
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.decisions.domain.calibration import (
    CALIBRATION,
    CalibrationAction,
    CalibrationState,
    check_quota,
)
from services.appraisal.decisions.store import calibrations as store
from services.appraisal.decisions.store.calibrations import Calibration, GradeAdjustment
from services.appraisal.decisions.store.tables import CalibrationRow, GradeAdjustmentRow
from services.appraisal.library.domain.grade import Grade
from services.appraisal.scoring.domain.decision import Decision
from services.appraisal.scoring.domain.result import Cause
from services.appraisal.scoring.usecases.results import NoResult, decide, get_visible
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, new_id
from services.kit.errors import FieldError, Invalid, NotFound, Text
from services.kit.identity import Caller, Role
from services.kit.money import plain
from services.kit.work.history import advance, trail_of
from services.kit.work.unit_of_work import UnitOfWork

__all__ = ["Calibration", "GradeAdjustment"]

_READERS = (Role.HR, Role.AUDITOR)


class NoCalibration(NotFound):
    """There is no such calibration, or none that the caller may know of."""

    code = "no_calibration"
    zh = "找不到该校准会，或您无权查看。"
    en = "There is no such calibration session, or you may not see it."


class UnitUnknown(Invalid):
    """The unit is not in the cycle's snapshot."""

    code = "unit_unknown"
    zh = "本考核周期中没有该单元，请从本周期的单元中选择。"
    en = "The cycle has no such unit; choose one of its units."


async def open_calibration(
    uow: UnitOfWork, *, cycle_id: UUID, unit_id: UUID, quota: Mapping[Grade, Decimal]
) -> Calibration:
    """Open a calibration about a unit's subtree.

    Raises:
        QuotaInvalid, UnitUnknown, NotNow, CycleNotYours: as they say.
    """
    cycle = await cycle_store.shared(uow.session, cycle_id)
    demand_state(cycle.state, CycleState.SCORED)
    check_quota(quota)
    unit = await cycle_store.unit_path(uow.session, cycle_id, unit_id)
    if unit is None:
        expected = Text("本考核周期所含的单元", "a unit of the cycle")
        raise UnitUnknown(field_errors=[FieldError("/unit_id", str(unit_id), expected)])
    name, path = unit
    if not uow.caller.has_over(path, Role.HR):
        raise CycleNotYours
    row = CalibrationRow(
        id=new_id(),
        cycle_id=cycle_id,
        unit_id=unit_id,
        unit_name=name.zh,
        unit_name_en=name.en,
        unit_path=path,
        quota={grade.value: plain(share) for grade, share in quota.items()},
        state=CalibrationState.OPEN.value,
        revision=1,
        opened_by=uow.caller.account_id,
        opened_by_name=uow.caller.name,
        opened_at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    after = {"cycle_id": cycle_id, "unit_id": unit_id, "quota": row.quota}
    await uow.audit("appraisal.calibration.opened", subject=("calibration", row.id), after=after)
    return Calibration(row, cycle)


async def adjust_grade(
    uow: UnitOfWork, *, calibration_id: UUID, result_id: UUID, result_version: int, grade: Grade, reason: str
) -> GradeAdjustment:
    """Adjust the grade of the result version that the caller saw; the computed grade stays beside it.

    Raises:
        NoCalibration, NoResult, OwnMatter, NotNow, ResultChanged, NothingChanges: as they say.
    """
    row = (await _hr_calibration(uow, calibration_id)).calibration
    cycle = await cycle_store.locked(uow.session, row.cycle_id)
    await store.lock(uow.session, calibration_id)
    demand_state(cycle.state, CycleState.SCORED)
    row = (await _hr_calibration(uow, calibration_id)).calibration
    CALIBRATION.next(CalibrationState(row.state), CalibrationAction.CLOSE, uow.caller.roles)  # refused once closed
    found = await get_visible(uow.session, caller=uow.caller, result_id=result_id)
    if found.result.cycle_id != row.cycle_id or row.unit_id not in found.form.unit_path:
        raise NoResult
    if FormRole.OWNER in found.roles:
        raise OwnMatter
    found.demand_version(result_version)
    after = await decide(
        uow,
        found=found,
        decision=Decision(grade=grade),
        cause=Cause.CALIBRATED,
        reason=reason,
        source=f"calibration:{calibration_id}",
    )
    adjustment = GradeAdjustmentRow(
        id=new_id(),
        calibration_id=calibration_id,
        result_id=after.id,
        result_version=after.version,
        grade_before=found.result.grade,
        grade_after=after.grade,
        reason=reason,
        decided_by=uow.caller.account_id,
        decided_by_name=uow.caller.name,
        decided_at=uow.now,
    )
    return await store.add_adjustment(uow.session, adjustment)


async def close_calibration(uow: UnitOfWork, *, calibration_id: UUID, revision: int) -> Calibration:
    """Close a calibration as the caller saw it: a grade adjusted since makes the revision stale.

    Raises:
        NoCalibration: there is none, or not in the caller's scope.
        Stale: it has changed since it was read.
        TransitionNotPossible: it is closed.
    """
    await store.lock(uow.session, calibration_id)
    row = (await _hr_calibration(uow, calibration_id)).calibration
    demand_revision(row.revision, revision)
    move = CALIBRATION.next(CalibrationState(row.state), CalibrationAction.CLOSE, uow.caller.roles)
    await advance(uow, CalibrationRow, calibration_id, move)
    trail = trail_of(move.source.value, move.target.value, revision=revision)
    await uow.audit("appraisal.calibration.closed", subject=("calibration", calibration_id), **trail)
    return await _hr_calibration(uow, calibration_id)


async def get_calibration(session: ReadSession, *, caller: Caller, calibration_id: UUID) -> Calibration:
    """A calibration about a unit in the scope of the caller's HR or auditor role.

    Raises:
        NoCalibration: there is none.
    """
    return await _find(session, caller, calibration_id, _READERS)


async def list_calibrations(
    session: ReadSession,
    *,
    caller: Caller,
    paging: Paging,
    cycle_id: UUID | None,
    unit_id: UUID | None,
    state: CalibrationState | None,
) -> Rows[Calibration]:
    """Calibrations about units in the scope of the caller's HR or auditor role."""
    units = caller.units_of(*_READERS)
    return await store.listed(session, paging, units=units, cycle_id=cycle_id, unit_id=unit_id, state=state)


async def list_grade_adjustments(
    session: ReadSession, *, caller: Caller, calibration_id: UUID, paging: Paging
) -> Rows[GradeAdjustment]:
    """The grades adjusted in a calibration that the caller may read.

    Raises:
        NoCalibration: there is none.
    """
    await get_calibration(session, caller=caller, calibration_id=calibration_id)
    return await store.list_adjustments(session, calibration_id, paging)


async def _hr_calibration(uow: UnitOfWork, calibration_id: UUID) -> Calibration:
    return await _find(uow.session, uow.caller, calibration_id, (Role.HR,))


async def _find(session: ReadSession, caller: Caller, calibration_id: UUID, roles: tuple[Role, ...]) -> Calibration:
    found = await store.find(session, calibration_id)
    if found is None or not caller.has_over(found.calibration.unit_path, *roles):
        raise NoCalibration
    return found
