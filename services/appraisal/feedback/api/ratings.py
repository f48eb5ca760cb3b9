"""Rating forms: what the caller is asked to rate, drafts, submission (APR-09, APR-10)."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.feedback.api.raters import Rater, rater_written
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.usecases import ratings
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork, HrUnitOfWork
from services.appraisal.schemas import (
    CycleCode,
    CycleId,
    CycleName,
    DecisionReason,
    FormId,
    PositionTitleEn,
    RatingFormPath,
    SubjectCode,
    SubjectId,
    SubjectName,
    SubjectNameEn,
)
from services.kit.database.pages import Page
from services.kit.database.sessions import period
from services.kit.fields import ExactDecimal, Id, Label, Model, Prose
from services.kit.web.application import Context, PageAsked, Read
from services.kit.web.routing import answers_with, keeps_no_body, leaves_no_figure, router
from services.kit.work.history import decision_shown

routes = router("/v1/appraisal", tag="ratings")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
_RATINGS = "Ratings by the keys of the entries, each from 0 to the entry's maximum."
Ratings = Annotated[dict[Label, ExactDecimal], Field(max_length=200)]


class RatingFormSummary(Model):
    """A form that the caller is asked to rate."""

    id: Id = Field(description="Id of the rating form.", examples=[_ID])
    cycle_id: CycleId
    cycle_code: CycleCode
    cycle_name: CycleName
    cycle_state: CycleState = Field(description="State of the cycle.", examples=["evaluating"])
    form_id: FormId
    subject_kind: SubjectKind = Field(description="Kind of subject: employee, unit or supplier.", examples=["employee"])
    subject_id: SubjectId
    subject_code: SubjectCode
    subject_name: SubjectName
    subject_name_en: SubjectNameEn
    position_title: str | None = Field(description="Position of the subject.", examples=["客户代表"])
    position_title_en: PositionTitleEn
    valid_from: date = Field(description="First day of the form, included.", examples=["2026-01-01"])
    valid_to: date = Field(description="Last day of the form, included.", examples=["2026-03-31"])
    relation: Relation = Field(description="Relation of the caller to the subject.", examples=["peer"])
    anonymous: bool = Field(description="Whether the answer is stored without the rater.", examples=[True])
    state: RatingState = Field(description="State: whether it has been submitted.", examples=["open"])


class RatingEntry(Model):
    """A question or item to be rated."""

    key: str = Field(description="Key of the question or item.", examples=["Q1"])
    text: str = Field(description="Question in Chinese.", examples=["主动配合同事"])
    text_en: str = Field(description="Question in English.", examples=["Cooperates readily"])
    maximum: ExactDecimal = Field(description="Best rating; the worst is 0.", examples=["5"])


class RatingForm(RatingFormSummary):
    """The caller's rating form with their draft; an anonymous one is empty once it is submitted."""

    entries: list[RatingEntry] = Field(description="Questions or items to be rated.")
    ratings: dict[str, ExactDecimal] = Field(description=_RATINGS, examples=[{"Q1": "4"}])
    comment: str | None = Field(description="Comment on the subject.", examples=["交付及时"])
    returned_at: datetime | None = Field(
        description="Time at which HR returned it to be changed; null if it was not returned, and once it is submitted "
        "again.",
        examples=[None],
    )
    returned_by_name: str | None = Field(description="Name of the person who returned it.", examples=[None])
    return_reason: str | None = Field(description="Reason for the return.", examples=[None])


class RatingDraft(Model):
    """Ratings to save as a draft; some may be missing."""

    ratings: Ratings = Field(description=_RATINGS, examples=[{"Q1": "4"}])
    comment: Prose | None = Field(default=None, description="Comment on the subject.", examples=["交付及时"])


class RatingSubmission(Model):
    """The final ratings; without them the draft is submitted."""

    ratings: Ratings | None = Field(default=None, description=_RATINGS, examples=[{"Q1": "4", "Q2": "5"}])
    comment: Prose | None = Field(default=None, description="Comment on the subject.", examples=["交付及时"])


@routes.get("/my/rating_forms", summary="List my rating forms")
async def list_my_rating_forms(caller: AnyCaller, session: Read, paging: PageAsked) -> Page[RatingFormSummary]:
    """The forms that the caller is asked to rate."""
    found = await ratings.list_rating_forms(session, caller=caller, paging=paging)
    return Page[RatingFormSummary].model_validate(
        found.written(lambda asked: RatingFormSummary.model_validate(_summary(asked)))
    )


@routes.get("/rating_forms/{rating_form_id}", summary="Read my rating form")
async def get_rating_form(
    rating_form_id: RatingFormPath, caller: AnyCaller, session: Read, context: Context
) -> RatingForm:
    """The caller's own rating form; those of other people are not found."""
    return _written(
        await ratings.get_rating_form(session, cipher=context.cipher, caller=caller, rating_form_id=rating_form_id)
    )


@routes.put("/rating_forms/{rating_form_id}/draft", summary="Save a draft")
@leaves_no_figure
async def save_rating_draft(rating_form_id: RatingFormPath, body: RatingDraft, uow: AnyCallerUnitOfWork) -> RatingForm:
    """Saves ratings as a draft; some may be missing. Only their author sees them."""
    saved = await ratings.save_draft(uow, rating_form_id=rating_form_id, ratings=body.ratings, comment=body.comment)
    return _written(saved)


@routes.post("/rating_forms/{rating_form_id}/submit", summary="Submit my ratings")
@keeps_no_body
@leaves_no_figure
@answers_with(state="submitted")
async def submit_rating_form(
    rating_form_id: RatingFormPath, body: RatingSubmission, uow: AnyCallerUnitOfWork
) -> RatingForm:
    """Submits the ratings in the request, otherwise the draft. It is final. An anonymous answer can no longer be
    identified by anyone.
    """
    submitted = await ratings.submit_rating_form(
        uow, rating_form_id=rating_form_id, ratings=body.ratings, comment=body.comment
    )
    return _written(submitted)


@routes.post("/rating_forms/{rating_form_id}/return", summary="Return a rating form")
async def return_rating_form(rating_form_id: RatingFormPath, body: DecisionReason, uow: HrUnitOfWork) -> Rater:
    """HR returns an attributed rating to its author. Anonymous ratings cannot be identified, so they cannot be
    returned.
    """
    return rater_written(await ratings.return_rating_form(uow, rating_form_id=rating_form_id, reason=body.reason))


def _summary(asked: ratings.RatingRequest | ratings.RatingForm) -> dict[str, object]:
    rater, form, cycle = asked.rater, asked.form, asked.cycle
    days = period(form.days)
    relation = Relation(rater.relation)
    subject = {name: getattr(form, name) for name in RatingFormSummary.model_fields if name.startswith("subject_")}
    return {
        **subject,
        "id": rater.id,
        "cycle_id": cycle.id,
        "cycle_code": cycle.code,
        "cycle_name": cycle.name,
        "cycle_state": cycle.state,
        "form_id": form.id,
        "position_title": form.position_title,
        "position_title_en": form.position_title_en,
        "valid_from": days.start,
        "valid_to": days.last,
        "relation": relation,
        "anonymous": relation.anonymous,
        "state": rater.state,
    }


def _written(form: ratings.RatingForm) -> RatingForm:
    entries = [
        RatingEntry(key=entry.key, text=entry.text.zh, text_en=entry.text.en, maximum=entry.maximum)
        for entry in form.entries
    ]
    returned = decision_shown(form.returned, ("returned_at", "returned_by_name", "return_reason"))
    values = {"entries": entries, "ratings": form.ratings, "comment": form.comment, **returned}
    return RatingForm.model_validate({**_summary(form), **values})
