"""Calibration: sessions about a unit, and grades moved in them with a reason (APR-12)."""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.form_role import Standing
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.usecases.access import CycleNotYours, OwnMatter
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.decisions.domain.calibration import SESSION, SessionAction, SessionState, check_quota
from services.appraisal.decisions.store import calibrations as store
from services.appraisal.decisions.store.tables import CalibrationMoveRow, CalibrationRow
from services.appraisal.library.domain.grade import Grade
from services.appraisal.scoring.domain.decision import Decision
from services.appraisal.scoring.domain.result import Cause
from services.appraisal.scoring.usecases.results import NoResult, decide, seen
from services.kit.database import ReadSession, new_id
from services.kit.errors import FieldError, Invalid, NotFound, Text
from services.kit.history import advance
from services.kit.identity import Caller, Role
from services.kit.money import plain
from services.kit.unit_of_work import UnitOfWork


class NoSession(NotFound):
    """There is no such calibration session, or none that the caller may know of."""

    code = "no_session"
    zh = "找不到该校准会，或您无权查看。"
    en = "There is no such calibration session, or you may not see it."


class UnitUnknown(Invalid):
    """The unit is not in the cycle's snapshot."""

    code = "unit_unknown"
    zh = "本考核周期中没有该单元（{found}）。"
    en = "The cycle has no such unit ({found})."


async def convene(
    uow: UnitOfWork,
    *,
    cycle_id: UUID,
    unit_id: UUID,
    quota: Mapping[Grade, Decimal],
) -> CalibrationRow:
    """Open a session about a unit's subtree.

    Raises:
        QuotaWrong, UnitUnknown, NotNow, CycleNotYours: as they say.
    """
    cycle = await cycle_store.shared(uow.session, cycle_id)
    demand_state(cycle.state, CycleState.SCORED)
    check_quota(quota)
    unit = await cycle_store.unit_path(uow.session, cycle_id, unit_id)
    if unit is None:
        expected = Text("本考核周期所含的单元", "a unit of the cycle")
        raise UnitUnknown(found=unit_id, field_errors=[FieldError("/unit_id", str(unit_id), expected)])
    name, path = unit
    if not uow.caller.has_over(path, Role.HR):
        raise CycleNotYours
    row = CalibrationRow(
        id=new_id(),
        cycle_id=cycle_id,
        unit_id=unit_id,
        unit_name=name,
        unit_path=path,
        quota={grade.value: plain(share) for grade, share in quota.items()},
        state=SessionState.OPEN.value,
        revision=1,
        created_by_name=uow.caller.name,
        at=uow.now,
    )
    uow.session.add(row)
    await uow.session.flush()
    await uow.audit(
        "appraisal.calibration.opened",
        subject=("calibration", row.id),
        after={"cycle_id": str(cycle_id), "unit_id": str(unit_id), "quota": row.quota},
    )
    return row


async def move_grade(
    uow: UnitOfWork,
    *,
    calibration_id: UUID,
    result_id: UUID,
    grade: Grade,
    reason: str,
) -> CalibrationMoveRow:
    """Move a grade; the computed one stays beside it.

    Raises:
        NoSession, NoResult, OwnMatter, NotNow, NothingChanges: as they say.
    """
    row = await found_session(uow.session, caller=uow.caller, calibration_id=calibration_id)
    cycle = await cycle_store.shared(uow.session, row.cycle_id)
    demand_state(cycle.state, CycleState.SCORED)
    if row.state != SessionState.OPEN.value:
        SESSION.next(SessionState(row.state), SessionAction.CLOSE, uow.caller.roles)
    found = await seen(uow.session, caller=uow.caller, result_id=result_id)
    if found.result.cycle_id != row.cycle_id or row.unit_id not in found.form.unit_path:
        raise NoResult
    if Standing.OWNER in found.standings:
        raise OwnMatter
    source = f"calibration:{calibration_id}"
    after = await decide(
        uow,
        found=found,
        decision=Decision(grade=grade),
        cause=Cause.CALIBRATED,
        reason=reason,
        source=source,
    )
    line = CalibrationMoveRow(
        id=new_id(),
        calibration_id=calibration_id,
        result_id=after.id,
        result_version=after.version,
        source=found.result.grade,
        target=after.grade,
        reason=reason,
        decided_by=uow.caller.account_id,
        decided_by_name=uow.caller.name,
        at=uow.now,
    )
    uow.session.add(line)
    await uow.session.flush()
    return line


async def end(uow: UnitOfWork, *, calibration_id: UUID) -> CalibrationRow:
    """Close a session.

    Raises:
        NoSession: there is none, or not in the caller's scope.
        TransitionNotPossible: it is closed.
    """
    row = await found_session(uow.session, caller=uow.caller, calibration_id=calibration_id)
    move = SESSION.next(SessionState(row.state), SessionAction.CLOSE, uow.caller.roles)
    await advance(uow, CalibrationRow, calibration_id, move)
    return await found_session(uow.session, caller=uow.caller, calibration_id=calibration_id)


async def found_session(
    session: ReadSession, *, caller: Caller, calibration_id: UUID, reading: bool = False
) -> CalibrationRow:
    """A session about a unit in the scope of the caller's HR role, or, for reading, of his auditor role.

    Raises:
        NoSession: there is none.
    """
    row = await store.find(session, calibration_id)
    roles = (Role.HR, Role.AUDITOR) if reading else (Role.HR,)
    if row is None or not caller.has_over(row.unit_path, *roles):
        raise NoSession
    return row
