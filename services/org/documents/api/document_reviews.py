"""Reviews of role documents that are due (ORG-05)."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import Field
from sqlalchemy import Row

from services.kit.fields import Id, Model, Prose
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import PageAsked, Read, Today
from services.org.documents.domain.amendment import Trigger, days_overdue
from services.org.documents.usecases import document_reviews
from services.org.permissions import HrUnitOfWork, Overseer
from services.org.schemas import Made

routes = router("/v1/org/reviews", tag="reviews")


class NewReviews(Model):
    """What happened, when, and which units it concerns."""

    trigger: Trigger
    recorded_on: date
    unit_ids: Annotated[list[Id], Field(min_length=1, max_length=200)]
    note: Prose | None = None


class Outcome(Model):
    """What a review came to."""

    outcome: Prose


class MadeReviews(Model):
    """The ids in the order of the units."""

    ids: list[Id]


class Review(Model):
    """The documents of a unit are to be looked through by ``due_on``; ``days_overdue`` is 0 while in time."""

    id: Id
    unit_id: Id
    unit_code: str
    trigger: Trigger
    note: str | None
    recorded_on: date
    due_on: date
    closed_on: date | None
    outcome: str | None
    days_overdue: int


@routes.post("", status_code=201)
async def open_all(body: NewReviews, uow: HrUnitOfWork) -> MadeReviews:
    """Record a strategy change (due in 30 days) or a reorganisation (3 months) for the units concerned."""
    ids = await document_reviews.open_all(
        uow,
        trigger=body.trigger,
        recorded_on=body.recorded_on,
        unit_ids=body.unit_ids,
        note=body.note,
    )
    return MadeReviews(ids=ids)


@routes.get("")
async def listed(
    session: Read,
    _caller: Overseer,
    paging: PageAsked,
    today: Today,
    unit_id: Annotated[UUID | None, Query(description="of this unit and those beneath it")] = None,
    only_open: bool = False,  # noqa: FBT001, FBT002 - a query parameter, named in every call
    only_overdue: bool = False,  # noqa: FBT001, FBT002 - a query parameter, named in every call
) -> Page[Review]:
    """Reviews by the day on which they are due."""
    found = await document_reviews.listed(
        session, today=today, paging=paging, unit_id=unit_id, only_open=only_open, only_overdue=only_overdue
    )
    return Page[Review](**found.written(lambda row: _review(row, today)))


@routes.post("/{review_id}/close")
async def close(review_id: UUID, body: Outcome, uow: HrUnitOfWork) -> Made:
    """Note what a review came to."""
    await document_reviews.close(uow, review_id=review_id, outcome=body.outcome)
    return Made(id=review_id)


def _review(row: Row[Any], today: date) -> Review:
    task = row.ReviewTaskRow
    return Review(
        id=task.id,
        unit_id=task.unit_id,
        unit_code=row.UnitRow.code,
        trigger=task.trigger,
        note=task.note,
        recorded_on=task.recorded_on,
        due_on=task.due_on,
        closed_on=task.closed_on,
        outcome=task.outcome,
        days_overdue=days_overdue(task.due_on, today, task.closed_on),
    )
