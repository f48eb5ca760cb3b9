"""What happens by itself when its day has come, also if the system was down on that day (ORG-07).

A rotation's return is a fact of the assignments from the day on which the rotation was recorded, and so are the ends of
probations and delegations; here they are told to others, once each, for every day since the last time. Everything else
with a day of its own was told with that day when it was recorded (docs/decisions/0009-events-carry-their-days.md).
"""

from datetime import date, datetime
from uuid import UUID

from services.kit.database import WriteSession
from services.kit.identity import Caller
from services.org import trail
from services.org.authority.store import delegations as delegation_rows
from services.org.authority.usecases import delegations
from services.org.exchange.store import effective_days as rows

TELLING = "tell"
CLOCKWORK = Caller(UUID(int=0), "clockwork", "service")


async def tell(session: WriteSession, *, now: datetime, today: date) -> int:
    """Report returns from rotation, ends of probation and of delegations up to ``today``; how many there were."""
    after = await rows.done_until(session, TELLING, today)
    if after >= today:
        return 0
    told = await _rotations(session, now, after, today)
    told += await _probations(session, now, after, today)
    told += await _delegations(session, now, after, today)
    await rows.mark(session, TELLING, today)
    return told


async def _rotations(session: WriteSession, now: datetime, after: date, today: date) -> int:
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
    return len(returned)


async def _probations(session: WriteSession, now: datetime, after: date, today: date) -> int:
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
    return len(passed)


async def _delegations(session: WriteSession, now: datetime, after: date, today: date) -> int:
    ended = await delegation_rows.ended(session, after, today, told="delegation.end")
    for row, day in ended:
        last = day - date.resolution
        await delegations.tell(
            session, caller=CLOCKWORK, now=now, row=row, action="end", after={"last_day": last}, last_day=last
        )
    return len(ended)
