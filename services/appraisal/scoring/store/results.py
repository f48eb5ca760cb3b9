"""Results as stored: versions that are only ever added; the highest counts."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from services.appraisal.cycles.domain.cycle import RESULTS_PUBLIC, CycleState
from services.appraisal.cycles.store.cycles import within
from services.appraisal.cycles.store.tables import CycleRow, FormRow, SnapshotUnitRow
from services.appraisal.library.domain.grade import Grade
from services.appraisal.scoring.store.tables import ResultRow
from services.kit.database.pages import Paging, Rows, page
from services.kit.database.sessions import ReadSession, WriteSession

Units = tuple[UUID, ...] | None
"""Units whose subtrees count; None is the whole organisation."""

STREAM_BATCH: Final = 1000
_PUBLIC = [state.value for state in RESULTS_PUBLIC]
_COUNTS = FormRow.excluded_at.is_(None)
"""Not the result of a person who was scored once and excluded before the next scoring."""
_DEPARTMENT = and_(SnapshotUnitRow.cycle_id == FormRow.cycle_id, SnapshotUnitRow.unit_id == FormRow.department_id)
_RESULTS = (
    select(ResultRow, FormRow, CycleRow)
    .join(FormRow, FormRow.id == ResultRow.form_id)
    .join(CycleRow, CycleRow.id == ResultRow.cycle_id)
    .where(_COUNTS)
)


@dataclass(frozen=True)
class StoredResult:
    """A version of a result with the subject's last form and the cycle."""

    result: ResultRow
    form: FormRow
    cycle: CycleRow


@dataclass(frozen=True)
class PublicResult:
    """What the public notice shows of a result."""

    result_id: UUID
    subject_kind: str
    subject_code: str
    subject_name: str
    subject_name_en: str
    department_id: UUID
    department_name: str | None
    department_name_en: str | None
    unit_name: str
    unit_name_en: str
    grade: str


@dataclass(frozen=True)
class FinalResult:
    """A result of a closed cycle as other services get it."""

    id: UUID
    version: int
    subject_kind: str
    subject_id: UUID
    subject_code: str
    unit_id: UUID
    unit_path: Sequence[UUID]
    total: Decimal
    grade: str
    attainment: Decimal | None
    hash: str


@dataclass(frozen=True)
class ResultFilter:
    """Which results are listed; None leaves a filter out."""

    cycle_id: UUID | None = None
    unit_id: UUID | None = None
    subject_id: UUID | None = None
    grade: str | None = None


def newest() -> ColumnElement[bool]:
    """The condition that no later version exists."""
    later = aliased(ResultRow)
    return ~exists().where(later.id == ResultRow.id, later.version > ResultRow.version)


async def find(session: ReadSession, result_id: UUID, version: int | None = None) -> StoredResult | None:
    """A version of a result, the newest if none is named."""
    query = _RESULTS.where(ResultRow.id == result_id).order_by(ResultRow.version.desc()).limit(1)
    if version is not None:
        query = query.where(ResultRow.version == version)
    row = (await session.execute(query)).first()
    return StoredResult(*row) if row else None


async def newest_inputs(session: ReadSession, form: FormRow) -> str | None:
    """The newest inputs of the subject's result in the form's cycle, as canonical JSON."""
    query = select(ResultRow.inputs).where(
        ResultRow.cycle_id == form.cycle_id,
        ResultRow.subject_kind == form.subject_kind,
        ResultRow.subject_id == form.subject_id,
        newest(),
    )
    return (await session.execute(query)).scalar()


async def versions(session: ReadSession, result_id: UUID) -> list[ResultRow]:
    """All versions, oldest first."""
    query = select(ResultRow).where(ResultRow.id == result_id).order_by(ResultRow.version)
    return list((await session.execute(query)).scalars())


async def add(session: WriteSession, values: Mapping[str, Any]) -> ResultRow:
    """Add a version. Two at once meet in the primary key."""
    row = ResultRow(**values)
    session.add(row)
    await session.flush()
    return row


async def listed(
    session: ReadSession, paging: Paging, *, units: Units, employee_id: UUID | None, chosen: ResultFilter
) -> Rows[StoredResult]:
    """Newest results: of the subtrees of ``units``, of people below ``employee_id``, and once public their own."""
    query = _visible(units, employee_id, chosen)
    return await page(session, query, _stored, keys=[FormRow.subject_code, ResultRow.id], paging=paging)


async def stream_visible(
    session: ReadSession, *, units: Units, employee_id: UUID | None, chosen: ResultFilter
) -> AsyncIterator[list[StoredResult]]:
    """The same as ``listed``, all of them, a batch in memory at a time."""
    query = _visible(units, employee_id, chosen).order_by(FormRow.subject_code, ResultRow.id)
    rows = await session.stream(query.execution_options(yield_per=STREAM_BATCH))
    async for piece in rows.partitions():
        yield [_stored(row) for row in piece]


def _visible(units: Units, employee_id: UUID | None, chosen: ResultFilter) -> Select[ResultRow, FormRow, CycleRow]:
    visible = within(FormRow.unit_path, units)
    if employee_id is not None:
        below = and_(
            FormRow.manager_chain.contains([employee_id]),
            FormRow.owner_id.is_distinct_from(employee_id),
            CycleRow.state != CycleState.CANCELLED.value,
        )
        mine = and_(FormRow.owner_id == employee_id, CycleRow.state.in_(_PUBLIC))
        visible = or_(visible, below, mine)
    query = _RESULTS.where(newest(), visible)
    if chosen.cycle_id is not None:
        query = query.where(ResultRow.cycle_id == chosen.cycle_id)
    if chosen.unit_id is not None:
        query = query.where(FormRow.unit_path.contains([chosen.unit_id]))
    if chosen.subject_id is not None:
        query = query.where(ResultRow.subject_id == chosen.subject_id)
    if chosen.grade is not None:
        query = query.where(ResultRow.grade == chosen.grade)
    return query


async def own(session: ReadSession, employee_id: UUID, paging: Paging) -> Rows[StoredResult]:
    """The newest public results of a person and of the units that they head."""
    query = _RESULTS.where(FormRow.owner_id == employee_id, newest(), CycleRow.state.in_(_PUBLIC))
    return await page(session, query, _stored, keys=[ResultRow.id], paging=paging)


async def published(
    session: ReadSession, paging: Paging, *, cycle_id: UUID, departments: Sequence[UUID]
) -> Rows[PublicResult]:
    """Names and grades of the people and units of some departments; how suppliers did is not for everybody."""
    query = (
        select(
            ResultRow.id, FormRow.subject_kind, FormRow.subject_code, FormRow.subject_name, FormRow.subject_name_en,
            FormRow.department_id, SnapshotUnitRow.name, SnapshotUnitRow.name_en, FormRow.unit_name,
            FormRow.unit_name_en, ResultRow.grade,
        )
        .join(FormRow, FormRow.id == ResultRow.form_id)
        .outerjoin(SnapshotUnitRow, _DEPARTMENT)
        .where(
            ResultRow.cycle_id == cycle_id,
            ResultRow.subject_kind != "supplier",
            newest(),
            _COUNTS,
            FormRow.department_id.in_(departments),
        )
    )  # fmt: skip
    return await page(session, query, _public, keys=[FormRow.subject_code, ResultRow.id], paging=paging)


async def departments_of(session: ReadSession, cycle_id: UUID, employee_id: UUID) -> list[UUID]:
    """The departments in which a person has or had a form in the cycle."""
    query = select(FormRow.department_id).where(FormRow.cycle_id == cycle_id, FormRow.subject_id == employee_id)
    return list((await session.execute(query.distinct())).scalars())


async def departments_within(session: ReadSession, cycle_id: UUID, units: Units) -> list[UUID]:
    """The departments of the forms in the subtrees of ``units``."""
    query = select(FormRow.department_id).where(FormRow.cycle_id == cycle_id, within(FormRow.unit_path, units))
    return list((await session.execute(query.distinct())).scalars())


async def grade_counts(
    session: ReadSession, cycle_id: UUID, unit_ids: Units, units: Units
) -> list[tuple[Grade, Grade, int]]:
    """How many people of some subtrees, within those of ``units``, were computed which grade and have which now."""
    query = (
        select(ResultRow.computed_grade, ResultRow.grade, func.count())
        .join(FormRow, FormRow.id == ResultRow.form_id)
        .where(*_of_people(cycle_id, units), within(FormRow.unit_path, unit_ids))
        .group_by(ResultRow.computed_grade, ResultRow.grade)
    )
    rows = await session.execute(query)
    return [(Grade(computed), Grade(present), count) for computed, present, count in rows]


async def people_by_path(session: ReadSession, cycle_id: UUID, units: Units) -> dict[tuple[UUID, ...], int]:
    """How many people with a result sit in which unit, by its path, within the subtrees of ``units``."""
    query = (
        select(FormRow.unit_path, func.count())
        .join(ResultRow, FormRow.id == ResultRow.form_id)
        .where(*_of_people(cycle_id, units))
        .group_by(FormRow.unit_path)
    )
    return {tuple(path): count for path, count in await session.execute(query)}


def _of_people(cycle_id: UUID, units: Units) -> tuple[ColumnElement[bool], ...]:
    people = ResultRow.subject_kind == "employee"
    return ResultRow.cycle_id == cycle_id, people, newest(), _COUNTS, within(FormRow.unit_path, units)


async def stream(session: ReadSession, cycle_id: UUID, units: Units) -> AsyncIterator[FinalResult]:
    """The newest results of a cycle in the subtrees of ``units``, a batch in memory at a time."""
    query = (
        select(
            ResultRow.id, ResultRow.version, ResultRow.subject_kind, ResultRow.subject_id, FormRow.subject_code,
            FormRow.unit_id, FormRow.unit_path, ResultRow.total, ResultRow.grade, ResultRow.attainment, ResultRow.hash,
        )
        .join(FormRow, FormRow.id == ResultRow.form_id)
        .where(ResultRow.cycle_id == cycle_id, newest(), _COUNTS, within(FormRow.unit_path, units))
        .order_by(ResultRow.subject_kind, ResultRow.subject_id)
    )  # fmt: skip
    rows = await session.stream(query.execution_options(yield_per=STREAM_BATCH))
    async for row in rows:
        yield FinalResult(*row)


def _stored(row: Any) -> StoredResult:
    return StoredResult(row[0], row[1], row[2])


def _public(row: Any) -> PublicResult:
    return PublicResult(*row[:11])
