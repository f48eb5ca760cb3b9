"""Assignments with the names of people and positions (ORG-07)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.dialects.postgresql import array

from services.kit.database.pages import Listing, Paging, Rows
from services.kit.database.sessions import ReadSession, period
from services.kit.periods import Period
from services.org.people.domain.directory import AssignmentEntry, AssignmentFilter, PersonName, PositionTitle
from services.org.people.store.tables import AssignmentRow, DottedLineRow, EmployeeRow, EmploymentRow
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.store.structure import during, in_force
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitPathRow


def _entries() -> Select[*tuple[Any, ...]]:
    row, version = AssignmentRow, PositionVersionRow
    titles = (
        select(array([version.title, version.title_en]))
        .where(version.position_id == row.position_id, version.valid.overlaps(row.valid))
        .order_by(func.lower(version.valid).desc())
        .limit(1)
        .correlate(row)
        .scalar_subquery()
    )
    return (
        select(row.id, EmployeeRow.id, EmployeeRow.number, EmployeeRow.name, PositionRow.id, PositionRow.code, titles)
        .add_columns(row.kind, row.valid, row.note, row.overfill_reason, row.revision)
        .join(EmployeeRow, EmployeeRow.id == row.employee_id)
        .join(PositionRow, PositionRow.id == row.position_id)
    )


def _entry(found: Sequence[Any]) -> AssignmentEntry:
    row_id, person, position_id, code, titles = found[0], PersonName(*found[1:4]), *found[4:7]
    title, title_en = titles or (None, None)
    position = PositionTitle(position_id, code, title, title_en)
    kind, valid, note, overfill_reason, revision = found[7:12]
    return AssignmentEntry(
        row_id, person, position, AssignmentKind(kind), period(valid), note, overfill_reason, revision
    )


async def one(session: ReadSession, assignment_id: UUID) -> AssignmentEntry | None:
    """An assignment."""
    found = (await session.execute(_entries().where(AssignmentRow.id == assignment_id))).first()
    return None if found is None else _entry(found)


async def listed(session: ReadSession, paging: Paging, wanted: AssignmentFilter) -> Rows[AssignmentEntry]:
    """A page of assignments in the order in which they were recorded."""
    query, row = _entries(), AssignmentRow
    if wanted.day is not None:
        query = query.where(in_force(row.valid, wanted.day))
    if wanted.span is not None:
        query = query.where(during(row.valid, wanted.span))
    if wanted.employee_id is not None:
        query = query.where(row.employee_id == wanted.employee_id)
    if wanted.position_id is not None:
        query = query.where(row.position_id == wanted.position_id)
    if wanted.kind is not None:
        query = query.where(row.kind == wanted.kind.value)
    if wanted.unit_id is not None:
        query = query.where(_in_unit(wanted.unit_id, wanted.span))
    return await Listing(query, [row.id], _entry).page(session, paging)


def _in_unit(unit_id: UUID, span: Period | None) -> ColumnElement[bool]:
    """Whether the position lay in the unit or below it on a day of the assignment, within ``span``.

    Of spans that overlap in pairs, all share a day.
    """
    row, version, place = AssignmentRow, PositionVersionRow, UnitPathRow
    query = (
        select(version.id)
        .join(place, place.unit_id == version.unit_id)
        .where(version.position_id == row.position_id, place.path.contains([unit_id]))
        .where(version.valid.overlaps(row.valid), place.valid.overlaps(row.valid), place.valid.overlaps(version.valid))
    )
    if span is not None:
        query = query.where(during(version.valid, span), during(place.valid, span))
    return query.correlate(row).exists()


async def dotted_superiors(session: ReadSession, employee_id: UUID, day: date) -> list[PersonName]:
    """The superiors of a person by dotted lines on ``day``; leavers are no superiors."""
    query = (
        select(EmployeeRow.id, EmployeeRow.number, EmployeeRow.name)
        .join(DottedLineRow, DottedLineRow.superior_id == EmployeeRow.id)
        .join(EmploymentRow, EmploymentRow.employee_id == EmployeeRow.id)
        .where(DottedLineRow.employee_id == employee_id, in_force(DottedLineRow.valid, day))
        .where(in_force(EmploymentRow.valid, day))
        .order_by(EmployeeRow.number)
    )
    return [PersonName(*found) for found in await session.execute(query)]


async def holders(session: ReadSession, position_id: UUID, valid: Period) -> list[UUID]:
    """Who is assigned to a position, in whatever way, on some day of ``valid``."""
    row = AssignmentRow
    query = select(row.employee_id).where(row.position_id == position_id, during(row.valid, valid)).distinct()
    return list((await session.execute(query)).scalars())
