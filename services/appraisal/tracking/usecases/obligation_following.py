"""What happens to obligations by the clock: owners leave, the calendar changes, deadlines pass (APR-07)."""

from typing import Final

from services.appraisal.cycles.store import departures
from services.appraisal.tracking.domain.obligation import successor
from services.appraisal.tracking.store import obligations as store
from services.appraisal.tracking.store.obligations import NOUN
from services.appraisal.tracking.usecases.obligations import SUBMIT, ask_owner
from services.kit.tasks import close_tasks
from services.kit.unit_of_work import UnitOfWork

AT_ONCE: Final = 200
"""So many obligations a job handles in one transaction."""


async def hand_over_obligations(uow: UnitOfWork) -> int:
    """Let the next superior, or HR, owe what somebody owed who has left; how many changed hands (APR-07)."""
    rows = await store.left_behind(uow.session, uow.today, AT_ONCE)
    people = {person for row in rows for person in row.chain}
    gone = await departures.gone(uow.session, people, uow.today)
    names = await store.names(uow.session, people)
    for row in rows:
        before = row.owner_id
        heir = successor(store.owner_of(row), gone)
        row.owner_id, row.chain = heir.employee_id, list(heir.chain)
        row.owner_name = None if heir.employee_id is None else names.get(heir.employee_id)
        row.revision, row.overdue_told = row.revision + 1, False
        await uow.session.flush()
        await close_tasks(uow, SUBMIT, subject=(NOUN, row.id))
        found = store.obligation_of(row)
        await ask_owner(uow, found)
        after = {"owner_id": heir.employee_id}
        await uow.audit(
            "appraisal.obligation.handed_over", subject=(NOUN, row.id), before={"owner_id": before}, after=after
        )
    await store.follow_tasks(uow.session)
    return len(rows)


async def follow_calendar(uow: UnitOfWork) -> None:
    """Take over deadlines that the calendar has moved (ORG-16)."""
    await store.follow_tasks(uow.session)


async def tell_overdue(uow: UnitOfWork) -> int:
    """Tell other systems once of each obligation whose deadline has passed; how many."""
    rows = await store.overdue(uow.session, uow.now, AT_ONCE)
    for row in rows:
        row.overdue_told = True
        data = {"origin": row.origin, "demand": row.demand, "due_at": row.due_at.isoformat()}
        await uow.record("appraisal.obligation.overdue", subject=(NOUN, row.id), after=data, data=data)
    await uow.session.flush()
    return len(rows)
