"""A person's open responsibilities on a day (ORG-07)."""

from datetime import date
from uuid import UUID

from sqlalchemy import and_, func, select

from services.kit.database.sessions import ReadSession
from services.org.handover.domain.pending_work import HeadedUnit, OpenAssignment
from services.org.people.store import reporting
from services.org.people.store.tables import AssignmentRow, DottedLineRow, EmploymentRow
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import PositionRow, PositionVersionRow, UnitRow, UnitVersionRow


async def assignments(session: ReadSession, employee_id: UUID, day: date) -> list[OpenAssignment]:
    """The assignments of a person."""
    row, position = AssignmentRow, PositionVersionRow
    query = (
        select(row.id, row.position_id, PositionRow.code, position.title, position.title_en, row.kind)
        .join(PositionRow, PositionRow.id == row.position_id)
        .join(position, and_(position.position_id == row.position_id, in_force(position.valid, day)))
        .where(row.employee_id == employee_id, in_force(row.valid, day))
        .order_by(func.lower(row.valid), row.id)
    )
    return [OpenAssignment(*found) for found in await session.execute(query)]


async def headed_units(session: ReadSession, employee_id: UUID, day: date) -> list[HeadedUnit]:
    """The units whose head position a person holds, in any kind of assignment."""
    row, unit = AssignmentRow, UnitVersionRow
    query = (
        select(unit.unit_id, UnitRow.code, unit.name, unit.name_en)
        .join(UnitRow, UnitRow.id == unit.unit_id)
        .join(row, row.position_id == unit.head_position_id)
        .where(row.employee_id == employee_id, in_force(row.valid, day), in_force(unit.valid, day))
        .order_by(UnitRow.code)
    )
    return [HeadedUnit(*found) for found in await session.execute(query)]


async def count_reports(session: ReadSession, employee_id: UUID, day: date) -> int:
    """How many people a person leads directly."""
    found = reporting.direct_reports(employee_id, day).subquery()
    return (await session.execute(select(func.count()).select_from(found))).scalar_one()


async def count_dotted(session: ReadSession, employee_id: UUID, day: date) -> int:
    """How many people report to a person by an explicit second line."""
    row, work = DottedLineRow, EmploymentRow
    query = (
        select(func.count())
        .select_from(row)
        .join(work, work.employee_id == row.employee_id)
        .where(row.superior_id == employee_id, in_force(row.valid, day), in_force(work.valid, day))
    )
    return (await session.execute(query)).scalar_one()
