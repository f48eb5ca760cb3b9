"""Reviews of role documents that follow from a strategy change or a reorganisation (ORG-05)."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from services.kit.database.pages import Page
from services.kit.fields import Day, Id, Model, Prose
from services.kit.web.application import IfMatch, PageAsked, Read, Today
from services.kit.web.routing import answers_with, located, router
from services.org.documents.domain.amendment import Trigger
from services.org.documents.usecases import document_reviews
from services.org.permissions import HrUnitOfWork, Overseer

BASE = "/v1/org/document_reviews"
routes = router(BASE, tag="document_reviews")

ReviewId = Annotated[UUID, Path(description="Id of the document review.")]


class NewDocumentReviews(Model):
    """An event that makes reviews due, with its day and the units concerned."""

    trigger: Trigger = Field(description="Event: a strategy change or a reorganisation.", examples=["strategy_change"])
    recorded_on: Day = Field(description="Day from which the deadline is counted.", examples=["2026-02-01"])
    unit_ids: Annotated[list[Id], Field(min_length=1, max_length=200)] = Field(description="Units concerned.")
    note: Prose | None = Field(default=None, description="What changed.", examples=["New strategy for 2026."])


class DocumentReviewOutcome(Model):
    """The outcome of a review."""

    outcome: Prose = Field(
        description="Outcome of the review, kept for later readers.", examples=["Two documents amended."]
    )


class DocumentReview(Model):
    """A review of a unit's role documents, due by a day."""

    id: Id = Field(description="Id of the document review.")
    unit_id: Id = Field(description="Unit whose documents are reviewed.")
    unit_code: str = Field(description="Code of the unit.", examples=["MKT"])
    unit_name: str | None = Field(
        description="Name of the unit today, in Chinese; null if it has ended.", examples=["市场部"]
    )
    unit_name_en: str | None = Field(
        description="Name of the unit today, in English; null if it has ended.", examples=["Marketing"]
    )
    trigger: Trigger = Field(description="Event that made it due.", examples=["reorganisation"])
    note: str | None = Field(description="What changed.", examples=["New strategy for 2026."])
    recorded_on: date = Field(description="Day from which the deadline is counted.", examples=["2026-02-01"])
    due_on: date = Field(description="Last day for the review.", examples=["2026-03-03"])
    closed_on: date | None = Field(description="Day on which it was closed; null while open.", examples=[None])
    outcome: str | None = Field(description="Outcome of the review.", examples=[None])
    days_overdue: int = Field(description="Calendar days since `due_on`; 0 while not overdue.", examples=[0])
    revision: int = Field(description="Revision for `If-Match` when it is closed.", examples=[1])


class DocumentReviews(Model):
    """The reviews that were opened."""

    items: list[DocumentReview] = Field(description="Reviews, one per unit, in the order of the units.")


@routes.post("", status_code=201, summary="Open document reviews")
@located("/v1/org/document_reviews/{items[0].id}")
async def open_document_reviews(body: NewDocumentReviews, uow: HrUnitOfWork) -> DocumentReviews:
    """Opens reviews after a strategy change (due in 30 days) or a reorganisation (3 months),
    for the units concerned.
    """
    opened = await document_reviews.open_all(uow, **dict(body))
    return DocumentReviews(items=[DocumentReview.model_validate(each) for each in opened])


@routes.get("", summary="List document reviews")
async def list_document_reviews(
    session: Read,
    caller: Overseer,
    paging: PageAsked,
    today: Today,
    unit_id: Annotated[UUID | None, Query(description="Only reviews in this unit and those below it.")] = None,
    state: Annotated[Literal["open", "closed"] | None, Query(description="Only reviews in this state.")] = None,
    overdue: Annotated[bool, Query(description="Only reviews that are overdue.")] = False,
) -> Page[DocumentReview]:
    """Reviews of the units that the caller oversees, by due date."""
    is_open = None if state is None else state == "open"
    found = await document_reviews.listed(
        session, caller=caller, today=today, paging=paging, unit_id=unit_id, is_open=is_open, overdue=overdue
    )
    return Page[DocumentReview](**found.written(DocumentReview.model_validate))


@routes.get("/{review_id}", summary="Get a document review")
async def get_document_review(review_id: ReviewId, session: Read, caller: Overseer, today: Today) -> DocumentReview:
    """A document review, for whoever oversees its unit."""
    return DocumentReview.model_validate(
        await document_reviews.one(session, caller=caller, today=today, review_id=review_id)
    )


@routes.post("/{review_id}/close", summary="Close a document review")
@answers_with(closed_on="2026-02-20", outcome="两份说明书需修订")
async def close_document_review(
    review_id: ReviewId, body: DocumentReviewOutcome, uow: HrUnitOfWork, revision: IfMatch
) -> DocumentReview:
    """Closes a review with its outcome."""
    found = await document_reviews.close(uow, review_id=review_id, revision=revision, outcome=body.outcome)
    return DocumentReview.model_validate(found)
