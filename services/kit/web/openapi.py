"""The description of a service's API: FastAPI's, with permissions, problems, keys and examples put in (design §5)."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute

from services.kit import problem
from services.kit.access.callers import permission_of
from services.kit.web.openapi_examples import example_of, id_for, left_by

LONG_SECONDS: Final = 60
"""Routes that take long bodies (imports, bulk data) also work long on them: the gateway waits that long for these."""

_LICENCE: Final = {"name": "All rights reserved", "identifier": "LicenseRef-Merit"}
_INFO: Final = {
    "contact": {"name": "Merit"},
    "license": _LICENCE,
    "description": "One of Merit's services. Clients reach it through the gateway, which describes them all together.",
}
_PAGE: Final = re.compile(r"\bPage_(\w+)_(?=\")")
_REFUSAL: Final = {"$ref": "#/components/responses/Problem"}
_KEY: Final = "#/components/parameters/"
_FOR_PROGRAMMERS: Final = re.compile(r" ?\bRaises \w+( unless [^.]*)?\.| \([A-Z]{3}-\d+\)")
"""What a docstring says of errors and requirements; readers of the API see problems and their codes instead."""
_PROBLEM_RESPONSE: Final = {
    "description": "RFC 9457 problem: what was refused, and which fields are wrong",
    "content": {
        problem.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": problem.example("en")}
    },
}


def _idempotency_key(*, required: bool) -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": required,
        "description": "Key chosen by the caller for this one request. Repeating the same request with the same key "
        "acts only once and returns the stored answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        "example": "6f0c1e8a-4b4f-4d38-9c55-0d6a1f3b7e21",
    }


_PARAMETERS: Final = {
    "IdempotencyKey": _idempotency_key(required=False),
    "IdempotencyKeyDemanded": _idempotency_key(required=True),
}


def describe(app: FastAPI) -> str:
    """The OpenAPI document as committed: stable order, two spaces, a line break at the end."""
    document = _named(app.openapi())
    document["info"] |= _INFO
    document["servers"] = [{"url": "/"}]
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = dict(problem.SCHEMA)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["responses"] = {"Problem": _PROBLEM_RESPONSE}
    for schema in _unions(document):
        _demand_discriminator(schema, schemas)
    for route, method, operation in _operations(app, document):
        _complete(route, method, operation, schemas)
    used = {each.get("$ref") for each in _parts(document["paths"])}
    components["parameters"] = {name: each for name, each in _PARAMETERS.items() if f"{_KEY}{name}" in used}
    for schema in [each for each in _parts(schemas) if "prefixItems" in each]:
        first, *others = schema["prefixItems"]
        if all(each == first for each in others):  # generators know lists better than tuples
            schema["items"] = schema.pop("prefixItems")[0]
    _drop_titles([document["paths"], components])
    _speak_plainly([document["paths"], schemas])
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _named(document: dict[str, Any]) -> dict[str, Any]:
    """``UnitPage`` rather than pydantic's ``Page_Unit_``: the names that clients see."""
    named: dict[str, Any] = json.loads(_PAGE.sub(r"\1Page", json.dumps(document)))
    for name, schema in named.get("components", {}).get("schemas", {}).items():
        if name.endswith("Page"):
            schema.setdefault("description", "One page of a list, and how to get the following one.")
        for field in schema.get("properties", {}).values():  # "this or null" is described where "this" is
            said = [one["description"] for one in field.get("anyOf", ()) if "description" in one]
            if said:
                field.setdefault("description", said[0])
    return named


def routes_of(app: FastAPI) -> list[APIRoute]:
    """Every route of the service that its description shows."""
    return [route for route in app.routes if isinstance(route, APIRoute) and route.include_in_schema]


def _operations(app: FastAPI, document: Mapping[str, Any]) -> Iterator[tuple[APIRoute, str, dict[str, Any]]]:
    for route in routes_of(app):
        for method in route.methods or ():
            operation = document["paths"].get(route.path_format, {}).get(method.lower())
            if operation is not None:
                yield route, method, operation


def _complete(route: APIRoute, method: str, operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """Put in what FastAPI does not know: refusals, permission, keys and examples."""
    operation["responses"].pop("422", None)
    operation["responses"]["4XX"] = operation["responses"]["5XX"] = _REFUSAL
    if getattr(route.endpoint, "body_limit", 0):
        operation["x-answer-seconds"] = LONG_SECONDS
    if getattr(route.endpoint, "leaves_no_figure", False):
        operation["x-leaves-no-figure"] = True
    permission = permission_of(route.dependant)
    if permission is None:
        operation["security"] = []
    else:
        operation["x-permission"] = {"roles": sorted(permission.roles), "scope": permission.scope}
        if method == "POST" and not getattr(route.endpoint, "keeps_no_body", False):
            demanded = getattr(route.endpoint, "needs_key", False)
            name = "IdempotencyKeyDemanded" if demanded else "IdempotencyKey"
            operation.setdefault("parameters", []).append({"$ref": f"{_KEY}{name}"})
    for parameter in operation.get("parameters", ()):
        if parameter.get("in") == "path" and parameter["name"].endswith("_id"):
            parameter.setdefault("description", f"Id of the {parameter['name'].removesuffix('_id').replace('_', ' ')}.")
        if "schema" in parameter and "example" not in parameter:
            parameter["example"] = id_for(parameter["name"], example_of(parameter["schema"], schemas))
    _give_examples(route, operation, schemas)


def _give_examples(route: APIRoute, operation: dict[str, Any], schemas: Mapping[str, Any]) -> None:
    """Put in the examples of bodies, those of answers as the operation leaves the record."""
    bodies = [operation.get("requestBody", {}), *(operation["responses"][code] for code in operation["responses"])]
    for body in bodies:
        content = body.get("content", {}).get("application/json")
        if content is not None and content.get("schema"):
            content.setdefault("example", example_of(content["schema"], schemas))
    changed = getattr(route.endpoint, "answers_with", {})
    for code in [code for code in operation["responses"] if changed and code.startswith("2")]:
        content = operation["responses"][code]["content"]["application/json"]
        content["example"] = left_by(content["example"], changed)


def _drop_titles(value: Any) -> None:
    """Take out the titles that pydantic makes of names: generators take them for names, and two may be the same."""
    if isinstance(value, dict):
        if isinstance(value.get("title"), str) and value.keys() & {
            "type",
            "properties",
            "anyOf",
            "oneOf",
            "enum",
            "$ref",
        }:
            del value["title"]
        for key, item in value.items():
            if key not in {"example", "examples"}:
                _drop_titles(item)
    elif isinstance(value, list):
        for item in value:
            _drop_titles(item)


def _speak_plainly(value: Any) -> None:
    """Leave out of descriptions what is for programmers of the service, and mark code as Markdown does."""
    for item in value.values() if isinstance(value, dict) else value:
        if isinstance(item, dict | list):
            _speak_plainly(item)
    if isinstance(value, dict) and isinstance(value.get("description"), str):
        value["description"] = _FOR_PROGRAMMERS.sub("", value["description"]).replace("``", "`").strip()


def _unions(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    return (each for each in _parts(document) if "discriminator" in each and "oneOf" in each)


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a document."""
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _parts(item)


def _demand_discriminator(union: Mapping[str, Any], schemas: Mapping[str, Any]) -> None:
    """Only a field that must be there tells the kinds apart, whatever its default."""
    field = union["discriminator"]["propertyName"]
    for kind in union["oneOf"]:
        schema = schemas[kind["$ref"].rpartition("/")[2]]
        schema["required"] = sorted({*schema.get("required", ()), field})
        schema["properties"][field].setdefault("description", "Kind of the rule.")
