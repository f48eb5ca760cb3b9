"""/v1/appraisal/cycles: calibration finished, results published, cycle closed (APR-12, APR-13)."""

from services.appraisal.cycles.api.cycles import Cycle, shown
from services.appraisal.decisions.usecases import publication
from services.appraisal.permissions import HrUnitOfWork
from services.appraisal.schemas import CyclePath
from services.kit.web.application import Context, IfMatch
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/cycles", tag="cycles")


@routes.post("/{cycle_id}/finish_calibration", summary="Finish calibration")
@answers_with(state="calibrated")
async def finish_calibration(cycle_id: CyclePath, uow: HrUnitOfWork, revision: IfMatch) -> Cycle:
    """scored → calibrated, once no calibration is open. It is refused as stale if a result has changed since the
    cycle was read.
    """
    row = await publication.finish_calibration(uow, cycle_id=cycle_id, revision=revision)
    return shown(row.value)


@routes.post("/{cycle_id}/publish", summary="Publish the results")
@answers_with(state="published")
async def publish_cycle(cycle_id: CyclePath, uow: HrUnitOfWork, revision: IfMatch) -> Cycle:
    """calibrated → published, for the number of working days in the policy, including today if it is one."""
    row = await publication.publish_cycle(uow, cycle_id=cycle_id, revision=revision)
    return shown(row.value)


@routes.post("/{cycle_id}/close", summary="Close the cycle")
@answers_with(state="closed")
async def close_cycle(cycle_id: CyclePath, uow: HrUnitOfWork, revision: IfMatch, context: Context) -> Cycle:
    """published → closed, once the notice has ended and every appeal is decided. It is refused as stale if a result
    has changed since.
    """
    row = await publication.close_cycle(uow, cycle_id=cycle_id, revision=revision, zone=context.zone)
    return shown(row.value)
