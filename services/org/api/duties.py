"""What somebody has in hand, for whoever prepares a leave (ORG-07)."""

from uuid import UUID

from services.kit.fields import Id, Model
from services.kit.routing import router
from services.kit.web import Read
from services.org.api.permissions import Overseer
from services.org.api.shapes import AsOf, UnitRef
from services.org.domain.assignment import AssignmentKind
from services.org.usecases import duties

routes = router("/v1/org/employees", tag="employees")


class SeatHeld(Model):
    """A seat and how it is held."""

    assignment_id: Id
    position_id: Id
    position_code: str
    kind: AssignmentKind


class Duties(Model):
    """Open on a day: seats held, those only stood in for, units headed, how many people are led."""

    seats: list[SeatHeld]
    standing_in: list[SeatHeld]
    units: list[UnitRef]
    direct_reports: int
    dotted_reports: int


@routes.get("/{employee_id}/duties")
async def open_on(employee_id: UUID, session: Read, _caller: Overseer, day: AsOf) -> Duties:
    """Everything that somebody else must take over if the person goes."""
    found = await duties.open_on(session, employee_id=employee_id, day=day)
    return Duties(
        seats=[SeatHeld(**seat._asdict()) for seat in found.seats],
        standing_in=[SeatHeld(**seat._asdict()) for seat in found.standing_in],
        units=[UnitRef(id=unit.unit_id, code=unit.unit_code, name=unit.name) for unit in found.units],
        direct_reports=found.direct_reports,
        dotted_reports=found.dotted_reports,
    )
