"""/v1/appraisal/cycles: start of evaluation, deadlines, exclusions, cancellation (APR-04, APR-05)."""

from uuid import UUID

from pydantic import Field

from services.appraisal.cycles.api.cycles import Cycle, CycleDeadlines, shown
from services.appraisal.cycles.api.forms import FormSummary
from services.appraisal.cycles.domain.cycle import PhaseDeadlines
from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.feedback.usecases import evaluation
from services.appraisal.participants.api.exclusions import CycleExclusion, SubjectExclusionRequest
from services.appraisal.participants.usecases import late_records
from services.appraisal.permissions import HrUnitOfWork
from services.appraisal.schemas import CyclePath, DecisionReason, Reason
from services.kit.fields import Model
from services.kit.web.application import AcceptedLanguage, IfMatch
from services.kit.web.routing import answers_with, located, router

routes = router("/v1/appraisal/cycles", tag="cycles")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"


class SubjectAddition(Model):
    """An employee to add to the cycle who was recorded late."""

    employee_id: UUID = Field(description="Employee to add.", examples=[_ID])
    reason: Reason


class AddedForms(Model):
    """The forms of an employee who was added."""

    forms: list[FormSummary] = Field(description="A form for each main assignment in the period.")


@routes.post("/{cycle_id}/start_evaluation", summary="Start evaluation")
@answers_with(state="evaluating")
async def start_evaluation(cycle_id: CyclePath, uow: HrUnitOfWork, revision: IfMatch) -> Cycle:
    """goal_setting → evaluating, once the goals of every form are agreed. Every rater gets a task for each form."""
    return shown(await evaluation.start_evaluation(uow, cycle_id=cycle_id, revision=revision))


@routes.post("/{cycle_id}/cancel", summary="Cancel a cycle")
@answers_with(state="cancelled")
async def cancel_cycle(cycle_id: CyclePath, body: DecisionReason, uow: HrUnitOfWork, revision: IfMatch) -> Cycle:
    """Any state before published → cancelled, with a reason. All tasks are closed; the code can be used again."""
    found = await evaluation.cancel_cycle(uow, cycle_id=cycle_id, revision=revision, reason=body.reason)
    return shown(found)


@routes.post("/{cycle_id}/exclusions", summary="Exclude a subject from a cycle", status_code=201)
@located("/v1/appraisal/cycles/{cycle_id}/exclusions")
async def exclude_subject(
    cycle_id: CyclePath,
    body: SubjectExclusionRequest,
    uow: HrUnitOfWork,
    revision: IfMatch,
    language: AcceptedLanguage,
) -> CycleExclusion:
    """Excludes a person's or unit's forms with a reason, until evaluation has ended; all other forms continue."""
    taken_out = await evaluation.exclude_subject(
        uow,
        cycle_id=cycle_id,
        revision=revision,
        subject_kind=body.subject_kind,
        subject_id=body.subject_id,
        reason=body.reason,
    )
    return CycleExclusion.of(taken_out, language)


@routes.put("/{cycle_id}/deadlines", summary="Set the deadlines of a cycle")
async def set_cycle_deadlines(cycle_id: CyclePath, body: CycleDeadlines, uow: HrUnitOfWork, revision: IfMatch) -> Cycle:
    """Sets the deadlines for agreeing goals and for rating, before scoring; open tasks get the new deadline."""
    wanted = PhaseDeadlines(body.goals_due_on, body.ratings_due_on)
    found = await evaluation.set_deadlines(uow, cycle_id=cycle_id, revision=revision, deadlines=wanted)
    return shown(found)


@routes.post("/{cycle_id}/subjects", summary="Add an employee recorded late", status_code=201)
@located("/v1/appraisal/forms/{forms[0].id}")
async def add_subject(cycle_id: CyclePath, body: SubjectAddition, uow: HrUnitOfWork, revision: IfMatch) -> AddedForms:
    """Adds an employee listed as recorded_after_opening, from the first day of their assignment in the period."""
    made = await evaluation.add_subject(
        uow, cycle_id=cycle_id, revision=revision, employee_id=body.employee_id, reason=body.reason
    )
    forms = [(await form_for(uow.session, uow.caller, form_id)).summary for form_id in made]
    return AddedForms(forms=[FormSummary.of(form) for form in forms])


@routes.post("/{cycle_id}/refresh", summary="Find employees recorded late", status_code=202)
@answers_with(state="goal_setting")
async def refresh_cycle(cycle_id: CyclePath, uow: HrUnitOfWork) -> Cycle:
    """Starts a job that asks org who was recorded after the cycle opened, and lists them as
    recorded_after_opening.
    """
    return shown(await late_records.refresh_cycle(uow, cycle_id=cycle_id))
