"""Appeals and corrections as stored."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select

from services.appraisal.cycles.store.cycles import within_scope
from services.appraisal.cycles.store.tables import FormRow
from services.appraisal.decisions.domain.appeal import AppealState, CorrectionState
from services.appraisal.decisions.store.tables import AppealRow, CorrectionRow
from services.kit.database import ReadSession, WriteSession
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows, page


async def undecided(session: ReadSession, cycle_id: UUID) -> int:
    """How many appeals of a cycle wait for a decision."""
    query = select(func.count()).where(AppealRow.cycle_id == cycle_id, AppealRow.state == AppealState.FILED.value)
    return (await session.execute(query)).scalar_one()


async def add(session: WriteSession, row: AppealRow) -> None:
    """Write a new appeal. Raises IntegrityError where the result has one."""
    session.add(row)
    await session.flush()


async def find(session: ReadSession, appeal_id: UUID) -> AppealRow | None:
    """An appeal."""
    query = select(AppealRow).where(AppealRow.id == appeal_id)
    return (await session.execute(query.execution_options(populate_existing=True))).scalar()


async def of_result(session: ReadSession, result_id: UUID) -> AppealRow | None:
    """The appeal against a result."""
    return (await session.execute(select(AppealRow).where(AppealRow.result_id == result_id))).scalar()


async def listed(
    session: ReadSession, caller: Caller, paging: Paging, *, cycle_id: UUID | None, state: str | None
) -> Rows[Any]:
    """Appeals that the caller filed or that lie in the scope of his HR role, in the order of filing."""
    sees = within_scope(caller, FormRow.unit_path, Role.HR, Role.AUDITOR)
    if caller.employee_id is not None:
        sees = or_(sees, FormRow.owner_id == caller.employee_id)
    query = select(AppealRow, FormRow).join(FormRow, FormRow.id == AppealRow.form_id).where(sees)
    if cycle_id is not None:
        query = query.where(AppealRow.cycle_id == cycle_id)
    if state is not None:
        query = query.where(AppealRow.state == state)
    return await page(session, query, keys=[AppealRow.id], paging=paging)


async def correction(session: ReadSession, correction_id: UUID) -> CorrectionRow | None:
    """A correction."""
    query = select(CorrectionRow).where(CorrectionRow.id == correction_id)
    return (await session.execute(query.execution_options(populate_existing=True))).scalar()


async def pending_correction(session: ReadSession, result_id: UUID) -> bool:
    """Whether a correction of a result waits for its second person."""
    query = select(CorrectionRow.id).where(
        CorrectionRow.result_id == result_id, CorrectionRow.state == CorrectionState.REQUESTED.value
    )
    return (await session.execute(query)).first() is not None


async def corrections(session: ReadSession, caller: Caller, paging: Paging) -> Rows[Any]:
    """Corrections in the scope of the caller's role, in the order of asking."""
    sees = within_scope(caller, FormRow.unit_path, Role.HR, Role.AUDITOR, Role.EXECUTIVE)
    query = select(CorrectionRow, FormRow).join(FormRow, FormRow.id == CorrectionRow.form_id).where(sees)
    return await page(session, query, keys=[CorrectionRow.id], paging=paging)
