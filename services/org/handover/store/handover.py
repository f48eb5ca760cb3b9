"""What somebody has in hand on a day (ORG-07)."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select

from services.kit.database import ReadSession
from services.org.people.store import reporting
from services.org.people.store.tables import AssignmentRow, DottedLineRow, EmploymentRow
from services.org.structure.store.structure import in_force
from services.org.structure.store.tables import PositionRow, UnitRow, UnitVersionRow


class SeatHeld(NamedTuple):
    """A seat and how it is held."""

    assignment_id: UUID
    position_id: UUID
    position_code: str
    kind: str


class UnitHeaded(NamedTuple):
    """A unit whose head position the person holds."""

    unit_id: UUID
    unit_code: str
    name: str


async def seats(session: ReadSession, employee_id: UUID, day: date) -> list[SeatHeld]:
    """The seats of a person."""
    row = AssignmentRow
    query = (
        select(row.id, row.position_id, PositionRow.code, row.kind)
        .join(PositionRow, PositionRow.id == row.position_id)
        .where(row.employee_id == employee_id, in_force(row.valid, day))
        .order_by(func.lower(row.valid), row.id)
    )
    return [SeatHeld(*found) for found in await session.execute(query)]


async def units_headed(session: ReadSession, employee_id: UUID, day: date) -> list[UnitHeaded]:
    """The units that a person heads, in whatever kind he holds the seat."""
    row, unit = AssignmentRow, UnitVersionRow
    query = (
        select(unit.unit_id, UnitRow.code, unit.name)
        .join(UnitRow, UnitRow.id == unit.unit_id)
        .join(row, row.position_id == unit.head_position_id)
        .where(row.employee_id == employee_id, in_force(row.valid, day), in_force(unit.valid, day))
        .order_by(UnitRow.code)
    )
    return [UnitHeaded(*found) for found in await session.execute(query)]


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
