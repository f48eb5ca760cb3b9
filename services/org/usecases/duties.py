"""What somebody still has in hand before leaving: whom he leads, what he heads and stands in for (ORG-07)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.kit.database import ReadSession
from services.org.domain.assignment import AssignmentKind
from services.org.store import duties as rows
from services.org.usecases import employees


@dataclass(frozen=True)
class Duties:
    """Open on a day: seats held, units headed, people led directly and by a second line."""

    seats: list[rows.SeatHeld]
    units: list[rows.UnitHeaded]
    direct_reports: int
    dotted_reports: int

    @property
    def standing_in(self) -> list[rows.SeatHeld]:
        """The seats that he only stands in for."""
        return [seat for seat in self.seats if seat.kind == AssignmentKind.ACTING]


async def open_on(session: ReadSession, *, employee_id: UUID, day: date) -> Duties:
    """Everything that somebody else must take over if the person goes on ``day``.

    Raises:
        EmployeeUnknown: not employed on that day.
    """
    await employees.one(session, employee_id=employee_id, day=day)
    return Duties(
        seats=await rows.seats(session, employee_id, day),
        units=await rows.units_headed(session, employee_id, day),
        direct_reports=await rows.count_reports(session, employee_id, day),
        dotted_reports=await rows.count_dotted(session, employee_id, day),
    )
