"""Results shown in the departments (APR-13)."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import POLICIES
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.decisions.domain.public_notice import PublicNotice
from services.appraisal.decisions.usecases.publication import LOOKAHEAD, notice_of
from services.appraisal.scoring.store import results as store
from services.appraisal.scoring.store.results import PublicResult
from services.kit.calendar.stored_days import load_calendar
from services.kit.database.pages import Paging, Rows
from services.kit.database.sessions import ReadSession, days
from services.kit.identity import Caller, Role
from services.kit.periods import Period
from services.kit.work.unit_of_work import UnitOfWork

_READERS = (Role.HR, Role.AUDITOR)


async def get_public_notice(
    session: ReadSession, *, caller: Caller, cycle_id: UUID, zone: ZoneInfo, now: datetime, paging: Paging
) -> tuple[PublicNotice, Rows[PublicResult]]:
    """Names and grades of the caller's own department during the notice; of all units in HR's scope at any time.

    Raises:
        NotNow: nothing is published.
        PublicNoticeOver: the notice is over, for people of the department.
    """
    cycle = await cycle_store.find(session, cycle_id)
    demand_state(cycle.state, CycleState.PUBLISHED, CycleState.CLOSED)
    notice = notice_of(cycle)
    if caller.has(*_READERS):
        departments = await store.departments_within(session, cycle_id, caller.units_of(*_READERS))
    else:
        notice.demand_running(now, zone)
        departments = []
    if caller.employee_id is not None and not notice.is_over(now, zone):
        departments += await store.departments_of(session, cycle_id, caller.employee_id)
    return notice, await store.published(session, paging, cycle_id=cycle_id, departments=departments)


async def extend_running(uow: UnitOfWork) -> None:
    """Recount the end of every running public notice after the calendar changed; it never moves earlier.

    The days promised stay promised, and an appeal that was in time stays in time (APR-13).
    """
    for cycle in await cycle_store.published_for_update(uow.session):
        notice = notice_of(cycle)
        promised = POLICIES.load(cycle.policy).public_notice_days
        reach = notice.first + LOOKAHEAD
        calendar = await load_calendar(uow.session, notice.first, reach)
        last = PublicNotice.of(calendar, first=notice.first, working_days=promised).last
        if last <= notice.last:
            continue
        cycle.public_notice = days(Period.closed(notice.first, last))
        cycle.revision += 1
        await uow.session.flush()
        await uow.record(
            "appraisal.cycle.public_notice_extended",
            subject=("cycle", cycle.id),
            before={"public_notice_to": notice.last},
            after={"public_notice_to": last},
            data={"public_notice_from": notice.first, "public_notice_to": last},
        )
