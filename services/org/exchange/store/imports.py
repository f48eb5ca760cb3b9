"""Reading the whole organisation for an import or export, and writing a file's changes in bulk (ORG-14)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from services.kit.bulk import copy_rows
from services.kit.database import ReadSession, WriteSession, new_id, period
from services.kit.timeline import Version
from services.org.exchange.domain.assignment_import import Held
from services.org.exchange.domain.people_import import Employment, Person
from services.org.people.store.tables import AssignmentRow, EmployeeRow, EmploymentRow
from services.org.schema import Base
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.domain.position import PositionFacts
from services.org.structure.domain.unit import UnitFacts
from services.org.structure.store import path_index, positions, units
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitRow, UnitVersionRow

Written = Mapping[str, object]


async def people(session: ReadSession) -> dict[UUID, Person]:
    """Everybody who ever worked here, by number, with all periods of work."""
    jobs: dict[UUID, list[Employment]] = defaultdict(list)
    row = EmploymentRow
    query = select(row.employee_id, row.valid, row.probation_until, row.termination_reason).order_by(
        func.lower(row.valid)
    )
    for employee_id, valid, until, reason in await session.execute(query):
        jobs[employee_id].append(Employment(period(valid), until, reason))
    who = EmployeeRow
    found = await session.execute(select(who.id, who.number, who.name, who.email).order_by(who.number))
    return {
        employee_id: Person(number, name, email, tuple(jobs[employee_id])) for employee_id, number, name, email in found
    }


async def held(session: ReadSession) -> list[Held]:
    """Every assignment there ever was."""
    row = AssignmentRow
    columns = (
        row.id,
        row.employee_id,
        row.position_id,
        row.kind,
        row.valid,
        row.note,
        row.overfill_reason,
        row.revision,
    )
    return [
        Held(row_id, employee_id, position_id, AssignmentKind(kind), period(valid), note, reason, version)
        for row_id, employee_id, position_id, kind, valid, note, reason, version in await session.execute(
            select(*columns)
        )
    ]


async def write_structure(
    session: WriteSession,
    *,
    new_units: Mapping[str, UUID],
    changed_units: Mapping[UUID, Sequence[Version[UnitFacts]]],
    new_positions: Mapping[str, UUID],
    changed_positions: Mapping[UUID, Sequence[Version[PositionFacts]]],
) -> None:
    """Make new units and positions, which name each other, then give all changed ones their timelines."""
    await _identities(session, UnitRow, new_units, changed_units)
    await _identities(session, PositionRow, new_positions, changed_positions)
    if changed_units:
        await session.execute(delete(UnitVersionRow).where(_among(UnitVersionRow.unit_id, changed_units)))
        rows = (row for unit_id, its in changed_units.items() for row in units.VERSIONS.rows({"unit_id": unit_id}, its))
        await _copy_versions(session, UnitVersionRow, rows)
        await path_index.lay_all(session, path_index.UNITS)
    if changed_positions:
        row, versions = PositionVersionRow, positions.VERSIONS
        await session.execute(delete(row).where(_among(row.position_id, changed_positions)))
        rows = (
            each for record, its in changed_positions.items() for each in versions.rows({"position_id": record}, its)
        )
        await _copy_versions(session, row, rows)
    if changed_units or changed_positions:
        await path_index.lay_all(session, path_index.POSITIONS)


async def write_people(session: WriteSession, changed: Mapping[UUID, Person], *, fresh: Set[UUID]) -> None:
    """Make ``fresh`` people, give changed ones name, mail and periods of work."""
    made = (
        (row_id, person.number, person.name, person.email, 1) for row_id, person in changed.items() if row_id in fresh
    )
    await _copy(session, EmployeeRow, ("id", "number", "name", "email", "revision"), made)
    known = [
        {"known": row_id, "name": person.name, "email": person.email}
        for row_id, person in changed.items()
        if row_id not in fresh
    ]
    if known:
        row = EmployeeRow
        change = update(row).where(row.id == bindparam("known")).values(revision=row.revision + 1)
        await (await session.connection()).execute(change, known)
        await session.execute(delete(EmploymentRow).where(_among(EmploymentRow.employee_id, set(changed) - fresh)))
    jobs = (
        (new_id(), row_id, job.valid, job.probation_until, job.termination_reason)
        for row_id, person in changed.items()
        for job in person.employments
    )
    await _copy(session, EmploymentRow, ("id", "employee_id", "valid", "probation_until", "termination_reason"), jobs)


async def write_held(session: WriteSession, changed: Mapping[UUID, Held], *, overfill_reason: str | None) -> None:
    """Give changed assignments their days and notes, make new ones.

    Changed ones are taken out of the way first: two that swap days would overlap half-way.
    """
    known = [row_id for row_id, seat in changed.items() if seat.id]
    if known:
        await session.execute(delete(AssignmentRow).where(_among(AssignmentRow.id, known)))
    rows = (
        (
            row_id,
            seat.employee_id,
            seat.position_id,
            seat.kind.value,
            seat.valid,
            seat.note,
            seat.overfill_reason or overfill_reason,
            seat.revision,
        )
        for row_id, seat in changed.items()
    )
    names = ("id", "employee_id", "position_id", "kind", "valid", "note", "overfill_reason", "revision")
    await _copy(session, AssignmentRow, names, rows)


async def _identities(
    session: WriteSession, rows: type[UnitRow] | type[PositionRow], new: Mapping[str, UUID], changed: Iterable[UUID]
) -> None:
    fresh = set(new.values())
    await _copy(session, rows, ("id", "code", "revision"), ((row_id, code, 1) for code, row_id in new.items()))
    known = [row_id for row_id in changed if row_id not in fresh]
    if known:
        await session.execute(update(rows).where(_among(rows.id, known)).values(revision=rows.revision + 1))


async def _copy_versions(session: WriteSession, table: type[Base], rows: Iterable[Written]) -> None:
    columns = [column.name for column in table.__table__.columns]
    await _copy(session, table, columns, ([row[column] for column in columns] for row in rows))


async def _copy(
    session: WriteSession, table: type[Base], columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    await copy_rows(session, f"org.{table.__tablename__}", columns, rows)


def _among(column: InstrumentedAttribute[UUID], ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Whether a column has one of very many ids: as one array, for a statement takes 65,535 parameters."""
    return column == any_(literal(list(ids), ARRAY(Uuid)))
