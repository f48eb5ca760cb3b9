"""/v1/appraisal/forms/{id}/feedback: the 360 feedback of a closed cycle (APR-10)."""

from pydantic import Field

from services.appraisal.library.domain.relation import Relation
from services.appraisal.permissions import AnyCaller
from services.appraisal.schemas import FormId, FormPath
from services.appraisal.scoring.usecases import feedback_results
from services.kit.fields import ExactDecimal, Model
from services.kit.money import round_half_up
from services.kit.web.application import Read
from services.kit.web.routing import router

routes = router("/v1/appraisal/forms", tag="ratings")


class FeedbackGroup(Model):
    """A relation, or several merged, with the average of its ratings."""

    relations: list[Relation] = Field(description="Relations in the group.", examples=[["peer"]])
    answers: int = Field(description="Number of answers; at least the threshold if anonymous.", examples=[4])
    mean: ExactDecimal = Field(description="Mean score out of 100 points, rounded for display.", examples=["86.67"])
    comments: list[str] = Field(description="Comments in random order.", examples=[["认真"]])


class Feedback(Model):
    """The 360 feedback of a closed cycle, without groups that were too small."""

    form_id: FormId
    groups: list[FeedbackGroup] = Field(description="Groups that count.")


@routes.get("/{form_id}/feedback", summary="Read the 360 feedback")
async def get_feedback(form_id: FormPath, caller: AnyCaller, session: Read) -> Feedback:
    """The feedback by group, once the cycle is closed. For the owner, their superiors and HR."""
    found = await feedback_results.get_feedback(session, caller=caller, form_id=form_id)
    groups = [
        FeedbackGroup(
            relations=list(each.group.relations),
            answers=each.group.answers,
            mean=round_half_up(each.group.mean),
            comments=list(each.comments),
        )
        for each in found
    ]
    return Feedback(form_id=form_id, groups=groups)
