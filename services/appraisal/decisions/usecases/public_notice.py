"""Results shown in the departments, and how grades are distributed (APR-12, APR-13)."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import POLICIES
from services.appraisal.cycles.usecases.goals import demand_state
from services.appraisal.decisions.domain.calibration import Share, distribution
from services.appraisal.decisions.domain.public_notice import Window
from services.appraisal.decisions.store import calibrations as calibration_store
from services.appraisal.decisions.usecases.publication import LOOKAHEAD, window_of
from services.appraisal.library.domain.grade import Grade
from services.appraisal.scoring.store import results as store
from services.kit.calendar import load_calendar
from services.kit.database import ReadSession, days
from services.kit.identity import Caller, Role
from services.kit.pages import Paging, Rows
from services.kit.periods import Period
from services.kit.unit_of_work import UnitOfWork

_RESULTS = (CycleState.SCORED, CycleState.CALIBRATED, CycleState.PUBLISHED, CycleState.CLOSED)


async def shown(
    session: ReadSession, *, caller: Caller, cycle_id: UUID, zone: ZoneInfo, now: datetime, paging: Paging
) -> tuple[Window, Rows[Any]]:
    """Names and grades of the caller's own department, within the window; of all units in HR's scope at any time.

    Raises:
        NotNow: nothing is published.
        WindowClosed: the window is over, for people of the department.
    """
    cycle = await cycle_store.find(session, cycle_id)
    demand_state(cycle.state, CycleState.PUBLISHED, CycleState.CLOSED)
    window = window_of(cycle)
    if caller.has(Role.HR, Role.AUDITOR):
        departments = await store.departments_for_hr(session, cycle_id, caller)
    else:
        window.demand_running(now, zone)
        departments = []
    if caller.employee_id is not None and not window.is_over(now, zone):
        departments += await store.departments_of(session, cycle_id, caller.employee_id)
    return window, await store.published(session, paging, cycle_id=cycle_id, departments=departments)


async def shares(session: ReadSession, *, caller: Caller, cycle_id: UUID, unit_id: UUID | None) -> list[Share]:
    """The distribution of present grades over a unit's people, with the quota of its newest session.

    Raises:
        NotNow: nothing is scored yet.
    """
    cycle = await cycle_store.find(session, cycle_id)
    demand_state(cycle.state, *_RESULTS)
    counts = await store.grade_counts(session, cycle_id, unit_id, caller)
    quota = await calibration_store.newest_quota(session, cycle_id, unit_id) if unit_id else {}
    return distribution(counts, {Grade(grade): Decimal(share) for grade, share in quota.items()})


async def extend_running(uow: UnitOfWork) -> None:
    """Count the end of every running public notice anew after the calendar changed; it never comes earlier.

    The days promised stay promised, and an appeal that was in time stays in time (APR-13).
    """
    for cycle in await cycle_store.published_for_update(uow.session):
        window = window_of(cycle)
        promised = POLICIES.load(cycle.policy).publicity_days
        reach = window.first + LOOKAHEAD
        calendar = await load_calendar(uow.session, window.first, reach)
        last = Window.of(calendar, first=window.first, working_days=promised).last
        if last <= window.last:
            continue
        cycle.publicity = days(Period.closed(window.first, last))
        cycle.revision += 1
        await uow.session.flush()
        await uow.record(
            "appraisal.cycle.public_notice_extended",
            subject=("cycle", cycle.id),
            before={"public_notice_to": window.last},
            after={"public_notice_to": last},
            data={"public_notice_from": window.first, "public_notice_to": last},
        )
