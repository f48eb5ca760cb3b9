"""/v1/appraisal/cycles: scoring a cycle, and what it lacks (APR-11)."""

from uuid import UUID

from pydantic import Field

from services.appraisal.cycles.api.cycles import Cycle, cycle_written
from services.appraisal.permissions import HrNowUnitOfWork, Overseer
from services.appraisal.scoring.usecases import scoring
from services.kit.fields import Model
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import PageAsked, Read

routes = router("/v1/appraisal/cycles", tag="cycles")


class Missing(Model):
    """What kept the last scoring from happening."""

    form_id: UUID
    subject_code: str
    subject_name: str
    item: str
    what: str = Field(examples=["actual 2026-02", "mark", "target", "360"])


@routes.post("/{cycle_id}/score", status_code=202)
async def score_cycle(cycle_id: UUID, uow: HrNowUnitOfWork) -> Cycle:
    """evaluating or scored → scoring; a job scores all or, if anything is missing, nothing and goes back to evaluating.

    What is missing is listed by GET …/missing. Anonymous ratings close with the first scoring.
    """
    return cycle_written(await scoring.start_scoring(uow, cycle_id=cycle_id))


@routes.get("/{cycle_id}/missing")
async def list_missing(cycle_id: UUID, caller: Overseer, session: Read, paging: PageAsked) -> Page[Missing]:
    """What kept the last scoring from happening: which form, which item, what."""
    found = await scoring.list_missing(session, caller=caller, cycle_id=cycle_id, paging=paging)
    return Page[Missing].model_validate(
        found.written(
            lambda row: Missing(
                form_id=row[1].id,
                subject_code=row[1].subject_code,
                subject_name=row[1].subject_name,
                item=row[0].item,
                what=row[0].what,
            )
        )
    )
