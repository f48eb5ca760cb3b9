"""Results shown in the departments, and how grades are distributed (APR-12, APR-13)."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.decisions.domain.calibration import Share, distribution
from services.appraisal.decisions.domain.public_notice import PublicNotice
from services.appraisal.decisions.store import calibrations as calibration_store
from services.appraisal.decisions.usecases.publication import notice_of
from services.appraisal.library.domain.grade import Grade
from services.appraisal.scoring.store import results as store
from services.appraisal.scoring.store.results import PublicResult
from services.kit.database import ReadSession
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows

_READERS = (Role.HR, Role.AUDITOR)
_RESULTS = (CycleState.SCORED, CycleState.CALIBRATED, CycleState.PUBLISHED, CycleState.CLOSED)


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


async def grade_distribution(
    session: ReadSession, *, caller: Caller, cycle_id: UUID, unit_id: UUID | None
) -> list[Share]:
    """The distribution of present grades over a unit's people, with the quota of its newest calibration.

    Raises:
        NotNow: nothing is scored yet.
    """
    cycle = await cycle_store.find(session, cycle_id)
    demand_state(cycle.state, *_RESULTS)
    counts = await store.grade_counts(session, cycle_id, unit_id, caller.units_of(*_READERS))
    quota = await calibration_store.newest_quota(session, cycle_id, unit_id) if unit_id else {}
    return distribution(counts, {Grade(grade): Decimal(share) for grade, share in quota.items()})
