"""Who fills positions. The one place where the structure looks at people's tables (see .importlinter)."""

from datetime import date
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, func, select

from services.kit.database.sessions import ReadSession, period
from services.kit.periods import Period
from services.org.people.store.tables import AssignmentRow, EmployeeRow
from services.org.structure.domain.occupancy import MAIN
from services.org.structure.store.structure import during, in_force
from services.org.structure.store.tables import PositionRow

_MAIN = AssignmentRow.kind.in_([kind.value for kind in MAIN])


def filled(day: date | BindParameter[date]) -> ColumnElement[int]:
    """How many people have their main assignment in a position of the query around it on ``day``."""
    query = select(func.count()).where(
        AssignmentRow.position_id == PositionRow.id, _MAIN, in_force(AssignmentRow.valid, day)
    )
    return query.correlate(PositionRow).scalar_subquery()


async def holders(session: ReadSession, position_id: UUID, span: Period) -> list[str]:
    """Numbers and names of people who are in a position on some day of ``span``, a few of them."""
    row = AssignmentRow
    query = (
        select(EmployeeRow.number, EmployeeRow.name)
        .join(row, row.employee_id == EmployeeRow.id)
        .where(row.position_id == position_id, during(row.valid, span))
        .distinct()
        .order_by(EmployeeRow.number)
        .limit(5)
    )
    return [f"{number} {name}" for number, name in await session.execute(query)]


async def main_assignments(session: ReadSession, position_id: UUID) -> list[Period]:
    """The days of every main assignment to a position."""
    query = select(AssignmentRow.valid).where(AssignmentRow.position_id == position_id, _MAIN)
    return [period(valid) for valid in (await session.execute(query)).scalars()]
