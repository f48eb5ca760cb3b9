"""/v1/appraisal: goals copied from an earlier cycle, and goals for a whole position (APR-05)."""

from typing import Annotated

from pydantic import Field

from services.appraisal.alignment.domain.goal_loading import GoalSheet
from services.appraisal.alignment.usecases import bulk_goals
from services.appraisal.cycles.api.goals import Goal, Goals
from services.appraisal.cycles.domain import goal as domain
from services.appraisal.permissions import AnyCallerUnitOfWork
from services.appraisal.schemas import CyclePath, FormId, FormPath, SubjectCode, SubjectName, SubjectNameEn
from services.kit.fields import CodeText, Id, Model, Prose
from services.kit.web.application import IfMatch
from services.kit.web.routing import answers_with, router

routes = router("/v1/appraisal", tag="forms")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"


class GoalCopy(Model):
    """From where goals are copied."""

    from_cycle_id: Id = Field(description="Earlier cycle, in which the subject has agreed goals.", examples=[_ID])
    reason: Prose | None = Field(
        default=None, description="Reason for changing agreed goals; required after agreement.", examples=["区域调整"]
    )


class PositionGoals(Model):
    """The same goals for everybody in a position whom the caller manages."""

    position_code: CodeText = Field(description="Code of the position.", examples=["REP"])
    items: Annotated[list[Goal], Field(min_length=1, max_length=200)] = Field(
        description="One goal for each measured item."
    )


class PositionGoalForm(Model):
    """A form of somebody in the position."""

    form_id: FormId
    subject_code: SubjectCode
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    goal_state: domain.GoalState = Field(description="State of the agreement before.", examples=["empty"])


class PositionGoalsProposal(Model):
    """For whom goals were proposed, and for whom not."""

    proposed: list[PositionGoalForm] = Field(description="Forms for which the goals are proposed now.")
    skipped: list[PositionGoalForm] = Field(
        description="Forms left as they are: the subject has answered, or goals are agreed."
    )


@routes.post("/forms/{form_id}/goals/copy", summary="Copy goals from an earlier cycle")
@answers_with(state="proposed")
async def copy_goals(form_id: FormPath, body: GoalCopy, uow: AnyCallerUnitOfWork, revision: IfMatch) -> Goals:
    """Propose what counted for the same subject in an earlier cycle, for the items that this form measures too."""
    found = await bulk_goals.copy_goals(
        uow, form_id=form_id, revision=revision, from_cycle_id=body.from_cycle_id, reason=body.reason
    )
    return Goals.of(found)


@routes.post("/cycles/{cycle_id}/position_goals", summary="Propose goals for a position")
async def propose_position_goals(
    cycle_id: CyclePath, body: PositionGoals, uow: AnyCallerUnitOfWork
) -> PositionGoalsProposal:
    """Propose the same goals to every direct report of the caller in a position, all or nothing.

    Where the subject has proposed or countered, or goals are agreed, nothing changes; those forms are listed.
    """
    wanted = [domain.Goal(**dict(item)) for item in body.items]
    made = await bulk_goals.propose_for_position(
        uow, cycle_id=cycle_id, position_code=body.position_code, wanted=wanted
    )
    return PositionGoalsProposal(
        proposed=[_shown(sheet) for sheet in made.proposed], skipped=[_shown(sheet) for sheet in made.skipped]
    )


def _shown(sheet: GoalSheet) -> PositionGoalForm:
    return PositionGoalForm(
        form_id=sheet.form_id,
        subject_code=sheet.subject_code,
        subject_name=sheet.subject_name,
        subject_name_en=sheet.subject_name_en,
        goal_state=sheet.state,
    )
