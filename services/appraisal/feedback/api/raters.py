"""/v1/appraisal/cycles/{id}/raters: who is asked, for those who choose raters (APR-09)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.usecases import absence_decisions, raters
from services.appraisal.feedback.usecases.absence_decisions import RaterAction
from services.appraisal.library.domain.relation import Relation
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork
from services.appraisal.schemas import CyclePath, FormId, Reason, SubjectCode, SubjectName, SubjectNameEn
from services.kit.database.pages import Page
from services.kit.fields import Id, Model
from services.kit.web.application import PageAsked, Read, Today
from services.kit.web.routing import router

routes = router("/v1/appraisal/cycles", tag="ratings")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"


class RaterAbsence(Model):
    """The days on which a rater is absent, both included."""

    valid_from: date = Field(description="First day of the absence.", examples=["2026-04-01"])
    valid_to: date | None = Field(description="Last day of the absence; null: the return is open.", examples=[None])


class Rater(Model):
    """A rater of a form."""

    id: Id = Field(description="The rating form of this rater.", examples=[_ID])
    form_id: FormId
    form_revision: int = Field(description="Revision of the form, to decide about its raters.", examples=[3])
    subject_code: SubjectCode
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    rater_id: Id = Field(description="Employee who rates.", examples=[_ID])
    rater_number: str | None = Field(description="Employee number of the rater.", examples=["E102"])
    rater_name: str | None = Field(description="Name of that person.", examples=["陈思远"])
    relation: Relation = Field(description="Relation of the rater to the subject.", examples=["superior"])
    replaced: bool = Field(description="Whether another person was asked in their place.", examples=[False])
    state: RatingState | None = Field(
        description="State: whether they have submitted; null for anonymous relations, where nobody else may learn it.",
        examples=["open"],
    )
    absence: RaterAbsence | None = Field(
        description="Absence between today and the deadline for ratings, for HR and auditors; null: none is known."
    )
    left_on: date | None = Field(
        description="Last day of a rater who has left, for HR and auditors; null: still there.", examples=[None]
    )
    is_away: bool = Field(
        description="Whether the rater has left or is absent from today until ratings are due; shown to HR, auditors "
        "and, of anonymous raters, a superior who may decide about them.",
        examples=[False],
    )
    is_kept: bool = Field(
        description="Whether it was decided to ask nobody else although the rater is away or has left.",
        examples=[False],
    )


class RaterDecision(Model):
    """A decision about one rater who is away or has left."""

    form_id: FormId
    form_revision: int = Field(
        ge=1, description="Revision of the form that the caller saw, of `list_raters`.", examples=[3]
    )
    rater_id: Id = Field(description="Employee who rates.", examples=[_ID])
    action: RaterAction = Field(
        description="keep: nobody else is asked, and what the rater submits counts; replace: somebody else is asked.",
        examples=["keep"],
    )
    successor_id: Id | None = Field(
        default=None,
        description="Employee to ask instead; only for replace. A superior is followed by the next in the line by "
        "default.",
        examples=[None],
    )


class RaterDecisions(Model):
    """Decisions about several raters of a cycle who are away, with one reason for all of them."""

    decisions: Annotated[list[RaterDecision], Field(min_length=1, max_length=500)] = Field(
        description="The decisions; a rater of a form is named once."
    )
    reason: Reason


class DecidedRaters(Model):
    """The raters who are asked after the decisions."""

    items: list[Rater] = Field(description="Who is asked now, in the order of the request.")


@routes.post("/{cycle_id}/raters/decide", summary="Decide about several raters who are away")
async def decide_about_raters(cycle_id: CyclePath, body: RaterDecisions, uow: AnyCallerUnitOfWork) -> DecidedRaters:
    """HR, or by the cycle's policy the superior, keeps or replaces several raters who are absent or have left, all or
    none, each as the caller saw its form. The rules for a single rater apply; `errors` lists each decision that is not
    possible.

    The response does not reveal whether an anonymous rater had submitted.
    """
    wanted = [
        absence_decisions.RaterDecision(each.form_id, each.form_revision, each.rater_id, each.action, each.successor_id)
        for each in body.decisions
    ]
    found = await absence_decisions.decide_about_raters(uow, cycle_id=cycle_id, decisions=wanted, reason=body.reason)
    return DecidedRaters(items=[rater_written(each) for each in found])


@routes.get("/{cycle_id}/raters", summary="List raters")
async def list_raters(
    cycle_id: CyclePath,
    caller: AnyCaller,
    session: Read,
    paging: PageAsked,
    today: Today,
    form_id: Annotated[UUID | None, Query(description="Only raters of this form.")] = None,
) -> Page[Rater]:
    """The raters, for those who choose them: the manager of the form and HR."""
    found = await raters.list_raters(
        session, caller=caller, paging=paging, cycle_id=cycle_id, form_id=form_id, today=today
    )
    return Page[Rater].model_validate(found.written(rater_written))


def rater_written(found: raters.Rater) -> Rater:
    """A rater, as seen by those who choose raters."""
    rater, form = found.rater, found.form
    relation = Relation(rater.relation)
    return Rater(
        id=rater.id,
        form_id=form.id,
        form_revision=form.revision,
        subject_code=form.subject_code,
        subject_name=form.subject_name,
        subject_name_en=form.subject_name_en,
        rater_id=rater.rater_id,
        rater_number=found.number,
        rater_name=found.name,
        relation=relation,
        replaced=rater.replaced,
        state=None if relation.anonymous else RatingState(rater.state),
        absence=None if found.absence is None else RaterAbsence.model_validate(vars(found.absence)),
        left_on=found.left_on,
        is_away=found.is_away,
        is_kept=found.is_kept,
    )
