"""A day that people send is one of living memory, in every body and parameter; what is far from it is a slip."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from deploy.database import SERVICES
from services.kit.fields import Day
from services.kit.web.openapi import routes_of
from tests.architecture.test_routes import app_of

GUARD = get_args(Day)[1]
OF_THE_DOMAIN = "policy.Override"
"""A part of bonus plans that the domain defines, and whose days it checks itself."""


def parameters(dependant: Dependant) -> Iterator[tuple[str, Any, Sequence[Any]]]:
    """What an operation takes, with what everything takes that it depends on: name, type and its metadata."""
    for each in (*dependant.query_params, *dependant.path_params, *dependant.body_params):
        yield each.name, each.field_info.annotation, each.field_info.metadata
    for below in dependant.dependencies:
        yield from parameters(below)


def unguarded(name: str, annotation: Any, metadata: Sequence[Any], seen: set[Any]) -> Iterator[str]:
    """The places in a type where any day is taken."""
    if GUARD in metadata or annotation in seen:
        return
    if annotation is date:
        yield name
    elif get_origin(annotation) is Annotated:
        bare, *more = get_args(annotation)
        yield from unguarded(name, bare, more, seen)
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        seen.add(annotation)
        for field, info in annotation.model_fields.items():
            yield from unguarded(f"{annotation.__name__}.{field}", info.annotation, info.metadata, seen)
    elif is_dataclass(annotation):
        seen.add(annotation)
        hints = get_type_hints(annotation, include_extras=True)
        for each in fields(annotation):
            yield from unguarded(f"{each.name} of {annotation}", hints[each.name], (), seen)
    else:
        for part in get_args(annotation):
            yield from unguarded(name, part, (), seen)


@pytest.mark.req("ORG-01", "PLT-02")
@pytest.mark.parametrize("service", SERVICES)
def test_no_operation_takes_a_day_that_never_was_nor_comes(service: str) -> None:
    found = {
        f"{route.name}: {place}"
        for route in routes_of(app_of(service))
        for name, annotation, metadata in parameters(route.dependant)
        for place in unguarded(name, annotation, metadata, set())
        if OF_THE_DOMAIN not in place
    }
    assert found == set()
