"""Calibrations as stored."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import CycleRow, FormRow, SnapshotUnitRow
from services.appraisal.decisions.store.tables import CalibrationRow, GradeAdjustmentRow
from services.appraisal.scoring.store.tables import ResultRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.errors import Text


@dataclass(frozen=True)
class Calibration:
    """A calibration with its cycle."""

    calibration: CalibrationRow
    cycle: CycleRow


@dataclass(frozen=True)
class GradeAdjustment:
    """An adjusted grade with the form that says whose it is."""

    adjustment: GradeAdjustmentRow
    form: FormRow


_CALIBRATIONS = select(CalibrationRow, CycleRow).join(CycleRow, CycleRow.id == CalibrationRow.cycle_id)
_ADJUSTMENTS = (
    select(GradeAdjustmentRow, FormRow)
    .join(
        ResultRow,
        (ResultRow.id == GradeAdjustmentRow.result_id) & (ResultRow.version == GradeAdjustmentRow.result_version),
    )
    .join(FormRow, FormRow.id == ResultRow.form_id)
)


async def open_units(session: ReadSession, cycle_id: UUID) -> list[Text]:
    """The units whose calibrations are open."""
    row, unit = CalibrationRow, SnapshotUnitRow
    query = (
        select(unit.name, unit.name_en)
        .join(row, (row.cycle_id == unit.cycle_id) & (row.unit_id == unit.unit_id))
        .where(row.cycle_id == cycle_id, row.state == "open")
        .order_by(row.id)
    )
    return [Text(*names) for names in await session.execute(query)]


async def find(session: ReadSession, calibration_id: UUID) -> Calibration | None:
    """A calibration."""
    query = _CALIBRATIONS.where(CalibrationRow.id == calibration_id).execution_options(populate_existing=True)
    row = (await session.execute(query)).first()
    return Calibration(*row) if row else None


async def lock(session: WriteSession, calibration_id: UUID) -> None:
    """Keep others from a calibration until this transaction ends."""
    await session.execute(select(CalibrationRow.id).where(CalibrationRow.id == calibration_id).with_for_update())


async def listed(
    session: ReadSession,
    paging: Paging,
    *,
    units: tuple[UUID, ...] | None,
    cycle_id: UUID | None,
    unit_id: UUID | None,
    state: str | None,
) -> Rows[Calibration]:
    """Calibrations about units in the subtrees of ``units`` (None: all)."""
    query = _CALIBRATIONS.where(within(CalibrationRow.unit_path, units))
    if cycle_id is not None:
        query = query.where(CalibrationRow.cycle_id == cycle_id)
    if unit_id is not None:
        query = query.where(CalibrationRow.unit_id == unit_id)
    if state is not None:
        query = query.where(CalibrationRow.state == state)
    return await page(session, query, _calibration, keys=[CalibrationRow.id], paging=paging)


async def add_adjustment(session: WriteSession, row: GradeAdjustmentRow) -> GradeAdjustment:
    """Add an adjusted grade and raise the revision of its calibration."""
    session.add(row)
    await session.flush()
    raised = update(CalibrationRow).where(CalibrationRow.id == row.calibration_id)
    await session.execute(raised.values(revision=CalibrationRow.revision + 1))
    found = (await session.execute(_ADJUSTMENTS.where(GradeAdjustmentRow.id == row.id))).one()
    return GradeAdjustment(*found)


async def list_adjustments(session: ReadSession, calibration_id: UUID, paging: Paging) -> Rows[GradeAdjustment]:
    """The grades adjusted in a calibration, in order."""
    query = _ADJUSTMENTS.where(GradeAdjustmentRow.calibration_id == calibration_id)
    return await page(session, query, _adjustment, keys=[GradeAdjustmentRow.id], paging=paging)


async def newest_quota(session: ReadSession, cycle_id: UUID, unit_id: UUID) -> dict[str, str]:
    """The quota of the newest calibration about a unit."""
    query = (
        select(CalibrationRow.quota)
        .where(CalibrationRow.cycle_id == cycle_id, CalibrationRow.unit_id == unit_id)
        .order_by(CalibrationRow.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar() or {}


def _calibration(row: Any) -> Calibration:
    return Calibration(row[0], row[1])


def _adjustment(row: Any) -> GradeAdjustment:
    return GradeAdjustment(row[0], row[1])
