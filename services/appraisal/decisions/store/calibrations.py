"""Calibration sessions as stored."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.appraisal.cycles.store.cycles import within_scope
from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.decisions.store.tables import CalibrationMoveRow, CalibrationRow
from services.appraisal.scoring.store.tables import ResultRow
from services.kit.database import ReadSession
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows, page


async def open_units(session: ReadSession, cycle_id: UUID) -> list[str]:
    """The units whose sessions are open."""
    query = select(CalibrationRow.unit_name).where(CalibrationRow.cycle_id == cycle_id, CalibrationRow.state == "open")
    return list((await session.execute(query)).scalars())


async def find(session: ReadSession, calibration_id: UUID) -> CalibrationRow | None:
    """A session."""
    query = select(CalibrationRow).where(CalibrationRow.id == calibration_id)
    return (await session.execute(query.execution_options(populate_existing=True))).scalar()


async def listed(session: ReadSession, caller: Caller, paging: Paging, cycle_id: UUID | None) -> Rows[Any]:
    """Sessions about units in the caller's scope."""
    query = select(CalibrationRow).where(within_scope(caller, CalibrationRow.unit_path, Role.HR, Role.AUDITOR))
    if cycle_id is not None:
        query = query.where(CalibrationRow.cycle_id == cycle_id)
    return await page(session, query, keys=[CalibrationRow.id], paging=paging)


async def moves(session: ReadSession, calibration_id: UUID) -> Sequence[Any]:
    """What was moved in a session, with whose result it was."""
    query = (
        select(CalibrationMoveRow, FormRow.subject_code, FormRow.subject_name)
        .join(
            ResultRow,
            (ResultRow.id == CalibrationMoveRow.result_id) & (ResultRow.version == CalibrationMoveRow.result_version),
        )
        .join(FormRow, FormRow.id == ResultRow.form_id)
        .where(CalibrationMoveRow.calibration_id == calibration_id)
        .order_by(CalibrationMoveRow.id)
    )
    return (await session.execute(query)).all()


async def newest_quota(session: ReadSession, cycle_id: UUID, unit_id: UUID) -> dict[str, str]:
    """The quota of the newest session about a unit."""
    query = (
        select(CalibrationRow.quota)
        .where(CalibrationRow.cycle_id == cycle_id, CalibrationRow.unit_id == unit_id)
        .order_by(CalibrationRow.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar() or {}
