"""/v1/appraisal/forms: the actuals of a form (APR-06)."""

from datetime import date
from uuid import UUID

from services.appraisal.cycles.usecases.access import form_for
from services.appraisal.permissions import AnyCaller
from services.appraisal.tracking.store import measurements as measurement_store
from services.kit.database import period
from services.kit.fields import ExactDecimal, Model
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import PageAsked, Read

routes = router("/v1/appraisal/forms", tag="forms")


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
