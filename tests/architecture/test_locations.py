"""What was created can be read at the address that its answer names."""

import re
from string import Formatter

import pytest
from fastapi.routing import APIRoute

from deploy.database import SERVICES
from services.kit.web.openapi import routes_of
from tests.architecture.test_routes import app_of

NOWHERE = {
    "create_accounts": "several accounts, whose links are shown once",
    "create_invitations": "links are shown once",
    "create_session": "tokens are shown once",
    "create_service_token": "tokens are shown once",
    "refresh_session": "tokens are shown once",
    "apply_indicator_templates": "several indicators, each with its id",
    "record_work_standard_event": "several obligations, each with its id",
}


def location(route: APIRoute) -> str | None:
    """The template of the address of what a route creates."""
    said: str | None = vars(route.endpoint).get("location")
    has_id = "id" in getattr(route.response_model, "model_fields", {})
    return said or (f"{route.path_format}/{{id}}" if has_id else None)


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize("service", SERVICES)
def test_what_was_created_is_read_where_its_answer_says(service: str) -> None:
    routes = routes_of(app_of(service))
    read = {re.sub(r"\{[^}]*\}", "{}", each.path_format) for each in routes if "GET" in (each.methods or ())}
    creating = [route for route in routes if route.status_code == 201]
    assert creating
    places = {route.operation_id or route.name: location(route) for route in creating}
    assert {name for name, place in places.items() if place is None} <= NOWHERE.keys()
    lost = {
        name: place
        for name, place in places.items()
        if place is not None and re.sub(r"\{[^}]*\}", "{}", place.partition("?")[0]) not in read
    }
    assert lost == {}


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize("service", SERVICES)
def test_an_address_is_made_of_what_the_route_takes_and_answers(service: str) -> None:
    unknown = {}
    for route in routes_of(app_of(service)):
        named = {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(location(route) or "") if name}
        known = {*route.param_convertors, *getattr(route.response_model, "model_fields", {}), "body"}
        if route.status_code == 201 and named - known:
            unknown[route.path_format] = named - known
    assert unknown == {}
