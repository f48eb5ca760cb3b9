"""What happens by itself when its day has come, also if the system was down on that day (ORG-07).

A rotation's return is a fact of the assignments from the day on which the rotation was recorded, and so are the ends of
probations and delegations; here they are published, once each, for every day since the last time. Everything else
with a day of its own was published with that day when it was recorded (docs/decisions/0009-events-carry-their-days.md).
"""

from datetime import date

from services.kit.unit_of_work import UnitOfWork
from services.org.authority.store import delegations as delegation_rows
from services.org.authority.usecases import delegation_tasks, delegations
from services.org.exchange.store import effective_days as rows

TELLING = "tell"


async def tell(uow: UnitOfWork) -> int:
    """Report returns from rotation, ends of probation and of delegations up to today; how many there were."""
    after = await rows.done_until(uow.session, TELLING, uow.today)
    if after >= uow.today:
        return 0
    published = await _rotations(uow, after)
    published += await _probations(uow, after)
    published += await _delegations(uow, after)
    await delegation_tasks.await_renewals(uow)
    await rows.mark(uow.session, TELLING, uow.today)
    return published


async def _rotations(uow: UnitOfWork, after: date) -> int:
    returned = await rows.rotations_ended(uow.session, after, uow.today)
    for each in returned:
        await uow.record(
            "org.assignment.returned",
            subject=("assignment", each.id),
            data={"employee_id": each.employee_id, "valid_from": each.day},
            about=("employee", each.employee_id),
        )
    return len(returned)


async def _probations(uow: UnitOfWork, after: date) -> int:
    passed = await rows.probations_ended(uow.session, after, uow.today)
    for each in passed:
        await uow.record(
            "org.employee.probation_ended", subject=("employee", each.employee_id), data={"last_day": each.day}
        )
    return len(passed)


async def _delegations(uow: UnitOfWork, after: date) -> int:
    ended = await delegation_rows.ended(uow.session, after, uow.today, event="org.delegation.ended")
    for row, day in ended:
        await delegation_tasks.close_renewal(uow, row)
        last = day - date.resolution
        await delegations.record(uow, "org.delegation.ended", row=row, after={"valid_to": last}, valid_to=last)
    return len(ended)
