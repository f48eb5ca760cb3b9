"""What happens by itself when its day has come, also if the system was down on that day (ORG-07).

A rotation's return is a fact of the assignments from the day on which the rotation was recorded, and so is the end of
a probation; here it is told to others, once each, for every day since the last time.
"""

from datetime import date, datetime
from uuid import UUID

from services.kit.database import WriteSession
from services.kit.identity import Caller
from services.org.store import calendar as rows
from services.org.usecases import trail

TELLING = "tell"
CLOCKWORK = Caller(UUID(int=0), "clockwork", "service")


async def tell(session: WriteSession, *, now: datetime, today: date) -> int:
    """Report returns from rotation and ends of probation up to ``today``; how many there were."""
    after = await rows.done_until(session, TELLING, today)
    if after >= today:
        return 0
    returned = await rows.rotations_ended(session, after, today)
    for each in returned:
        await trail.leave(
            session,
            caller=CLOCKWORK,
            now=now,
            action="assignment.returned",
            resource="assignment",
            resource_id=each.id,
            news="org.assignment.changed",
            about=("employee", each.employee_id),
            data={"employee_id": each.employee_id, "first_day": each.day},
        )
    passed = await rows.probations_ended(session, after, today)
    for each in passed:
        await trail.leave(
            session,
            caller=CLOCKWORK,
            now=now,
            action="employee.probation_ended",
            resource="employee",
            resource_id=each.employee_id,
            news="org.employee.probation_ended",
            data={"employee_id": each.employee_id, "last_day": each.day},
        )
    await rows.mark(session, TELLING, today)
    return len(returned) + len(passed)
