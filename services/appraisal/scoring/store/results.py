"""Results as stored: versions that are only ever added; the highest counts."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from services.appraisal.cycles.domain.cycle import RESULTS_PUBLIC
from services.appraisal.cycles.store import cycles
from services.appraisal.cycles.store.cycles import within_scope
from services.appraisal.cycles.store.forms import seen_by
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.library.domain.grade import Grade
from services.appraisal.scoring.store.tables import ResultRow
from services.kit.database import ReadSession, WriteSession, period
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows, page

_PUBLIC = [state.value for state in RESULTS_PUBLIC]
STREAM_BATCH = 1000


def newest() -> ColumnElement[bool]:
    """The condition that no later version exists."""
    later = aliased(ResultRow)
    return ~exists().where(later.id == ResultRow.id, later.version > ResultRow.version)


async def find(
    session: ReadSession, result_id: UUID, version: int | None = None
) -> tuple[ResultRow, FormRow, CycleRow] | None:
    """A version of a result, the newest if none is named, with the subject's last form and the cycle."""
    query = (
        select(ResultRow, FormRow, CycleRow)
        .join(FormRow, FormRow.id == ResultRow.form_id)
        .join(CycleRow, CycleRow.id == ResultRow.cycle_id)
        .where(ResultRow.id == result_id)
        .order_by(ResultRow.version.desc())
        .limit(1)
    )
    if version is not None:
        query = query.where(ResultRow.version == version)
    row = (await session.execute(query)).first()
    return (row[0], row[1], row[2]) if row else None


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


async def listed(session: ReadSession, caller: Caller, paging: Paging, *, cycle_id: UUID, public: bool) -> Rows[Any]:
    """The newest results of a cycle that the caller may see: those above him in line and HR before publication."""
    above = within_scope(caller, FormRow.unit_path, Role.HR, Role.AUDITOR)
    if caller.employee_id is not None:
        above = above | FormRow.manager_chain.contains([caller.employee_id])
    query = (
        select(ResultRow, FormRow, CycleRow)
        .join(FormRow, FormRow.id == ResultRow.form_id)
        .join(CycleRow, CycleRow.id == ResultRow.cycle_id)
        .where(ResultRow.cycle_id == cycle_id, newest(), seen_by(caller) if public else above)
    )
    return await page(session, query, keys=[FormRow.subject_code, ResultRow.id], paging=paging)


async def own(session: ReadSession, employee_id: UUID, paging: Paging) -> Rows[Any]:
    """The newest public results of a person and of the units that he heads."""
    query = (
        select(ResultRow, FormRow, CycleRow)
        .join(FormRow, FormRow.id == ResultRow.form_id)
        .join(CycleRow, CycleRow.id == ResultRow.cycle_id)
        .where(FormRow.owner_id == employee_id, newest(), CycleRow.state.in_(_PUBLIC))
    )
    return await page(session, query, keys=[ResultRow.id], paging=paging)


async def published(session: ReadSession, paging: Paging, *, cycle_id: UUID, departments: Sequence[UUID]) -> Rows[Any]:
    """Names and grades of the people of some departments."""
    query = (
        select(
            FormRow.subject_kind, FormRow.subject_code, FormRow.subject_name, FormRow.department_id, FormRow.unit_name,
            ResultRow.grade, ResultRow.id,
        )
        .join(FormRow, FormRow.id == ResultRow.form_id)
        .where(ResultRow.cycle_id == cycle_id, newest(), FormRow.department_id.in_(departments))
    )  # fmt: skip
    return await page(session, query, keys=[FormRow.subject_code, ResultRow.id], paging=paging)


async def departments_of(session: ReadSession, cycle_id: UUID, employee_id: UUID) -> list[UUID]:
    """The departments in which somebody has or had a form in the cycle."""
    query = select(FormRow.department_id).where(
        FormRow.cycle_id == cycle_id, FormRow.subject_id == employee_id, FormRow.subject_kind == "employee"
    )
    return list((await session.execute(query.distinct())).scalars())


async def departments_for_hr(session: ReadSession, cycle_id: UUID, caller: Caller) -> list[UUID]:
    """The departments that HR or an auditor oversees."""
    query = select(FormRow.department_id).where(
        FormRow.cycle_id == cycle_id, within_scope(caller, FormRow.unit_path, Role.HR, Role.AUDITOR)
    )
    return list((await session.execute(query.distinct())).scalars())


async def grade_counts(session: ReadSession, cycle_id: UUID, unit_id: UUID | None, caller: Caller) -> dict[Grade, int]:
    """How many people of a unit's subtree have which grade now."""
    query = (
        select(ResultRow.grade, func.count())
        .join(FormRow, FormRow.id == ResultRow.form_id)
        .where(
            ResultRow.cycle_id == cycle_id,
            ResultRow.subject_kind == "employee",
            newest(),
            within_scope(caller, FormRow.unit_path, Role.HR, Role.AUDITOR),
        )
        .group_by(ResultRow.grade)
    )
    if unit_id is not None:
        query = query.where(FormRow.unit_path.contains([unit_id]))
    return {Grade(grade): count for grade, count in await session.execute(query)}


async def stream(session: ReadSession, caller: Caller, cycle_id: UUID) -> AsyncIterator[dict[str, Any]]:
    """A cycle and its newest results as lines for other services, a batch in memory at a time.

    The first line names the cycle with its state and days, so that nobody takes the grades for those of another.
    """
    cycle = await cycles.find(session, cycle_id)
    days = period(cycle.period)
    yield {
        "kind": "cycle",
        "id": str(cycle.id),
        "code": cycle.code,
        "state": cycle.state,
        "first": str(days.start),
        "last": str(days.last),
    }
    query = (
        select(
            ResultRow.id, ResultRow.version, ResultRow.subject_kind, ResultRow.subject_id, FormRow.subject_code,
            FormRow.unit_id, FormRow.unit_path, ResultRow.total, ResultRow.grade, ResultRow.attainment, ResultRow.hash,
        )
        .join(FormRow, FormRow.id == ResultRow.form_id)
        .where(ResultRow.cycle_id == cycle_id, newest())
        .order_by(ResultRow.subject_kind, ResultRow.subject_id)
    )  # fmt: skip
    if "results" not in caller.scopes:
        query = query.where(within_scope(caller, FormRow.unit_path, Role.HR, Role.AUDITOR))
    rows = await session.stream(query.execution_options(yield_per=STREAM_BATCH))
    async for row in rows:
        yield {
            "kind": "result",
            "id": str(row.id),
            "version": row.version,
            "subject_kind": row.subject_kind,
            "employee_id": str(row.subject_id) if row.subject_kind == "employee" else None,
            "subject_code": row.subject_code,
            "unit_id": str(row.unit_id),
            "unit_path": [str(unit) for unit in row.unit_path],
            "total": str(row.total),
            "grade": row.grade,
            "attainment": None if row.attainment is None else str(row.attainment),
            "hash": row.hash,
        }
