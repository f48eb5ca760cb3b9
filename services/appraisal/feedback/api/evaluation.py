"""/v1/appraisal/cycles/{id}/start_evaluation: raters are asked to rate (APR-04, APR-09)."""

from fastapi import Response

from services.appraisal.cycles.api.cycles import Cycle, shown
from services.appraisal.feedback.usecases import evaluation
from services.appraisal.permissions import HrUnitOfWork
from services.appraisal.schemas import CyclePath
from services.kit.routing import router
from services.kit.web import IfMatch

routes = router("/v1/appraisal/cycles", tag="cycles")


@routes.post("/{cycle_id}/start_evaluation", operation_id="start_evaluation", summary="Start evaluation")
async def start_evaluation(cycle_id: CyclePath, uow: HrUnitOfWork, revision: IfMatch, response: Response) -> Cycle:
    """goal_setting → evaluating, once the goals of every form are agreed; every rater gets a task for each form."""
    return shown(response, await evaluation.start_evaluation(uow, cycle_id=cycle_id, revision=revision))
