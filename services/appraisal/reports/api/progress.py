"""/v1/appraisal/cycles/{id}/progress: how far a cycle is and who is late. Nothing about anonymous raters (APR-10)."""

from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.store import cycles as store
from services.appraisal.feedback.api.raters import Rater, rater_written
from services.appraisal.feedback.usecases import raters
from services.appraisal.permissions import Overseer
from services.kit.fields import Model
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import PageAsked, Read

routes = router("/v1/appraisal/cycles", tag="cycles")


class Progress(Model):
    """How many forms stand where with their goals."""

    state: CycleState
    forms: int
    goals: dict[GoalState, int]


@routes.get("/{cycle_id}/progress")
async def read_progress(cycle_id: UUID, caller: Overseer, session: Read) -> Progress:
    """How far the forms in the caller's scope are."""
    cycle = await store.find(session, cycle_id)
    counts = await store.counts_by_goal_state(session, cycle_id, caller)
    goals = {GoalState(state): count for state, count in counts.items()}
    return Progress(state=CycleState(cycle.state), forms=sum(goals.values()), goals=goals)


@routes.get(
    "/{cycle_id}/overdue_raters",
    operation_id="list_overdue_raters",
    summary="List overdue raters",
    response_model=Page[Rater],
)
async def list_overdue_raters(cycle_id: UUID, caller: Overseer, session: Read, paging: PageAsked) -> Page[Rater]:
    """Superiors, subjects and HR raters who have not submitted; anonymous raters are never listed."""
    found = await raters.list_overdue_raters(session, caller=caller, paging=paging, cycle_id=cycle_id)
    return Page[Rater].model_validate(found.written(rater_written))
