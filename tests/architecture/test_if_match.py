"""What changes a record that somebody has looked at names the revision they saw; each exception has its reason."""

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from deploy.database import SERVICES
from services.kit.web.openapi import routes_of
from tests.architecture.test_routes import app_of

ASKS = "asks, and changes nothing"
APPENDS = "only adds a record beside this one, and what stands already stays as it is"
NAMES_VERSION = "the body names the version of the result that was seen"
ONCE = "the row has one life and no edits: of two callers one wins, the other gets 404 or 409"
RATER = "nothing that a rater does may raise a number that tells that and when they answered (APR-10)"
SECRET = "replaces a secret that nobody reads back; the caller gets the one that holds"

WITHOUT = {
    "POST /v1/org/accounts/{account_id}/role_assignments": APPENDS,
    "DELETE /v1/org/role_assignments/{assignment_id}": ONCE,
    "DELETE /v1/org/me/sessions": ONCE,
    "DELETE /v1/org/me/sessions/{session_id}": ONCE,
    "POST /v1/org/authority_limits/{limit_id}/revoke": "says a day and an end that hold whatever else was recorded",
    "POST /v1/org/career_ladders/{ladder_id}/eligibility_checks": ASKS,
    "POST /v1/org/role_documents/{document_id}/supplements": APPENDS,
    "POST /v1/org/units/{unit_id}/apply_template": APPENDS,
    "POST /v1/appraisal/calibrations/{calibration_id}/grade_adjustments": NAMES_VERSION,
    "POST /v1/appraisal/cycles/{cycle_id}/copy": APPENDS,
    "POST /v1/appraisal/schemes/{scheme_id}/confirm_weights": "the address names the version, which never changes",
    "POST /v1/appraisal/schemes/{scheme_id}/replace": "the address names the version; it is replaced once",
    "POST /v1/appraisal/cycles/{cycle_id}/position_goals": "leaves alone every form on which the other side has spoken",
    "POST /v1/appraisal/cycles/{cycle_id}/raters/decide": "the body names the revision of each form that was seen",
    "POST /v1/appraisal/cycles/{cycle_id}/refresh": "asks org anew; twice is once",
    "PUT /v1/appraisal/rating_forms/{rating_form_id}/draft": RATER,
    "POST /v1/appraisal/rating_forms/{rating_form_id}/submit": RATER,
    "POST /v1/appraisal/rating_forms/{rating_form_id}/return": RATER,
    "POST /v1/appraisal/results/{result_id}/corrections": NAMES_VERSION,
    "POST /v1/appraisal/suppliers/{supplier_id}/agreements": "the body names the number; versions only follow",
    "POST /v1/appraisal/suppliers/{supplier_id}/classifications": APPENDS,
    "POST /v1/appraisal/work_standards/{standard_id}/events": APPENDS,
    "POST /v1/incentive/award_funds/{fund_id}/endowments": APPENDS,
    "POST /v1/incentive/runs/{run_id}/simulations": ASKS,
    "POST /v1/incentive/runs/{run_id}/simulations.svg": ASKS,
    "POST /v1/incentive/runs/{run_id}/simulations.xlsx": ASKS,
    "PUT /v1/org/working_days": "each day is stated whole, and stating it twice is stating it once",
}
OF_EVERY_SERVICE = {
    "POST /dead_letters/{job}/discard": ONCE,
    "POST /dead_letters/{job}/replay": ONCE,
    "DELETE /my/tasks/{task_id}": ONCE,
    "DELETE /subscriptions/{subscription_id}": ONCE,
    "POST /subscriptions/{subscription_id}/replay": "delivers events again; receivers know them by their ids",
    "POST /subscriptions/{subscription_id}/rotate_secret": SECRET,
}


def exceptions(service: str) -> set[str]:
    """The operations of a service that may do without."""
    ours = {operation for operation in WITHOUT if f" /v1/{service}/" in operation}
    return ours | {operation.replace(" /", f" /v1/{service}/") for operation in OF_EVERY_SERVICE}


def names_revision(dependant: Dependant) -> bool:
    """Whether a route, or what it depends on, reads If-Match."""
    own = any(field.alias == "if-match" for field in dependant.header_params)
    return own or any(names_revision(child) for child in dependant.dependencies)


def changes_a_record(route: APIRoute, method: str) -> bool:
    """A write below the address of a record; PUT, PATCH and DELETE anywhere."""
    return method in {"PUT", "PATCH", "DELETE"} or (method == "POST" and "{" in route.path_format)


def writes_of(app: FastAPI) -> dict[str, APIRoute]:
    """Every operation that changes a record, by method and path."""
    return {
        f"{method} {route.path_format}": route
        for route in routes_of(app)
        for method in route.methods or ()
        if changes_a_record(route, method)
    }


@pytest.mark.req("PLT-02")
@pytest.mark.parametrize("service", SERVICES)
def test_what_changes_a_record_asks_for_the_revision_that_was_seen(service: str) -> None:
    writes = writes_of(app_of(service))
    without = {operation for operation, route in writes.items() if not names_revision(route.dependant)}
    assert without == exceptions(service)
