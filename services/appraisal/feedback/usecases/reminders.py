"""Telling other systems that deadlines of a cycle come near or have passed (APR-05, APR-09).

Late people see it on their own task. The events report how many attributed inputs are open: goals not agreed, and
ratings that superiors owe. They report nothing of anonymous raters, not even a number (APR-10).
"""

from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.domain.reminder import AHEAD, GOALS, Reminder
from services.appraisal.cycles.store import cycles as cycle_store
from services.appraisal.cycles.store import reminders as store
from services.appraisal.feedback.store import handover
from services.appraisal.feedback.usecases import nominations
from services.kit.work.unit_of_work import UnitOfWork


async def remind(uow: UnitOfWork) -> int:
    """Announce each deadline once when it is near and once when it has passed; how many were announced."""
    found = await store.due(uow.session, today=uow.today, soon=uow.today + AHEAD)
    for reminder in found:
        if await store.note(uow.session, reminder):
            await _announce(uow, reminder)
    return len(found)


async def _announce(uow: UnitOfWork, reminder: Reminder) -> None:
    cycle = await cycle_store.find(uow.session, reminder.cycle_id)
    if reminder.phase == GOALS and reminder.passed:
        await nominations.ask_hr(uow, cycle)
    if reminder.phase == GOALS:
        goals = await cycle_store.counts_by_goal_state(uow.session, cycle.id, None)
        left = sum(count for state, count in goals.items() if state is not GoalState.AGREED)
    else:
        left = await handover.open_superiors(uow.session, cycle.id)
    kind = "deadline_passed" if reminder.passed else "deadline_near"
    data = {"code": cycle.code, "phase": reminder.phase, "due_on": reminder.due_on, "open": left}
    await uow.record(f"appraisal.cycle.{kind}", subject=("cycle", cycle.id), after=data, data=data)
