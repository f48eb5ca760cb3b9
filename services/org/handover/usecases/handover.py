"""What somebody still has in hand before leaving: whom he leads, approves for and stands in for (ORG-07)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Row

from services.kit.database import ReadSession
from services.kit.identity import Caller, Role
from services.org.authority.store import delegations as delegation_rows
from services.org.authority.store.tables import DelegationRow
from services.org.handover.store import handover as rows
from services.org.handover.store import pending_work as waiting_rows
from services.org.people.store import employees as employee_rows
from services.org.people.usecases import employees
from services.org.structure.domain.occupancy import AssignmentKind
from services.org.structure.usecases.scope import OutOfScope

SHOWN = 100
"""So many of each are listed; the count tells how many there are."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class Counted(Generic[Item]):
    """How many there are, and the first of them."""

    count: int
    items: list[Item]


@dataclass(frozen=True)
class Duties:
    """Open on a day: seats, units headed, people led directly and by a second line, delegations, decisions."""

    seats: list[rows.SeatHeld]
    units: list[rows.UnitHeaded]
    direct_reports: int
    dotted_reports: int
    given: Counted[Row[Any]]
    received: Counted[Row[Any]]
    approvals: Counted[waiting_rows.Approval]
    reviews: Counted[waiting_rows.Review]

    @property
    def standing_in(self) -> list[rows.SeatHeld]:
        """The seats that he only stands in for."""
        return [seat for seat in self.seats if seat.kind == AssignmentKind.ACTING]


async def open_on(session: ReadSession, *, caller: Caller, employee_id: UUID, day: date) -> Duties:
    """Everything that somebody else must take over if the person goes on ``day``; for who oversees his unit.

    Raises:
        EmployeeUnknown: not employed on that day.
        OutOfScope: the caller oversees other units only.
    """
    await employees.one(session, employee_id=employee_id, day=day)
    path = await employee_rows.unit_path(session, employee_id, day)
    if not caller.has_over(path, Role.HR, Role.EXECUTIVE, Role.AUDITOR):
        raise OutOfScope
    given, received = [
        Counted(*await delegation_rows.open_of(session, side, employee_id, day, limit=SHOWN))
        for side in (DelegationRow.delegator_id, DelegationRow.delegate_id)
    ]
    return Duties(
        seats=await rows.seats(session, employee_id, day),
        units=await rows.units_headed(session, employee_id, day),
        direct_reports=await rows.count_reports(session, employee_id, day),
        dotted_reports=await rows.count_dotted(session, employee_id, day),
        given=given,
        received=received,
        approvals=Counted(*await waiting_rows.approvals(session, employee_id, day, limit=SHOWN)),
        reviews=Counted(*await waiting_rows.reviews(session, employee_id, day, limit=SHOWN)),
    )
