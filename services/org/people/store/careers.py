"""Careers out of their rows, and the difference between two as rows (ORG-07)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import Select, Uuid, and_, any_, bindparam, delete, func, inspect, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.kit.database.bulk import copy_rows, table_of
from services.kit.database.sessions import ReadSession, WriteSession, period
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

Part = TypeVar("Part")
Key = tuple[object, ...]


async def lock(session: WriteSession, employee_id: UUID) -> EmployeeRow | None:
    """A person, locked until the transaction ends: every change of their career takes this lock."""
    return await session.get(EmployeeRow, employee_id, with_for_update=True)


async def employee_of(session: ReadSession, assignment_id: UUID) -> UUID | None:
    """Whose assignment this is."""
    return await session.scalar(select(AssignmentRow.employee_id).where(AssignmentRow.id == assignment_id))


async def employee_of_absence(session: ReadSession, absence_id: UUID) -> UUID | None:
    """Whose absence this is."""
    return await session.scalar(select(AbsenceRow.employee_id).where(AbsenceRow.id == absence_id))


async def get(session: ReadSession, employee_id: UUID) -> Career:
    """The career of a person; an empty one where nothing is recorded."""
    return (await of(session, [employee_id]))[employee_id]


_PEOPLE: Final = bindparam("employee_ids", type_=ARRAY(Uuid))
"""As one array: a statement takes at most 65,535 parameters."""


def _parts_of(row: Any, *columns: Any) -> Select[*tuple[Any, ...]]:
    query: Select[*tuple[Any, ...]] = select(row.employee_id, *columns).where(row.employee_id == any_(_PEOPLE))
    return query.order_by(func.lower(row.valid), columns[0])


def _held(row: Any, first: Any) -> Sequence[Any]:
    return (first, row.position_id, row.kind, row.valid, row.note, row.overfill_reason, row.revision)


_EMPLOYMENTS: Final = _parts_of(
    EmploymentRow,
    EmploymentRow.id,
    EmploymentRow.valid,
    EmploymentRow.probation_until,
    EmploymentRow.termination_reason,
)
_ASSIGNMENTS: Final = _parts_of(AssignmentRow, *_held(AssignmentRow, AssignmentRow.id))
_ABSENCES: Final = _parts_of(AbsenceRow, AbsenceRow.id, AbsenceRow.kind, AbsenceRow.valid, AbsenceRow.revision)
_TRUNCATED: Final = _parts_of(
    TruncatedAssignmentRow,
    TruncatedAssignmentRow.last_day,
    *_held(TruncatedAssignmentRow, TruncatedAssignmentRow.assignment_id),
)
_TERMINATIONS: Final = (
    select(TerminationRow.employee_id, TerminationRow.last_day, TerminationRow.probation_until)
    .where(TerminationRow.employee_id == any_(_PEOPLE))
    .order_by(TerminationRow.last_day)
)


async def of(session: ReadSession, employee_ids: Sequence[UUID]) -> dict[UUID, Career]:
    """The careers of people, of any number of them."""
    jobs = await _parts(session, employee_ids, _EMPLOYMENTS, _employment)
    assignments = await _parts(session, employee_ids, _ASSIGNMENTS, _assignment)
    absences = await _parts(session, employee_ids, _ABSENCES, _absence)
    truncated = await _parts(session, employee_ids, _TRUNCATED, _truncated)
    terminations: dict[UUID, list[Termination]] = defaultdict(list)
    for employee_id, last_day, until in await session.execute(_TERMINATIONS, {"employee_ids": list(employee_ids)}):
        parts = tuple(part for day, part in truncated.get(employee_id, ()) if day == last_day)
        terminations[employee_id].append(Termination(last_day, until, parts))
    return {
        each: Career(
            each,
            tuple(jobs.get(each, ())),
            tuple(assignments.get(each, ())),
            tuple(absences.get(each, ())),
            tuple(terminations.get(each, ())),
        )
        for each in employee_ids
    }


async def _parts(
    session: ReadSession, employee_ids: Sequence[UUID], query: Select[*tuple[Any, ...]], made: Callable[..., Part]
) -> dict[UUID, list[Part]]:
    """Parts of careers by person, in order of time."""
    parts: dict[UUID, list[Part]] = defaultdict(list)
    for employee_id, *values in await session.execute(query, {"employee_ids": list(employee_ids)}):
        parts[employee_id].append(made(*values))
    return parts


def _employment(row_id: UUID, valid: Any, *rest: Any) -> Employment:
    return Employment(row_id, period(valid), *rest)


def _assignment(row_id: UUID, position_id: UUID, kind: str, valid: Any, *rest: Any) -> Assignment:
    return Assignment(row_id, position_id, AssignmentKind(kind), period(valid), *rest)


def _absence(row_id: UUID, kind: str, valid: Any, revision: int) -> Absence:
    return Absence(row_id, AbsenceKind(kind), period(valid), revision)


def _truncated(last_day: date, *columns: Any) -> tuple[date, Assignment]:
    return last_day, _assignment(*columns)


async def positions_in_use(
    session: WriteSession, position_ids: Sequence[UUID], *, besides: UUID
) -> Mapping[UUID, PositionUse]:
    """Positions with everyone mainly assigned to them ``besides`` one person, locked one after the other.

    Everyone who assigns people to positions takes these locks in the same order, which avoids deadlocks.
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


async def write(session: WriteSession, changes: Iterable[tuple[Career, Career]]) -> None:
    """Write what differs between two states of careers, of any number of people.

    What changes is deleted first and inserted as it now is: two that swap days would overlap half-way.
    """
    gone: dict[type[Base], list[Key]] = defaultdict(list)
    come: dict[type[Base], list[Key]] = defaultdict(list)
    for was, now in changes:
        before, after = _rows(was), _rows(now)
        for table, rows in after.items():
            gone[table] += [key for key, values in before[table].items() if rows.get(key) != values]
            come[table] += [values for key, values in rows.items() if before[table].get(key) != values]
    await session.flush()
    for table, columns in _COLUMNS.items():
        for start in range(0, len(gone[table]), _KEYS_AT_ONCE):
            own = inspect(table).primary_key
            asked = table_of(gone[table][start : start + _KEYS_AT_ONCE], **{key.name: key.type for key in own})
            await session.execute(delete(table).where(and_(*(key == asked.c[key.name] for key in own))))
        if come[table]:
            await copy_rows(session, f"org.{table.__tablename__}", columns, come[table])


_KEYS_AT_ONCE: Final = 5000
_ASSIGNMENT: Final = ("position_id", "kind", "valid", "note", "overfill_reason", "revision")
_COLUMNS: Final[Mapping[type[Base], Sequence[str]]] = {
    EmploymentRow: ("id", "employee_id", "valid", "probation_until", "termination_reason"),
    AssignmentRow: ("id", "employee_id", *_ASSIGNMENT),
    AbsenceRow: ("id", "employee_id", "kind", "valid", "revision"),
    TerminationRow: ("employee_id", "last_day", "probation_until"),
    TruncatedAssignmentRow: ("employee_id", "last_day", "assignment_id", *_ASSIGNMENT),
}


def _rows(career: Career) -> dict[type[Base], dict[Key, Key]]:
    """All rows of a career by table and primary key."""
    who = career.employee_id
    return {
        EmploymentRow: {
            (each.id,): (each.id, who, each.valid, each.probation_until, each.termination_reason)
            for each in career.employments
        },
        AssignmentRow: {(each.id,): (each.id, who, *_values(each)) for each in career.assignments},
        AbsenceRow: {
            (each.id,): (each.id, who, each.kind.value, each.valid, each.revision) for each in career.absences
        },
        TerminationRow: {
            (who, each.last_day): (who, each.last_day, each.probation_until) for each in career.terminations
        },
        TruncatedAssignmentRow: {
            (who, each.last_day, part.id): (who, each.last_day, part.id, *_values(part))
            for each in career.terminations
            for part in each.truncated
        },
    }


def _values(said: Assignment) -> Key:
    return (said.position_id, said.kind.value, said.valid, said.note, said.overfill_reason, said.revision)
