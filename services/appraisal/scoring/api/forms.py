"""/v1/appraisal/forms: a form whole, and what the manager and HR decide about it (APR-09, APR-11)."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Response
from pydantic import Field

from services.appraisal.cycles.api.forms import FormSummary, form_fields
from services.appraisal.cycles.usecases.access import Access, form_for
from services.appraisal.feedback.usecases import ratings
from services.appraisal.library.api.scheme_parts import SchemeSection
from services.appraisal.library.domain.relation import Relation
from services.appraisal.library.store import schemes as scheme_store
from services.appraisal.permissions import (
    AnyCaller,
    AnyCallerUnitOfWork,
    CallerNowUnitOfWork,
    HrNowUnitOfWork,
)
from services.appraisal.scoring.store import form_decisions as decision_store
from services.appraisal.scoring.usecases import form_decisions
from services.kit.database import ReadSession
from services.kit.fields import CodeText, ExactDecimal, Model, Prose
from services.kit.routing import router
from services.kit.web import Read, tag

routes = router("/v1/appraisal/forms", tag="forms")


class Adjustment(Model):
    """Points added or taken by hand."""

    id: UUID
    points: ExactDecimal
    reason: str
    decided_by: str
    at: datetime


class ItemLeftOut(Model):
    """An item that HR decided not to count."""

    item: str
    reason: str
    decided_by: str
    at: datetime


class Form(FormSummary):
    """A form with its sections and what was decided about it."""

    revision: int
    scheme_id: UUID
    scheme_code: str
    scheme_version: int
    sections: list[SchemeSection]
    adjustments: list[Adjustment]
    items_left_out: list[ItemLeftOut]


class NewAdjustment(Model):
    """Points to add (or take, if negative); all together lie within the scheme's limit."""

    points: ExactDecimal
    reason: Prose


class LeaveOut(Model):
    """An item that shall not count on this form, its weight spread over the others."""

    item: CodeText
    reason: Prose


class Rater(Model):
    """Somebody to be asked."""

    rater_id: UUID
    relation: Relation


class RatersAdjusted(Model):
    """Whom to ask besides, and whom not."""

    add: Annotated[list[Rater], Field(max_length=30)] = Field(default_factory=list)
    remove: Annotated[list[UUID], Field(max_length=30)] = Field(default_factory=list)
    reason: Prose


@routes.get("/{form_id}")
async def read_form(form_id: UUID, caller: AnyCaller, session: Read, response: Response) -> Form:
    """A form, for its owner, those above him, HR and auditors."""
    access = await form_for(session, caller, form_id)
    tag(response, access.form.revision)
    return await form_written(session, access)


@routes.post("/{form_id}/raters")
async def adjust_raters(form_id: UUID, body: RatersAdjusted, uow: AnyCallerUnitOfWork) -> Form:
    """Ask other people, before evaluation begins (the manager or HR)."""
    add = [(rater.rater_id, rater.relation) for rater in body.add]
    await ratings.adjust_raters(uow, form_id=form_id, add=add, remove=body.remove, reason=body.reason)
    return await form_written(uow.session, await form_for(uow.session, uow.caller, form_id))


@routes.post("/{form_id}/adjustments", status_code=201)
async def adjust_form(form_id: UUID, body: NewAdjustment, uow: CallerNowUnitOfWork) -> Form:
    """Add or take points with a reason, before scoring (the manager or HR)."""
    await form_decisions.adjust(uow, form_id=form_id, points=body.points, reason=body.reason)
    return await form_written(uow.session, await form_for(uow.session, uow.caller, form_id))


@routes.post("/{form_id}/leave_out", status_code=201)
async def leave_item_out(form_id: UUID, body: LeaveOut, uow: HrNowUnitOfWork) -> Form:
    """Decide that an item does not count on this form, for instance because its actual cannot be had (HR)."""
    await form_decisions.leave_out(uow, form_id=form_id, key=body.item, reason=body.reason)
    return await form_written(uow.session, await form_for(uow.session, uow.caller, form_id))


async def form_written(session: ReadSession, access: Access) -> Form:
    """A form as the API shows it, with what was decided about it."""
    form = access.form
    scheme = await scheme_store.find(session, form.scheme_id)
    adjustments = await decision_store.adjustments(session, form.id)
    left_out = await decision_store.left_out(session, form.id)
    return Form.model_validate(
        {
            **form_fields(access.summary),
            "revision": form.revision,
            "scheme_id": form.scheme_id,
            "scheme_code": scheme.code,
            "scheme_version": scheme.version,
            "sections": [SchemeSection.of(section) for section in scheme.sections],
            "adjustments": [
                {"id": r.id, "points": r.points, "reason": r.reason, "decided_by": r.decided_by_name, "at": r.at}
                for r in adjustments
            ],
            "items_left_out": [
                {"item": r.item, "reason": r.reason, "decided_by": r.decided_by_name, "at": r.at} for r in left_out
            ],
        }
    )
