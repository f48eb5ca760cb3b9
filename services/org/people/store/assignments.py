"""Who sits where (ORG-07)."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from services.kit.database import ReadSession, WriteSession
from services.kit.periods import Period
from services.org.people.store.tables import AssignmentRow, DottedLineRow, EmployeeRow, EmploymentRow
from services.org.structure.domain.occupancy import MAIN
from services.org.structure.store.structure import during, in_force
from services.org.structure.store.tables import PositionRow, PositionVersionRow


async def find(session: ReadSession, assignment_id: UUID) -> AssignmentRow | None:
    """One assignment."""
    return await session.get(AssignmentRow, assignment_id)


async def find_for_update(session: WriteSession, assignment_id: UUID) -> AssignmentRow | None:
    """One assignment as it now is, locked until the transaction ends."""
    return await session.get(AssignmentRow, assignment_id, with_for_update=True, populate_existing=True)


def listed() -> Select[*tuple[Any, ...]]:
    """Assignments with person and position."""
    return (
        select(AssignmentRow, EmployeeRow, PositionRow)
        .join(EmployeeRow, EmployeeRow.id == AssignmentRow.employee_id)
        .join(PositionRow, PositionRow.id == AssignmentRow.position_id)
    )


async def of_employee(session: ReadSession, employee_id: UUID, span: Period | None = None) -> list[AssignmentRow]:
    """A person's assignments, all or those that share a day with ``span``, the first first."""
    query = select(AssignmentRow).where(AssignmentRow.employee_id == employee_id)
    if span is not None:
        query = query.where(during(AssignmentRow.valid, span))
    return list((await session.execute(query.order_by(func.lower(AssignmentRow.valid)))).scalars())


async def main_seat(session: ReadSession, employee_id: UUID, day: date) -> AssignmentRow | None:
    """A person's main seat on ``day``."""
    query = select(AssignmentRow).where(
        AssignmentRow.employee_id == employee_id,
        AssignmentRow.kind.in_([kind.value for kind in MAIN]),
        in_force(AssignmentRow.valid, day),
    )
    return (await session.execute(query)).scalar()


async def dotted_superiors(session: ReadSession, employee_id: UUID, day: date) -> list[EmployeeRow]:
    """The people to whom somebody reports by an explicit second line on ``day``; who has left is no superior."""
    query = (
        select(EmployeeRow)
        .join(DottedLineRow, DottedLineRow.superior_id == EmployeeRow.id)
        .join(EmploymentRow, EmploymentRow.employee_id == EmployeeRow.id)
        .where(DottedLineRow.employee_id == employee_id, in_force(DottedLineRow.valid, day))
        .where(in_force(EmploymentRow.valid, day))
        .order_by(EmployeeRow.number)
    )
    return list((await session.execute(query)).scalars())


async def position_units(session: ReadSession, position_ids: Iterable[UUID], day: date) -> dict[UUID, UUID]:
    """The unit of each position on ``day``."""
    row = PositionVersionRow
    query = select(row.position_id, row.unit_id).where(
        and_(row.position_id.in_(list(position_ids)), in_force(row.valid, day))
    )
    return {found.position_id: found.unit_id for found in await session.execute(query)}
