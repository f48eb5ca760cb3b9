"""Reading the whole organisation for an import or export, and writing a file's changes in bulk (ORG-14)."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, bindparam, delete, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute

from services.kit.database.bulk import copy_rows
from services.kit.database.sessions import ReadSession, WriteSession, period
from services.kit.timeline import Version
from services.org.exchange.domain.assignment_import import Occupant
from services.org.exchange.domain.people_import import Person
from services.org.people.domain.career import Career
from services.org.people.store import careers
from services.org.people.store.tables import AssignmentRow, EmployeeRow
from services.org.schema import Base
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.domain.position import PositionFacts
from services.org.structure.domain.unit import UnitFacts
from services.org.structure.store import path_index, positions, units
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitRow, UnitVersionRow

Written = Mapping[str, object]


async def employee_ids(session: ReadSession) -> dict[str, UUID]:
    """The ids of all past and present employees, by number and in that order."""
    found = await session.execute(select(EmployeeRow.number, EmployeeRow.id).order_by(EmployeeRow.number))
    return dict(found.all())


async def people(session: ReadSession, employee_ids: Sequence[UUID]) -> dict[UUID, Person]:
    """People with their whole careers, in the order of their ids given."""
    row = EmployeeRow
    found = await session.execute(select(row.id, row.number, row.name, row.email).where(_among(row.id, employee_ids)))
    known = await careers.of(session, employee_ids)
    named = {row_id: Person(number, name, email, known[row_id]) for row_id, number, name, email in found}
    return {each: named[each] for each in employee_ids}


async def occupants(session: ReadSession, *, besides: Iterable[UUID]) -> list[Occupant]:
    """Who was, is and will be in which position, except some people."""
    row = AssignmentRow
    query = select(row.position_id, row.kind, row.valid).where(~_among(row.employee_id, besides))
    kinds = {kind.value: kind for kind in AssignmentKind}
    return [
        Occupant(position_id, kinds[kind], period(valid)) for position_id, kind, valid in await session.execute(query)
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


async def write_people(session: WriteSession, changed: Sequence[tuple[Person | None, Person]]) -> None:
    """Make new people (before: None), give changed ones their name and e-mail, and write all their careers."""
    made = ((now.career.employee_id, now.number, now.name, now.email, 1) for was, now in changed if was is None)
    await _copy(session, EmployeeRow, ("id", "number", "name", "email", "revision"), made)
    known = [
        {"known": now.career.employee_id, "name": now.name, "email": now.email}
        for was, now in changed
        if was is not None and was.facts != now.facts
    ]
    if known:
        row = EmployeeRow
        change = update(row).where(row.id == bindparam("known")).values(revision=row.revision + 1)
        await (await session.connection()).execute(change, known)
    pairs = ((was.career if was else Career(now.career.employee_id), now.career) for was, now in changed)
    await careers.write(session, pairs)


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
