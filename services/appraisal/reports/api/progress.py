"""/v1/appraisal/cycles/{id}/progress: how far a cycle is and who is late. Nothing about anonymous raters (APR-10)."""

from pydantic import Field

from services.appraisal.cycles.api.cycles import CycleId
from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.domain.goal import GoalState
from services.appraisal.cycles.usecases import cycles
from services.appraisal.feedback.api.raters import Rater, rater_written
from services.appraisal.feedback.usecases import raters
from services.appraisal.permissions import Overseer
from services.appraisal.scoring.usecases import readiness
from services.kit.database.pages import Page
from services.kit.fields import Model
from services.kit.web.application import PageAsked, Read, Today
from services.kit.web.routing import router

routes = router("/v1/appraisal/cycles", tag="cycles")


class CycleProgress(Model):
    """The number of forms by state of their goals, and the inputs still missing for scoring."""

    state: CycleState = Field(description="State of the cycle.", examples=["goal_setting"])
    forms: int = Field(description="Number of forms in the caller's scope.", examples=[42])
    goals: dict[GoalState, int] = Field(
        description="Number of those forms by state of their goals.", examples=[{"empty": 2, "agreed": 40}]
    )
    missing: dict[str, int] = Field(
        description="Number of missing inputs by kind, until scoring begins; GET …/readiness lists each of them.",
        examples=[{"actual": 2, "manual_score": 1}],
    )


@routes.get("/{cycle_id}/progress", summary="Read the progress of a cycle")
async def get_cycle_progress(cycle_id: CycleId, caller: Overseer, session: Read, today: Today) -> CycleProgress:
    """The progress of the forms in the caller's scope."""
    state, goals = await cycles.count_goals(session, caller=caller, cycle_id=cycle_id)
    missing = await readiness.count_gaps(session, caller=caller, cycle_id=cycle_id, today=today)
    return CycleProgress(state=state, forms=sum(goals.values()), goals=goals, missing=missing)


@routes.get("/{cycle_id}/overdue_raters", summary="List overdue raters")
async def list_overdue_raters(
    cycle_id: CycleId, caller: Overseer, session: Read, paging: PageAsked, today: Today
) -> Page[Rater]:
    """Superiors, subjects and HR raters who have not submitted. Anonymous raters are never listed."""
    found = await raters.list_overdue_raters(session, caller=caller, paging=paging, cycle_id=cycle_id, today=today)
    return Page[Rater].model_validate(found.written(rater_written))
