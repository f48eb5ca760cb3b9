"""/v1/appraisal/forms: a form whole, and what the manager and HR decide about it (APR-09, APR-11)."""

from typing import Annotated

from pydantic import Field

from services.appraisal.cycles.api.forms import FormSummary, form_fields
from services.appraisal.cycles.usecases.access import Access, form_for
from services.appraisal.feedback.usecases import raters, replacement
from services.appraisal.library.api.scheme_parts import SchemeSection
from services.appraisal.library.domain.relation import Relation
from services.appraisal.permissions import AnyCaller, AnyCallerUnitOfWork, HrUnitOfWork
from services.appraisal.schemas import ActedAt, FormPath, PersonId, PersonName, Reason, RevisionField
from services.appraisal.scoring.usecases import form_decisions
from services.kit.database.sessions import ReadSession
from services.kit.fields import CodeText, ExactDecimal, Id, Model
from services.kit.web.application import IfMatch, Read
from services.kit.web.routing import located, router

routes = router("/v1/appraisal/forms", tag="forms")

_ID = "01972c5e-7a10-7c3e-9b1f-5d2f6a8e4c01"
_POINTS = "Points to add to the total, negative to deduct; the sum of all adjustments is within the scheme's limit."


class FormAdjustment(Model):
    """A manual adjustment of a form's total."""

    id: Id = Field(description="Id of the adjustment.", examples=[_ID])
    points: ExactDecimal = Field(description=_POINTS, examples=["2.5"])
    reason: str = Field(description="Reason.", examples=["带教新人三名"])
    decided_by: PersonId
    decided_by_name: PersonName
    decided_at: ActedAt


class ItemExclusion(Model):
    """An item that HR excluded from a form."""

    id: Id = Field(description="Id of the exclusion.", examples=[_ID])
    item: str = Field(description="Key of the item.", examples=["S03"])
    reason: str = Field(description="Reason.", examples=["财务尚未结账，本季不计"])
    decided_by: PersonId
    decided_by_name: PersonName
    decided_at: ActedAt


class Form(FormSummary):
    """A form with its sections and the decisions about it."""

    revision: RevisionField
    scheme_id: Id = Field(description="Scheme by which the form is scored.", examples=[_ID])
    scheme_code: str = Field(description="Code of the scheme.", examples=["QE-REP"])
    scheme_version: int = Field(description="Version of the scheme.", examples=[1])
    sections: list[SchemeSection] = Field(description="Sections with their items.")
    adjustments: list[FormAdjustment] = Field(description="Adjustments of the total, oldest first.")
    item_exclusions: list[ItemExclusion] = Field(description="Items excluded from the form.")


class FormAdjustmentRequest(Model):
    """Points to add to a form's total or to deduct from it."""

    points: ExactDecimal = Field(description=_POINTS, examples=["2.5"])
    reason: Reason


class ItemExclusionRequest(Model):
    """An item to exclude from a form; its weight is spread over the others."""

    item: CodeText = Field(description="Key of the item.", examples=["S03"])
    reason: Reason


class RaterChoice(Model):
    """A rater to be asked."""

    rater_id: Id = Field(description="Employee who is to rate.", examples=[_ID])
    relation: Relation = Field(description="Relation of the rater to the subject.", examples=["peer"])


class RaterReplacement(Model):
    """A rater who has left or is absent, and their replacement."""

    rater_id: Id = Field(description="Employee asked so far.", examples=[_ID])
    successor_id: Id | None = Field(
        default=None,
        description="Employee to ask instead; for a superior, the next in line by default.",
        examples=[_ID],
    )
    reason: Reason


class RaterKeeping(Model):
    """A rater who is away or has left, and in whose place nobody else is asked."""

    rater_id: Id = Field(description="Employee who stays asked.", examples=[_ID])
    reason: Reason


class RatersChange(Model):
    """The raters to add and to remove."""

    add: Annotated[list[RaterChoice], Field(max_length=30)] = Field(
        default_factory=list, description="Raters to add.", examples=[[{"rater_id": _ID, "relation": "peer"}]]
    )
    remove: Annotated[list[Id], Field(max_length=30)] = Field(
        default_factory=list, description="Employees to remove.", examples=[[]]
    )
    reason: Reason


@routes.get("/{form_id}", summary="Read a form")
async def get_form(form_id: FormPath, caller: AnyCaller, session: Read) -> Form:
    """A form, for its owner, their superiors, HR and auditors."""
    return await _written(session, await form_for(session, caller, form_id))


@routes.post("/{form_id}/raters", summary="Change the raters")
async def change_raters(form_id: FormPath, body: RatersChange, uow: AnyCallerUnitOfWork, revision: IfMatch) -> Form:
    """Changes the raters before evaluation begins. For the manager or HR."""
    add = [(rater.rater_id, rater.relation) for rater in body.add]
    await raters.change_raters(uow, form_id=form_id, revision=revision, add=add, remove=body.remove, reason=body.reason)
    return await _written(uow.session, await form_for(uow.session, uow.caller, form_id))


@routes.post("/{form_id}/replace_rater", summary="Replace a rater")
async def replace_rater(form_id: FormPath, body: RaterReplacement, uow: AnyCallerUnitOfWork, revision: IfMatch) -> Form:
    """HR replaces a rater who has left or is absent before ratings are due, or is late with an attributed rating.

    Submitted ratings are kept; the response does not reveal whether an anonymous rater had submitted. The successor
    must stand to the subject as the relation says, by the reporting lines of the cycle's snapshot. The superior
    may do the same of anonymous raters if the cycle's policy says so.
    """
    await replacement.replace_rater(
        uow,
        form_id=form_id,
        revision=revision,
        rater_id=body.rater_id,
        successor_id=body.successor_id,
        reason=body.reason,
    )
    return await _written(uow.session, await form_for(uow.session, uow.caller, form_id))


@routes.post("/{form_id}/keep_rater", summary="Keep a rater who is away")
async def keep_rater(form_id: FormPath, body: RaterKeeping, uow: AnyCallerUnitOfWork, revision: IfMatch) -> Form:
    """HR, or by the cycle's policy the superior, decides to ask nobody else although a rater is absent or has left.

    Another absence is decided about anew.

    The response does not reveal whether an anonymous rater had submitted.
    """
    await replacement.keep_rater(uow, form_id=form_id, revision=revision, rater_id=body.rater_id, reason=body.reason)
    return await _written(uow.session, await form_for(uow.session, uow.caller, form_id))


@routes.post("/{form_id}/adjustments", status_code=201, summary="Adjust the total of a form")
@located("/v1/appraisal/forms/{form_id}")
async def adjust_form(
    form_id: FormPath, body: FormAdjustmentRequest, uow: AnyCallerUnitOfWork, revision: IfMatch
) -> Form:
    """Adds or deducts points with a reason, before scoring. For the manager or HR."""
    await form_decisions.adjust_form(uow, form_id=form_id, revision=revision, points=body.points, reason=body.reason)
    return await _written(uow.session, await form_for(uow.session, uow.caller, form_id))


@routes.post("/{form_id}/item_exclusions", status_code=201, summary="Exclude an item from a form")
@located("/v1/appraisal/forms/{form_id}")
async def exclude_item(form_id: FormPath, body: ItemExclusionRequest, uow: HrUnitOfWork, revision: IfMatch) -> Form:
    """HR excludes an item from this form, for instance because its actual cannot be obtained."""
    await form_decisions.exclude_item(uow, form_id=form_id, revision=revision, key=body.item, reason=body.reason)
    return await _written(uow.session, await form_for(uow.session, uow.caller, form_id))


async def _written(session: ReadSession, access: Access) -> Form:
    form = access.form
    decisions = await form_decisions.get_decisions(session, form)
    scheme = decisions.scheme
    return Form.model_validate(
        {
            **form_fields(access.summary),
            "revision": form.revision,
            "scheme_id": form.scheme_id,
            "scheme_code": scheme.code,
            "scheme_version": scheme.version,
            "sections": [SchemeSection.of(section) for section in scheme.sections],
            "adjustments": [FormAdjustment.model_validate(each) for each in decisions.adjustments],
            "item_exclusions": [ItemExclusion.model_validate(each) for each in decisions.item_exclusions],
        }
    )
