"""/v1/appraisal/forms/{id}/feedback: the 360 feedback of a closed cycle (APR-10)."""

from uuid import UUID

from pydantic import Field

from services.appraisal.library.domain.relation import Relation
from services.appraisal.permissions import AnyCaller
from services.appraisal.scoring.usecases import feedback_results
from services.kit.fields import ExactDecimal, Model
from services.kit.money import round_half_up
from services.kit.routing import router
from services.kit.web import Read

routes = router("/v1/appraisal", tag="ratings")


class Group(Model):
    """One relation, or several merged, with what its raters said on average; comments in an order that says nothing."""

    relations: list[Relation]
    answers: int
    mean: ExactDecimal = Field(description="points of 100, rounded for reading")
    comments: list[str]


class Feedback(Model):
    """The 360 feedback of a closed cycle. Groups that were too small are not here."""

    form_id: UUID
    groups: list[Group]


@routes.get("/forms/{form_id}/feedback")
async def read_feedback(form_id: UUID, caller: AnyCaller, session: Read) -> Feedback:
    """What the groups said, once the cycle is closed; for the owner, those above him and HR."""
    said = await feedback_results.told(session, caller=caller, form_id=form_id)
    groups = [
        Group(
            relations=list(each.group.relations),
            answers=each.group.answers,
            mean=round_half_up(each.group.mean),
            comments=list(each.comments),
        )
        for each in said
    ]
    return Feedback(form_id=form_id, groups=groups)
