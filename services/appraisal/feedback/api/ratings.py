"""Rating: what I am asked to rate (my/ratings), my sheets (ratings), and who is asked (raters) (APR-09, APR-10)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from services.appraisal.cycles.domain.cycle import CycleState
from services.appraisal.cycles.store.tables import CycleRow, FormRow
from services.appraisal.feedback.domain.rating import RatingState
from services.appraisal.feedback.store import ratings as store
from services.appraisal.feedback.store.tables import RaterRow
from services.appraisal.feedback.usecases import ratings
from services.appraisal.feedback.usecases.ratings import Sheet
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.domain.scheme import SubjectKind
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork, HrNowUnitOfWork
from services.kit.database import period
from services.kit.fields import ExactDecimal, Label, Model, Prose
from services.kit.pages import Page
from services.kit.routing import keeps_no_body, router
from services.kit.web import PageAsked, Read

routes = router("/v1/appraisal", tag="ratings")


class RatingLine(Model):
    """A sheet that I am asked to fill in. ``anonymous``: my answer is stored without my name."""

    id: UUID
    cycle_id: UUID
    cycle_state: CycleState
    form_id: UUID
    subject_kind: SubjectKind
    subject_code: str
    subject_name: str
    position_title: str | None
    first: date
    last: date
    relation: Relation
    anonymous: bool
    state: RatingState


class Entry(Model):
    """A line to be marked from 0 to ``maximum``."""

    key: str
    text: str
    text_en: str
    maximum: ExactDecimal


class Rating(RatingLine):
    """My sheet with my draft; an anonymous one is empty once it is submitted."""

    entries: list[Entry]
    marks: dict[str, ExactDecimal]
    comment: str | None


class Marks(Model):
    """Marks by the entries' keys, with a comment."""

    marks: Annotated[dict[Label, ExactDecimal], Field(max_length=200)]
    comment: Prose | None = None


class Submission(Model):
    """The final marks; without them the draft is submitted."""

    marks: Annotated[dict[Label, ExactDecimal], Field(max_length=200)] | None = None
    comment: Prose | None = None


class Returned(Model):
    """Why an attributed rating goes back to its author."""

    reason: Prose


class RaterLine(Model):
    """Somebody who is asked. ``state`` only of attributed relations; of anonymous ones nobody else learns it."""

    id: UUID
    form_id: UUID
    subject_code: str
    subject_name: str
    rater_id: UUID
    rater_number: str | None
    rater_name: str | None
    relation: Relation
    state: RatingState | None


@routes.get("/my/ratings")
async def list_my_ratings(caller: AnyCaller, session: Read, paging: PageAsked) -> Page[RatingLine]:
    """The sheets that I am asked to fill in."""
    if caller.employee_id is None:
        return Page[RatingLine](items=[])
    found = await store.sheets_of(session, caller.employee_id, paging)
    return Page[RatingLine].model_validate(
        found.written(lambda row: RatingLine.model_validate(_line(row[0], row[1], row[2])))
    )


@routes.get("/ratings/{rating_id}")
async def read_rating(rating_id: UUID, caller: AnyCaller, session: Read) -> Rating:
    """My sheet."""
    return _written(await ratings.own_sheet(session, caller=caller, rating_id=rating_id))


@routes.put("/ratings/{rating_id}/draft")
async def keep_draft(rating_id: UUID, body: Marks, uow: AnyCallerUnitOfWork) -> Rating:
    """Keep marks for later; some may be missing. Only I see them."""
    sheet = await ratings.keep_draft(uow, rating_id=rating_id, marks=body.marks, comment=body.comment)
    return _written(sheet)


@routes.post("/ratings/{rating_id}/submit")
@keeps_no_body
async def submit_rating(rating_id: UUID, body: Submission, uow: AnyCallerUnitOfWork) -> Rating:
    """Submit the marks given, or else my draft; final. An anonymous answer cannot be found again, not by me either."""
    sheet = await ratings.submit(uow, rating_id=rating_id, marks=body.marks, comment=body.comment)
    return _written(sheet)


@routes.post("/ratings/{rating_id}/return", status_code=204)
async def return_rating(rating_id: UUID, body: Returned, uow: HrNowUnitOfWork) -> None:
    """Give an attributed rating back to its author (HR)."""
    await ratings.give_back(uow, rating_id=rating_id, reason=body.reason)


@routes.get("/cycles/{cycle_id}/raters")
async def list_raters(
    cycle_id: UUID,
    caller: AnyCaller,
    session: Read,
    paging: PageAsked,
    form_id: Annotated[UUID | None, Query()] = None,
) -> Page[RaterLine]:
    """Who is asked, for those who choose raters: the manager of the form and HR."""
    found = await store.raters(session, caller, paging, cycle_id=cycle_id, form_id=form_id)
    return Page[RaterLine].model_validate(found.written(lambda row: rater_line(row[0], row[1], row[2], row[3])))


def rater_line(rater: RaterRow, form: FormRow, number: str | None, name: str | None) -> RaterLine:
    """Somebody who is asked, as those who choose raters see him."""
    relation = Relation(rater.relation)
    return RaterLine(
        id=rater.id,
        form_id=form.id,
        subject_code=form.subject_code,
        subject_name=form.subject_name,
        rater_id=rater.rater_id,
        rater_number=number,
        rater_name=name,
        relation=relation,
        state=None if relation.anonymous else RatingState(rater.state),
    )


def _line(rater: RaterRow, form: FormRow, cycle: CycleRow) -> dict[str, object]:
    span = period(form.days)
    relation = Relation(rater.relation)
    return {
        "id": rater.id,
        "cycle_id": cycle.id,
        "cycle_state": cycle.state,
        "form_id": form.id,
        "subject_kind": form.subject_kind,
        "subject_code": form.subject_code,
        "subject_name": form.subject_name,
        "position_title": form.position_title,
        "first": span.start,
        "last": span.last,
        "relation": relation,
        "anonymous": relation.anonymous,
        "state": rater.state,
    }


def _written(sheet: Sheet) -> Rating:
    entries = [
        Entry(key=entry.key, text=entry.text.zh, text_en=entry.text.en, maximum=entry.maximum)
        for entry in sheet.entries
    ]
    line = _line(sheet.rater, sheet.form, sheet.cycle)
    return Rating.model_validate({**line, "entries": entries, "marks": sheet.marks, "comment": sheet.comment})
