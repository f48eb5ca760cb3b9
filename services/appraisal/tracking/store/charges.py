"""Who is in charge of a unit."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from services.appraisal.cycles.store.tables import SnapshotAssignmentRow, SnapshotEmployeeRow, SnapshotUnitRow
from services.appraisal.tracking.domain.obligation import Owner
from services.kit.database.sessions import ReadSession
from services.kit.errors import Text


@dataclass(frozen=True)
class Charge:
    """A unit with its head and those above the head, as the newest cycle froze them; no head: nobody owes anything."""

    unit_id: UUID
    code: str
    name: Text
    head: Owner


async def charge_of(session: ReadSession, unit_id: UUID) -> Charge | None:
    """Who is in charge of a unit; None where no cycle knows it."""
    unit, person, assignment = SnapshotUnitRow, SnapshotEmployeeRow, SnapshotAssignmentRow
    query = (
        select(
            unit.code, unit.name, unit.name_en, unit.path, unit.head_employee_id, person.name, assignment.manager_chain
        )
        .outerjoin(person, (person.cycle_id == unit.cycle_id) & (person.employee_id == unit.head_employee_id))
        .outerjoin(
            assignment, (assignment.cycle_id == unit.cycle_id) & (assignment.employee_id == unit.head_employee_id)
        )
        .where(unit.unit_id == unit_id)
        .order_by(unit.cycle_id.desc(), func.upper(assignment.days).desc())
        .limit(1)
    )
    row: Any = (await session.execute(query)).first()
    if row is None:
        return None
    code, name, name_en, path, head_id, head_name, chain = row
    return Charge(unit_id, code, Text(name, name_en), Owner(head_id, head_name, tuple(chain or ()), tuple(path)))
