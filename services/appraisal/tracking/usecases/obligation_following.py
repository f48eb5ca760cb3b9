"""What happens to obligations by the clock: the calendar changes, deadlines pass (APR-07)."""

from typing import Final

from services.appraisal.tracking.store import obligations as store
from services.appraisal.tracking.store.obligations import NOUN
from services.kit.work.unit_of_work import UnitOfWork

AT_ONCE: Final = 200
"""So many obligations a job handles in one transaction."""


async def follow_calendar(uow: UnitOfWork) -> None:
    """Take over deadlines that the calendar has moved (ORG-16)."""
    await store.follow_tasks(uow.session)


async def tell_overdue(uow: UnitOfWork) -> int:
    """Tell other systems once of each obligation whose deadline has passed; how many."""
    rows = await store.overdue(uow.session, uow.now, AT_ONCE)
    for row in rows:
        row.overdue_announced = True
        data = {"origin": row.origin, "demand": row.demand, "due_at": row.due_at.isoformat()}
        await uow.record("appraisal.obligation.overdue", subject=(NOUN, row.id), after=data, data=data)
    await uow.session.flush()
    return len(rows)
