"""The last phases of a cycle: calibration finished, results published, cycle closed (APR-12, APR-13)."""

from datetime import timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.appraisal.cycles.domain.cycle import CYCLE, CycleAction, CycleState
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store.tables import POLICIES, CycleRow
from services.appraisal.cycles.usecases.access import locked_cycle
from services.appraisal.cycles.usecases.worker import FOLLOW_SUPPLIERS
from services.appraisal.decisions.domain.public_notice import PublicNotice
from services.appraisal.decisions.store import appeals as appeal_store
from services.appraisal.decisions.store import calibrations as calibration_store
from services.appraisal.feedback.store import ratings as rating_store
from services.kit.calendar.stored_days import load_calendar
from services.kit.database.sessions import days
from services.kit.database.sessions import period as stored_period
from services.kit.errors import Conflict, joined
from services.kit.jobs.queue import defer
from services.kit.periods import Period
from services.kit.work.history import advance, trail_of
from services.kit.work.unit_of_work import UnitOfWork

LOOKAHEAD: Final = timedelta(days=120)


class CalibrationsOpen(Conflict):
    """Calibration cannot finish while sessions are open."""

    code = "calibrations_open"
    zh = "以下单元的校准会尚未结束：{names}。"
    en = "The calibration sessions of these units are still open: {names}."


class AppealsOpen(Conflict):
    """A cycle cannot close while an appeal is undecided."""

    code = "appeals_open"
    zh = "还有 {count} 件申诉未处理，处理完毕后才能关闭考核周期。"
    en = "{count} appeals are still undecided; close the cycle once all of them are decided."


async def finish_calibration(uow: UnitOfWork, *, cycle_id: UUID, revision: int) -> CycleRow:
    """Finish calibration of the whole cycle, as of the revision that the caller saw.

    Raises:
        CalibrationsOpen: naming the units whose sessions are open.
        NoCycle, CycleNotYours, Stale, TransitionNotPossible: as they say.
    """
    cycle = await locked_cycle(uow, cycle_id, revision)
    move = CYCLE.next(CycleState(cycle.state), CycleAction.FINISH_CALIBRATION, uow.caller.roles)
    still_open = await calibration_store.open_units(uow.session, cycle_id)
    if still_open:
        raise CalibrationsOpen(names=joined(still_open))
    await advance(uow, CycleRow, cycle_id, move)
    trail = trail_of(move.source.value, move.target.value, revision=revision)
    await uow.audit("appraisal.cycle.calibration_finished", subject=("cycle", cycle_id), **trail)
    return await cycle_store.find(uow.session, cycle_id)


async def publish_cycle(uow: UnitOfWork, *, cycle_id: UUID, revision: int) -> CycleRow:
    """Show the results in the departments, from today on for the policy's working days (APR-13).

    Raises:
        NoCycle, CycleNotYours, Stale, TransitionNotPossible, CalendarUnknown: as they say.
    """
    cycle = await locked_cycle(uow, cycle_id, revision)
    calendar = await load_calendar(uow.session, uow.today, uow.today + LOOKAHEAD)
    policy = POLICIES.load(cycle.policy)
    notice = PublicNotice.of(calendar, first=uow.today, working_days=policy.public_notice_days)
    move = CYCLE.next(CycleState(cycle.state), CycleAction.PUBLISH, uow.caller.roles)
    span = days(Period.closed(notice.first, notice.last))
    await advance(uow, CycleRow, cycle_id, move, values={"public_notice": span})
    data = {"public_notice_from": notice.first, "public_notice_to": notice.last}
    trail = trail_of(move.source.value, move.target.value, revision=revision, **data)
    await uow.record("appraisal.cycle.published", subject=("cycle", cycle_id), data=data, **trail)
    return await cycle_store.find(uow.session, cycle_id)


async def close_cycle(uow: UnitOfWork, *, cycle_id: UUID, revision: int, zone: ZoneInfo) -> CycleRow:
    """Close the cycle finally: the notice has ended and every appeal is decided; anonymous answers lose their order.

    Raises:
        PublicNoticeRunning: results are still being shown.
        AppealsOpen: appeals are undecided.
        NoCycle, CycleNotYours, Stale, TransitionNotPossible: as they say.
    """
    cycle = await locked_cycle(uow, cycle_id, revision)
    move = CYCLE.next(CycleState(cycle.state), CycleAction.CLOSE, uow.caller.roles)
    notice_of(cycle).demand_over(uow.now, zone)
    undecided = await appeal_store.undecided(uow.session, cycle_id)
    if undecided:
        raise AppealsOpen(count=undecided)
    await rating_store.shuffle_answers(uow.session, cycle_id)
    await advance(uow, CycleRow, cycle_id, move)
    period = stored_period(cycle.period)
    data = {"code": cycle.code, "valid_from": period.start, "valid_to": period.last}
    trail = trail_of(move.source.value, move.target.value, revision=revision)
    await uow.record("appraisal.cycle.closed", subject=("cycle", cycle_id), data=data, **trail)
    await defer(uow.session, FOLLOW_SUPPLIERS, lock=FOLLOW_SUPPLIERS, queueing_lock=FOLLOW_SUPPLIERS)
    return await cycle_store.find(uow.session, cycle_id)


def notice_of(cycle: CycleRow) -> PublicNotice:
    """The public notice of a published cycle."""
    if cycle.public_notice is None:
        raise ValueError("a published cycle has its public notice")
    span = stored_period(cycle.public_notice)
    return PublicNotice(span.start, span.last or span.start)
