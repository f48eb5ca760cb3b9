"""/v1/appraisal/my/forms: the caller's own forms (PLT-03)."""

from services.appraisal.cycles.api.forms import FormLine, form_line
from services.appraisal.cycles.store import forms as form_store
from services.appraisal.permissions import AnyCaller
from services.kit.pages import Page
from services.kit.routing import router
from services.kit.web import PageAsked, Read

routes = router("/v1/appraisal", tag="forms")


@routes.get("/my/forms")
async def list_my_forms(caller: AnyCaller, session: Read, paging: PageAsked) -> Page[FormLine]:
    """My forms, and those of units that I head."""
    if caller.employee_id is None:
        return Page[FormLine](items=[])
    found = await form_store.own(session, caller.employee_id, paging)
    return Page[FormLine].model_validate(found.written(lambda row: form_line(row[0], row[1])))
