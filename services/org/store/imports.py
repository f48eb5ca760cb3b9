"""Reading the whole organisation for an import or export, and writing a file's changes in bulk (ORG-14)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import Range

from services.kit.database import ReadSession, WriteSession, days, new_id, period
from services.kit.jobs import driver_connection
from services.org.domain.assignment import AssignmentKind
from services.org.domain.people_import import Employment, Person
from services.org.domain.position import PositionFacts
from services.org.domain.seat_import import Held
from services.org.domain.timeline import Version
from services.org.domain.unit import UnitFacts
from services.org.store import places, positions, units
from services.org.store.schema import Base
from services.org.store.tables import (
    AssignmentRow,
    EmployeeRow,
    EmploymentRow,
    PositionRow,
    PositionVersionRow,
    UnitRow,
    UnitVersionRow,
)

Written = Mapping[str, object]


async def people(session: ReadSession) -> dict[UUID, Person]:
    """Everybody who ever worked here, by number, with all periods of work."""
    jobs: dict[UUID, list[Employment]] = defaultdict(list)
    row = EmploymentRow
    query = select(row.employee_id, row.valid, row.probation_until, row.leaving_reason).order_by(func.lower(row.valid))
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
        row.version,
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
        await session.execute(delete(UnitVersionRow).where(UnitVersionRow.unit_id.in_(list(changed_units))))
        rows = (row for unit_id, its in changed_units.items() for row in units.VERSIONS.rows({"unit_id": unit_id}, its))
        await _copy(session, UnitVersionRow, rows)
        await places.lay_all(session, places.UNITS)
    if changed_positions:
        row, versions = PositionVersionRow, positions.VERSIONS
        await session.execute(delete(row).where(row.position_id.in_(list(changed_positions))))
        rows = (
            each for record, its in changed_positions.items() for each in versions.rows({"position_id": record}, its)
        )
        await _copy(session, row, rows)
    if changed_units or changed_positions:
        await places.lay_all(session, places.POSITIONS)


async def write_people(session: WriteSession, new: Mapping[str, UUID], changed: Mapping[UUID, Person]) -> None:
    """Make new people, give changed ones name, mail and periods of work."""
    fresh = set(new.values())
    made = (
        {"id": row_id, "number": person.number, "name": person.name, "email": person.email, "version": 1}
        for row_id, person in changed.items()
        if row_id in fresh
    )
    await _copy(session, EmployeeRow, made)
    for employee_id in set(changed) - fresh:
        row, person = EmployeeRow, changed[employee_id]
        change = {"name": person.name, "email": person.email, "version": row.version + 1}
        await session.execute(update(row).where(row.id == employee_id).values(change))
    await session.execute(delete(EmploymentRow).where(EmploymentRow.employee_id.in_(set(changed) - fresh)))
    jobs = (
        {
            "id": new_id(),
            "employee_id": employee_id,
            "valid": days(job.valid),
            "probation_until": job.probation_until,
            "leaving_reason": job.leaving_reason,
        }
        for employee_id, person in changed.items()
        for job in person.employments
    )
    await _copy(session, EmploymentRow, jobs)


async def write_held(session: WriteSession, changed: Sequence[Held], *, overfill_reason: str | None) -> None:
    """Give changed assignments their days and notes, make new ones.

    Changed ones are taken out of the way first: two that swap days would overlap half-way.
    """
    known = [seat.id for seat in changed if seat.id]
    if known:
        await session.execute(delete(AssignmentRow).where(AssignmentRow.id.in_(known)))
    rows = (
        {
            "id": seat.id or new_id(),
            "employee_id": seat.employee_id,
            "position_id": seat.position_id,
            "kind": seat.kind.value,
            "valid": days(seat.valid),
            "note": seat.note,
            "overfill_reason": seat.overfill_reason or overfill_reason,
            "version": seat.version,
        }
        for seat in changed
    )
    await _copy(session, AssignmentRow, rows)


async def _identities(
    session: WriteSession, rows: type[UnitRow] | type[PositionRow], new: Mapping[str, UUID], changed: Iterable[UUID]
) -> None:
    fresh = set(new.values())
    if new:
        made = [{"id": row_id, "code": code, "version": 1} for code, row_id in new.items()]
        await session.execute(insert(rows), made)
    known = [row_id for row_id in changed if row_id not in fresh]
    if known:
        await session.execute(update(rows).where(rows.id.in_(known)).values(version=rows.version + 1))


async def _copy(session: WriteSession, table: type[Base], rows: Iterable[Written]) -> None:
    """Write rows by COPY, the columns in the table's order."""
    await session.flush()
    columns = [column.name for column in table.__table__.columns]
    connection = await driver_connection(session)
    into = f"COPY org.{table.__tablename__} ({', '.join(columns)}) FROM STDIN"
    async with connection.cursor() as cursor, cursor.copy(into.encode()) as copy:
        for row in rows:
            await copy.write_row([_written(row[column]) for column in columns])


def _written(value: object) -> object:
    """SQLAlchemy's ranges as PostgreSQL writes them; the driver knows everything else."""
    return f"[{value.lower},{value.upper or ''})" if isinstance(value, Range) else value
