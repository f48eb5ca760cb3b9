"""Appeals and corrections as stored."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, or_, select

from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.decisions.domain.appeal import AppealState, CorrectionState
from services.appraisal.decisions.store.tables import AppealRow, CorrectionRow
from services.appraisal.scoring.domain.decision import Decision
from services.kit.database.codec import Codec
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession
from services.kit.release import Signature

CHANGES: Final = Codec[Decision](Decision)
"""The decision that a correction asks for, as its column holds it."""


@dataclass(frozen=True)
class Appeal:
    """An appeal with the subject's last form and the cycle."""

    appeal: AppealRow
    form: FormRow
    cycle: CycleRow


@dataclass(frozen=True)
class Correction:
    """A correction with the subject's last form and the cycle."""

    correction: CorrectionRow
    form: FormRow
    cycle: CycleRow

    @property
    def requester(self) -> Signature:
        """Who asked for it."""
        return Signature(self.correction.requested_by, self.correction.requested_by_person)


_APPEALS = (
    select(AppealRow, FormRow, CycleRow)
    .join(FormRow, FormRow.id == AppealRow.form_id)
    .join(CycleRow, CycleRow.id == AppealRow.cycle_id)
)
_CORRECTIONS = (
    select(CorrectionRow, FormRow, CycleRow)
    .join(FormRow, FormRow.id == CorrectionRow.form_id)
    .join(CycleRow, CycleRow.id == CorrectionRow.cycle_id)
)


async def undecided(session: ReadSession, cycle_id: UUID) -> int:
    """How many appeals of a cycle wait for a decision."""
    query = select(func.count()).where(AppealRow.cycle_id == cycle_id, AppealRow.state == AppealState.FILED.value)
    return (await session.execute(query)).scalar_one()


async def add(session: WriteSession, row: AppealRow) -> None:
    """Write a new appeal. Raises IntegrityError where the result has one."""
    session.add(row)
    await session.flush()


async def find(session: ReadSession, appeal_id: UUID) -> Appeal | None:
    """An appeal."""
    query = _APPEALS.where(AppealRow.id == appeal_id).execution_options(populate_existing=True)
    row = (await session.execute(query)).first()
    return Appeal(*row) if row else None


async def listed(
    session: ReadSession,
    paging: Paging,
    *,
    units: tuple[UUID, ...] | None,
    owner_id: UUID | None,
    cycle_id: UUID | None,
    state: str | None,
) -> Rows[Appeal]:
    """Appeals about the subtrees of ``units`` (None: all) or about forms of ``owner_id``, in the order of filing."""
    visible = within(FormRow.unit_path, units)
    if owner_id is not None:
        visible = or_(visible, FormRow.owner_id == owner_id)
    query = _APPEALS.where(visible)
    if cycle_id is not None:
        query = query.where(AppealRow.cycle_id == cycle_id)
    if state is not None:
        query = query.where(AppealRow.state == state)
    return await page(session, query, _appeal, keys=[AppealRow.id], paging=paging)


async def find_correction(session: ReadSession, correction_id: UUID) -> Correction | None:
    """A correction."""
    query = _CORRECTIONS.where(CorrectionRow.id == correction_id).execution_options(populate_existing=True)
    row = (await session.execute(query)).first()
    return Correction(*row) if row else None


async def is_pending(session: ReadSession, result_id: UUID) -> bool:
    """Whether a correction of a result waits for its second person."""
    query = select(CorrectionRow.id).where(
        CorrectionRow.result_id == result_id, CorrectionRow.state == CorrectionState.REQUESTED.value
    )
    return (await session.execute(query)).first() is not None


async def list_corrections(
    session: ReadSession,
    paging: Paging,
    *,
    units: tuple[UUID, ...] | None,
    cycle_id: UUID | None,
    state: str | None,
) -> Rows[Correction]:
    """Corrections about the subtrees of ``units`` (None: all), in the order of asking."""
    query = _CORRECTIONS.where(within(FormRow.unit_path, units))
    if cycle_id is not None:
        query = query.where(CorrectionRow.cycle_id == cycle_id)
    if state is not None:
        query = query.where(CorrectionRow.state == state)
    return await page(session, query, _correction, keys=[CorrectionRow.id], paging=paging)


def _appeal(row: Any) -> Appeal:
    return Appeal(row[0], row[1], row[2])


def _correction(row: Any) -> Correction:
    return Correction(row[0], row[1], row[2])
