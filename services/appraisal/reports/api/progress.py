"""/v1/appraisal/cycles/{id}/progress: how far a cycle is and who is late. Nothing about anonymous raters (APR-10)."""

from uuid import UUID

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.store import cycles as store
from services.appraisal.feedback.api.ratings import RaterLine, rater_line
from services.appraisal.feedback.store import ratings as rating_store
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


@routes.get("/{cycle_id}/late_raters")
async def list_late_raters(cycle_id: UUID, caller: Overseer, session: Read, paging: PageAsked) -> Page[RaterLine]:
    """Superiors, subjects and HR raters who have not submitted; anonymous raters are never listed."""
    await store.find(session, cycle_id)
    found = await rating_store.late(session, caller, paging, cycle_id)
    return Page[RaterLine].model_validate(found.written(lambda row: rater_line(row[0], row[1], row[2], row[3])))
