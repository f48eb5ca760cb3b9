"""/v1/appraisal/forms: what the manager and HR decide about a form, and its actuals (APR-06, APR-09, APR-11)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.appraisal.cycles.api.forms import Form, form_written
from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.feedback.usecases import ratings
from services.appraisal.library.domain.relation import Relation
from services.appraisal.permissions import (
    AnyCaller,
    AnyCallerUnitOfWork,
    CallerNowUnitOfWork,
    HrNowUnitOfWork,
)
from services.appraisal.scoring.usecases import form_decisions
from services.appraisal.tracking.store import measurements as measurement_store
from services.kit.database import period
from services.kit.fields import CodeText, ExactDecimal, Model, Prose
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import PageAsked, Read

routes = router("/v1/appraisal/forms", tag="forms")


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


class FormMeasurement(Model):
    """An actual that belongs to a form."""

    id: UUID
    indicator: str
    value: ExactDecimal
    day: date
    source: str
    external_id: str
    supersedes_id: UUID | None
    superseded: bool


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


@routes.get("/{form_id}/measurements")
async def list_form_measurements(
    form_id: UUID, caller: AnyCaller, session: Read, paging: PageAsked
) -> Page[FormMeasurement]:
    """The actuals of the form's days, corrected ones among them."""
    access = await form_for(session, caller, form_id)
    span = period(access.form.days)
    found = await measurement_store.listed(
        session, paging, form=access.form, first=span.start, last=span.last or span.start
    )
    return Page[FormMeasurement].model_validate(
        found.written(
            lambda row: FormMeasurement(
                superseded=row[1],
                **{name: getattr(row[0], name) for name in FormMeasurement.model_fields if name != "superseded"},
            )
        )
    )
