"""/v1/appraisal/cycles: scoring a cycle, and what it lacks (APR-11)."""

from pydantic import Field

from services.appraisal.cycles.api.cycles import Cycle, shown
from services.appraisal.permissions import HrUnitOfWork, Overseer
from services.appraisal.schemas import CyclePath, FormId, SubjectCode, SubjectName, SubjectNameEn
from services.appraisal.scoring.usecases import scoring
from services.kit.database.pages import Page
from services.kit.fields import Model
from services.kit.web.application import IfMatch, PageAsked, Read
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal/cycles", tag="cycles")


class MissingInput(Model):
    """An input that was missing at the last attempt to score."""

    form_id: FormId
    subject_code: SubjectCode
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    item: str = Field(description="Key of the item.", examples=["S01"])
    what: str = Field(
        description="Missing input: an actual of a month, a target, a rating, 360 answers.",
        examples=["actual 2026-02"],
    )


@routes.post("/{cycle_id}/score", status_code=202, summary="Score the cycle")
@answers_with(state="scoring")
async def score_cycle(cycle_id: CyclePath, uow: HrUnitOfWork, revision: IfMatch) -> Cycle:
    """evaluating or scored → scoring.

    It is refused with a list while the readiness check finds missing inputs. Anonymous ratings close at the first
    scoring; if there are too few of them, the job returns the cycle to evaluating, and GET …/missing_inputs says so.
    """
    row = await scoring.start_scoring(uow, cycle_id=cycle_id, revision=revision)
    return shown(row.value)


@routes.get("/{cycle_id}/missing_inputs", summary="List missing inputs")
async def list_missing_inputs(
    cycle_id: CyclePath, caller: Overseer, session: Read, paging: PageAsked
) -> Page[MissingInput]:
    """The inputs missing at the last attempt to score: form, item and input."""
    found = await scoring.list_missing_inputs(session, caller=caller, cycle_id=cycle_id, paging=paging)
    return Page[MissingInput].model_validate(found.written(MissingInput.model_validate))
