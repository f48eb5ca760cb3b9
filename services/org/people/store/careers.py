"""Careers out of their rows, and the difference between two as rows (ORG-07)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, inspect, select, tuple_

from services.kit.database import ReadSession, WriteSession, days, period
from services.kit.periods import Period
from services.org.people.domain.absence import Absence, AbsenceKind
from services.org.people.domain.assignment import Assignment
from services.org.people.domain.career import Career
from services.org.people.domain.employment import Employment, Termination
from services.org.people.domain.vacancy import PositionUse
from services.org.people.store.tables import (
    AbsenceRow,
    AssignmentRow,
    EmployeeRow,
    EmploymentRow,
    TerminationRow,
    TruncatedAssignmentRow,
)
from services.org.schema import Base
from services.org.structure.domain.occupancy import MAIN, AssignmentKind
from services.org.structure.store import positions as position_rows


async def lock(session: WriteSession, employee_id: UUID) -> EmployeeRow | None:
    """A person, locked until the transaction ends: whoever changes their career takes this lock."""
    return await session.get(EmployeeRow, employee_id, with_for_update=True)


async def employee_of(session: ReadSession, assignment_id: UUID) -> UUID | None:
    """Whose assignment this is."""
    return await session.scalar(select(AssignmentRow.employee_id).where(AssignmentRow.id == assignment_id))


async def employee_of_absence(session: ReadSession, absence_id: UUID) -> UUID | None:
    """Whose absence this is."""
    return await session.scalar(select(AbsenceRow.employee_id).where(AbsenceRow.id == absence_id))


async def get(session: ReadSession, employee_id: UUID) -> Career:
    """The career of a person; an empty one where nothing is recorded."""
    return Career(
        employee_id,
        await employments(session, employee_id),
        await _assignments(session, employee_id),
        await _absences(session, employee_id),
        await _terminations(session, employee_id),
    )


async def employments(session: ReadSession, employee_id: UUID) -> tuple[Employment, ...]:
    """The periods of work of a person, the first first."""
    row = EmploymentRow
    query = select(row.id, row.valid, row.probation_until, row.termination_reason).where(row.employee_id == employee_id)
    found = await session.execute(query.order_by(func.lower(row.valid)))
    return tuple(Employment(row_id, period(valid), until, reason) for row_id, valid, until, reason in found)


async def _assignments(session: ReadSession, employee_id: UUID) -> tuple[Assignment, ...]:
    row = AssignmentRow
    query = select(row.id, row.position_id, row.kind, row.valid, row.note, row.overfill_reason, row.revision).where(
        row.employee_id == employee_id
    )
    found = await session.execute(query.order_by(func.lower(row.valid), row.id))
    return tuple(_assignment(*columns) for columns in found)


async def _absences(session: ReadSession, employee_id: UUID) -> tuple[Absence, ...]:
    row = AbsenceRow
    query = select(row.id, row.kind, row.valid, row.revision).where(row.employee_id == employee_id)
    found = await session.execute(query.order_by(func.lower(row.valid)))
    return tuple(Absence(row_id, AbsenceKind(kind), period(valid), revision) for row_id, kind, valid, revision in found)


async def _terminations(session: ReadSession, employee_id: UUID) -> tuple[Termination, ...]:
    row, cut = TerminationRow, TruncatedAssignmentRow
    query = select(row.last_day, row.probation_until).where(row.employee_id == employee_id).order_by(row.last_day)
    known = (await session.execute(query)).all()
    if not known:
        return ()
    columns = (cut.assignment_id, cut.position_id, cut.kind, cut.valid, cut.note, cut.overfill_reason, cut.revision)
    truncated: dict[date, list[Assignment]] = defaultdict(list)
    parts = select(cut.last_day, *columns).where(cut.employee_id == employee_id)
    for found in await session.execute(parts.order_by(func.lower(cut.valid), cut.assignment_id)):
        truncated[found[0]].append(_assignment(*found[1:]))
    return tuple(Termination(last_day, until, tuple(truncated[last_day])) for last_day, until in known)


def _assignment(row_id: UUID, position_id: UUID, kind: str, valid: Any, *rest: Any) -> Assignment:
    return Assignment(row_id, position_id, AssignmentKind(kind), period(valid), *rest)


async def positions_in_use(
    session: WriteSession, position_ids: Sequence[UUID], *, besides: UUID
) -> Mapping[UUID, PositionUse]:
    """Positions with everybody mainly assigned to them ``besides`` one person, locked one after the other.

    Whoever puts people into positions takes these locks in the same order, so that no two wait for each other.
    """
    for position_id in position_ids:
        await position_rows.find_for_update(session, position_id)
    timelines = await position_rows.timelines(session, position_ids) if position_ids else {}
    row = AssignmentRow
    query = select(row.position_id, row.valid).where(
        row.position_id.in_(position_ids), row.kind.in_([kind.value for kind in MAIN]), row.employee_id != besides
    )
    filled: dict[UUID, list[Period]] = defaultdict(list)
    for position_id, valid in await session.execute(query) if position_ids else ():
        filled[position_id].append(period(valid))
    return {each: PositionUse(timelines.get(each, ()), filled[each]) for each in position_ids}


async def write(session: WriteSession, was: Career, now: Career) -> None:
    """Write what differs between two states of a career, at most two statements a table.

    What changes is deleted first and inserted as it now is: two that swap days would overlap half-way.
    """
    await session.flush()
    before, after = _rows(was), _rows(now)
    for table, rows in after.items():
        gone = [key for key, values in before[table].items() if rows.get(key) != values]
        come = [values for key, values in rows.items() if before[table].get(key) != values]
        if gone:
            await session.execute(delete(table).where(tuple_(*inspect(table).primary_key).in_(gone)))
        if come:
            await session.execute(insert(table), come)


def _rows(career: Career) -> dict[type[Base], dict[tuple[object, ...], dict[str, object]]]:
    """All rows of a career by table and primary key."""
    owner: dict[str, object] = {"employee_id": career.employee_id}
    return {
        EmploymentRow: {(each.id,): owner | _employment_columns(each) for each in career.employments},
        AssignmentRow: {(each.id,): owner | {"id": each.id} | _columns(each) for each in career.assignments},
        AbsenceRow: {(each.id,): owner | _absence_columns(each) for each in career.absences},
        TerminationRow: {
            (career.employee_id, each.last_day): owner
            | {"last_day": each.last_day, "probation_until": each.probation_until}
            for each in career.terminations
        },
        TruncatedAssignmentRow: {
            (career.employee_id, each.last_day, part.id): owner
            | {"last_day": each.last_day, "assignment_id": part.id}
            | _columns(part)
            for each in career.terminations
            for part in each.truncated
        },
    }


def _employment_columns(said: Employment) -> dict[str, object]:
    return {
        "id": said.id,
        "valid": days(said.valid),
        "probation_until": said.probation_until,
        "termination_reason": said.termination_reason,
    }


def _columns(said: Assignment) -> dict[str, object]:
    return {
        "position_id": said.position_id,
        "kind": said.kind.value,
        "valid": days(said.valid),
        "note": said.note,
        "overfill_reason": said.overfill_reason,
        "revision": said.revision,
    }


def _absence_columns(said: Absence) -> dict[str, object]:
    return {"id": said.id, "kind": said.kind.value, "valid": days(said.valid), "revision": said.revision}
