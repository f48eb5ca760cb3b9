"""Changes that take effect automatically on their day, also if the system was down on that day (ORG-07).

A rotation's return is a fact of the assignments from the day on which the rotation was recorded, and so is the end of a
delegation; here they are published, once each, for every day since the last time. Reviews of probation open some days
before its end.

Every other dated change was published with its day when it was recorded
(docs/decisions/0009-events-carry-their-days.md).
"""

from datetime import date

from services.kit.work.unit_of_work import UnitOfWork
from services.org.authority.store import delegations as delegation_rows
from services.org.authority.usecases import delegation_tasks, delegations
from services.org.employment.usecases import probation_tasks
from services.org.exchange.store import effective_days as rows
from services.org.structure.store import structure

TELLING, PROBATIONS = "tell", "probations"


async def tell(uow: UnitOfWork) -> int:
    """Report returns from rotation and ends of delegations up to today; how many there were."""
    after = await rows.done_until(uow.session, TELLING, uow.today)
    if after >= uow.today:
        return 0
    published = await _rotations(uow, after)
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


async def review_probations(uow: UnitOfWork, *, days_before: int) -> None:
    """Open the reviews of probation that are due, and let the open ones follow the careers (ORG-15).

    Probations that were over before this ran for the first time are left as they were settled.
    """
    await structure.share(uow.session)
    since = await rows.done_until(uow.session, PROBATIONS, uow.today)
    await probation_tasks.follow_all(uow)
    await probation_tasks.open_due(uow, days_before=days_before, since=since)


async def _delegations(uow: UnitOfWork, after: date) -> int:
    ended = await delegation_rows.ended(uow.session, after, uow.today, event="org.delegation.ended")
    for row, day in ended:
        await delegation_tasks.close_renewal(uow, row)
        last = day - date.resolution
        await delegations.record(uow, "org.delegation.ended", row=row, after={"valid_to": last}, valid_to=last)
    return len(ended)
