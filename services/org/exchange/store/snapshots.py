"""The rows of a snapshot: one statement per table, plain columns, whatever the size."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import case, func, select

from services.kit.database.sessions import ReadSession, period
from services.kit.periods import Period
from services.org.people.domain.incumbent import Incumbent
from services.org.people.store.employees import undecided_on
from services.org.people.store.tables import AbsenceRow, AssignmentRow, EmployeeRow, EmploymentRow
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.store.structure import during
from services.org.structure.store.tables import PositionRow, UnitPathRow, UnitRow


class Person(NamedTuple):
    """A person and the last employment in the span."""

    id: UUID
    number: str
    name: str
    employed: Period
    probation_until: str | None


class Away(NamedTuple):
    """Days on which a person is away, and why."""

    id: UUID
    employee_id: UUID
    kind: str
    valid: Period


class Place(NamedTuple):
    """The place of a unit, and its days."""

    valid: Period
    path: list[UUID]


async def unit_codes(session: ReadSession) -> dict[UUID, str]:
    """The codes of all units, in their order."""
    found = await session.execute(select(UnitRow.id, UnitRow.code).order_by(UnitRow.code))
    return dict(found.all())


async def position_codes(session: ReadSession) -> dict[UUID, str]:
    """The codes of all positions, in their order."""
    found = await session.execute(select(PositionRow.id, PositionRow.code).order_by(PositionRow.code))
    return dict(found.all())


async def places(session: ReadSession, span: Period) -> dict[UUID, list[Place]]:
    """The places of all units in ``span``."""
    row = UnitPathRow
    query = select(row.unit_id, row.valid, row.path).where(during(row.valid, span))
    found: dict[UUID, list[Place]] = defaultdict(list)
    for unit_id, valid, path in await session.execute(query):
        found[unit_id].append(Place(period(valid), path))
    return found


async def people(session: ReadSession, span: Period) -> list[Person]:
    """Everyone employed on some day of ``span``, by number."""
    row, job = EmployeeRow, EmploymentRow
    # A probation that is over and not passed goes on: it does not lapse by itself (ORG-15).
    last = span.last or date.max
    until = case((undecided_on(last), last), else_=job.probation_until)
    query = (
        select(row.id, row.number, row.name, func.lower(job.valid), func.upper(job.valid), until)
        .join(job, job.employee_id == row.id)
        .where(during(job.valid, span))
        .order_by(row.number, func.lower(job.valid))
    )
    found = {
        employee_id: Person(employee_id, number, name, Period(start, end), None if until is None else str(until))
        for employee_id, number, name, start, end, until in await session.execute(query)
    }
    return list(found.values())


async def assignments(session: ReadSession, span: Period) -> list[tuple[UUID, Incumbent]]:
    """Every assignment that shares a day with ``span``, with its id, by person and first day."""
    row = AssignmentRow
    query = (
        select(
            row.id,
            row.employee_id,
            EmployeeRow.number,
            row.position_id,
            row.kind,
            func.lower(row.valid),
            func.upper(row.valid),
        )
        .join(EmployeeRow, EmployeeRow.id == row.employee_id)
        .where(during(row.valid, span))
        .order_by(EmployeeRow.number, func.lower(row.valid), row.id)
    )
    kinds = {kind.value: kind for kind in AssignmentKind}
    return [
        (row_id, Incumbent(employee_id, number, position_id, kinds[kind], Period(start, end)))
        for row_id, employee_id, number, position_id, kind, start, end in await session.execute(query)
    ]


async def absences(session: ReadSession, span: Period) -> list[Away]:
    """Every absence that shares a day with ``span``, by person and first day."""
    row = AbsenceRow
    query = (
        select(row.id, row.employee_id, row.kind, row.valid)
        .join(EmployeeRow, EmployeeRow.id == row.employee_id)
        .where(during(row.valid, span))
        .order_by(EmployeeRow.number, func.lower(row.valid))
    )
    found = await session.execute(query)
    return [Away(row_id, employee_id, kind, period(valid)) for row_id, employee_id, kind, valid in found]
