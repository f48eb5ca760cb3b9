"""Evaluation begins: every rater is told what to rate (APR-09, PLT-02)."""

from uuid import UUID

from services.appraisal.cycles.domain.cycle import Cycle
from services.appraisal.cycles.usecases import cycles
from services.appraisal.feedback.store import rating_tasks
from services.kit.unit_of_work import UnitOfWork


async def start_evaluation(uow: UnitOfWork, *, cycle_id: UUID, revision: int) -> Cycle:
    """End goal setting and let every rating form wait for its rater.

    Raises:
        GoalsOpen: forms that take goals have none agreed.
        Stale, NoCycle, CycleNotYours, TransitionNotPossible: as they say.
    """
    cycle = await cycles.start_evaluation(uow, cycle_id=cycle_id, revision=revision)
    await rating_tasks.open_rating_tasks(uow, cycle_id)
    return cycle
