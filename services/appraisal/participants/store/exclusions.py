"""Who is not appraised in a cycle, as stored (APR-04)."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from services.appraisal.cycles.domain.cycle import Exclusion
from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import FormRow, SnapshotUnitRow
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.participants.store.tables import ExclusionRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, new_id
from services.kit.work.unit_of_work import UnitOfWork

TAKEN_OUT: Final = "taken_out"
AFTER_OPENING: Final = "recorded_after_opening"
_UNIT = SnapshotUnitRow
_NAMED: Final = select(ExclusionRow, func.coalesce(_UNIT.name_en, ExclusionRow.name)).outerjoin(
    _UNIT, and_(_UNIT.cycle_id == ExclusionRow.cycle_id, _UNIT.unit_id == ExclusionRow.subject_id)
)
"""Lines with the English name of their subject: only units have one of their own."""


async def listed(
    session: ReadSession, cycle_id: UUID, paging: Paging, *, units: tuple[UUID, ...] | None, reason: str | None
) -> Rows[Exclusion]:
    """Who is not appraised, by code; ``units`` as in ``within``."""
    query = _NAMED.where(ExclusionRow.cycle_id == cycle_id, within(ExclusionRow.unit_path, units))
    if reason is not None:
        query = query.where(ExclusionRow.reason == reason)
    return await page(
        session, query, lambda row: _exclusion(*row[:2]), keys=[ExclusionRow.code, ExclusionRow.id], paging=paging
    )


async def find(
    session: ReadSession, cycle_id: UUID, subject_kind: SubjectKind, subject_id: UUID
) -> ExclusionRow | None:
    """The line about one subject, if it is not appraised."""
    query = select(ExclusionRow).where(
        ExclusionRow.cycle_id == cycle_id,
        ExclusionRow.subject_kind == subject_kind.value,
        ExclusionRow.subject_id == subject_id,
    )
    return (await session.execute(query)).scalar()


async def forms_of_subject(
    session: ReadSession, cycle_id: UUID, subject_kind: SubjectKind, subject_id: UUID
) -> list[FormRow]:
    """The forms on which a subject is appraised in a cycle, by their first day."""
    query = select(FormRow).where(FormRow.id.in_(form_ids(cycle_id, subject_kind, subject_id)))
    query = query.where(FormRow.excluded_at.is_(None)).order_by(FormRow.days)
    return list((await session.execute(query)).scalars())


def form_ids(cycle_id: UUID, subject_kind: SubjectKind, subject_id: UUID) -> Select[UUID]:
    """The ids of all forms that a subject ever had in a cycle."""
    return select(FormRow.id).where(
        FormRow.cycle_id == cycle_id, FormRow.subject_kind == subject_kind.value, FormRow.subject_id == subject_id
    )


async def take_out(uow: UnitOfWork, *, forms: Sequence[FormRow], listed: ExclusionRow | None, note: str) -> Exclusion:
    """Exclude a subject's forms and list the subject as taken out by the caller; one of the two must be there."""
    for form in forms:
        form.excluded_at = uow.now
        form.revision += 1
    if listed is None:
        last = forms[-1]
        listed = ExclusionRow(
            id=new_id(),
            cycle_id=last.cycle_id,
            subject_kind=last.subject_kind,
            subject_id=last.subject_id,
            code=last.subject_code,
            name=last.subject_name,
            unit_path=last.unit_path,
        )
        uow.session.add(listed)
    listed.reason, listed.note = TAKEN_OUT, note
    listed.decided_by, listed.decided_by_name, listed.decided_at = uow.caller.account_id, uow.caller.name, uow.now
    await uow.session.flush()
    return _exclusion(*(await uow.session.execute(_NAMED.where(ExclusionRow.id == listed.id))).one())


def _exclusion(row: ExclusionRow, name_en: str) -> Exclusion:
    return Exclusion(
        subject_kind=SubjectKind(row.subject_kind),
        subject_id=row.subject_id,
        subject_code=row.code,
        subject_name=row.name,
        subject_name_en=name_en,
        reason=row.reason,
        note=row.note,
        decided_by_name=row.decided_by_name,
        decided_at=row.decided_at,
    )
