"""The API's description: every body in it is one that the service takes, and no question is passed over in silence."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from deploy.database import SERVICES
from services.kit.identity import Role
from services.kit.web.openapi import routes_of
from services.kit.web.openapi_examples import example_of
from tests.clients import Clients


def bodies() -> Iterator[Any]:
    """Every JSON body that a route takes, with the example that its description shows."""
    for service in SERVICES:
        app = importlib.import_module(f"services.{service}.main").build(None)
        schemas = app.openapi().get("components", {}).get("schemas", {})
        for route in routes_of(app):
            for field in route.dependant.body_params:
                operation = app.openapi()["paths"][route.path_format]
                for method, described in operation.items():
                    content = described.get("requestBody", {}).get("content", {}).get("application/json")
                    if content:
                        name = f"{method} {route.path_format}"
                        yield pytest.param(route, field, example_of(content["schema"], schemas), id=name)


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize(("route", "field", "example"), list(bodies()))
def test_the_example_of_a_body_is_one_that_the_route_takes(route: APIRoute, field: Any, example: Any) -> None:
    assert route.include_in_schema
    TypeAdapter(field.field_info.annotation).validate_python(example)


@pytest.mark.req("PLT-08")
@pytest.mark.parametrize(
    ("language", "said"), [("zh", "不带查询参数的地址"), ("en", "an address without query parameters")]
)
async def test_where_no_parameter_is_known_the_refusal_says_so(org: Clients, language: str, said: str) -> None:
    headers = {"Accept-Language": language}
    answer = await org(Role.HR).get("/v1/org/imports/template", params={"format": "xlsx"}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["expected"]) == (422, said)


@pytest.mark.req("PLT-08")
async def test_a_query_parameter_that_is_unknown_or_repeated_is_refused_by_name(org: Clients) -> None:
    hr = org(Role.HR)
    for query, pointer in (
        ("nmae=x", "query/nmae"),
        ("limit=1&limit=2", "query/limit"),
        ("as_of=2026-01-01&x=1", "query/x"),
    ):
        answer = await hr.get(f"/v1/org/units?{query}")
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)
    assert "as_of" in (await hr.get("/v1/org/units?nmae=x")).json()["errors"][0]["expected"]
