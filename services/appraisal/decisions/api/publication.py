"""/v1/appraisal/cycles: calibration finished, results published, cycle closed; the public notice (APR-12, APR-13)."""

from uuid import UUID

from services.appraisal.cycles.api.cycles import Cycle, cycle_written
from services.appraisal.decisions.usecases import publication
from services.appraisal.permissions import HrNowUnitOfWork, HrUnitOfWork
from services.kit.routing import router
from services.kit.web import Context

routes = router("/v1/appraisal/cycles", tag="cycles")


@routes.post("/{cycle_id}/calibrate")
async def end_calibration(cycle_id: UUID, uow: HrUnitOfWork) -> Cycle:
    """scored → calibrated, once no calibration session is open."""
    return cycle_written(await publication.finish_calibration(uow, cycle_id=cycle_id))


@routes.post("/{cycle_id}/publish")
async def publish_cycle(cycle_id: UUID, uow: HrNowUnitOfWork) -> Cycle:
    """calibrated → published, for the policy's working days, today counted if it is one."""
    return cycle_written(await publication.publish(uow, cycle_id=cycle_id))


@routes.post("/{cycle_id}/close")
async def close_cycle(cycle_id: UUID, uow: HrNowUnitOfWork, context: Context) -> Cycle:
    """published → closed, once the window is over and every appeal decided."""
    return cycle_written(await publication.close(uow, cycle_id=cycle_id, zone=context.zone))
