"""The description of a service's API: FastAPI's, with permissions and problems put in."""

import json
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.kit import problem
from services.kit.callers import permission_of

_REFUSAL = {
    "description": "RFC 9457 problem",
    "content": {problem.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}

# Routes that take long bodies (imports, bulk data) also work long on them: the gateway waits that long for these.
LONG_SECONDS = 60


def describe(app: FastAPI) -> str:
    """The OpenAPI document as committed: stable order, two spaces, a line break at the end."""
    document = app.openapi()
    document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = dict(problem.SCHEMA)
    schemas = document["components"]["schemas"]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    for route, operation in _operations(app, document):
        operation["responses"].pop("422", None)
        operation["responses"]["4XX"] = operation["responses"]["5XX"] = _REFUSAL
        if getattr(route.endpoint, "body_limit", 0):
            operation["x-answer-seconds"] = LONG_SECONDS
        permission = permission_of(route.dependant)
        if permission is None:
            operation.pop("security", None)
        else:
            operation["x-permission"] = {
                "roles": sorted(permission.roles),
                "scope": permission.scope,
                "fresh": permission.fresh,
            }
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every route of the service that its description tells of."""
    return [route for route in app.routes if isinstance(route, APIRoute) and route.include_in_schema]


def _operations(app: FastAPI, document: dict[str, Any]) -> Iterator[tuple[APIRoute, dict[str, Any]]]:
    for route in routes_of(app):
        for method in route.methods or ():
            operation = document["paths"].get(route.path_format, {}).get(method.lower())
            if operation is not None:
                yield route, operation
