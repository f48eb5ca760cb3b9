"""``/v1/<service>/labels``: the names of the values of enumerations, for screens (PLT-01)."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from services.kit.access.callers import AnyCaller
from services.kit.errors import Text
from services.kit.fields import Model
from services.kit.web.routing import router

Labels = Mapping[str, Mapping[Any, Text]]
"""The names of values, by enumeration: the name of a schema, or of a field as ``Schema.field``."""


class NamedValue(Model):
    """A value of an enumeration and its name."""

    value: str = Field(description="Value, as in records and requests.", examples=["quarter"])
    label: str = Field(description="Name in Chinese.", examples=["季度"])
    label_en: str = Field(description="Name in English.", examples=["quarter"])


class NamedEnumeration(Model):
    """An enumeration with the names of its values."""

    name: str = Field(
        description="Name of the schema in the API description, or of the field, as `Schema.field`.",
        examples=["Frequency"],
    )
    values: list[NamedValue] = Field(description="Values, in their usual order.")


class EnumerationLabels(Model):
    """The named enumerations of a service."""

    items: list[NamedEnumeration] = Field(description="Enumerations, by name.")


def label_router(service: str, labels: Labels) -> APIRouter:
    """The route that names the values of one service's enumerations."""
    routes = router(f"/v1/{service}", tag="labels")
    named = EnumerationLabels(
        items=[
            NamedEnumeration(
                name=name, values=[NamedValue(value=value, **text.as_fields("label")) for value, text in values.items()]
            )
            for name, values in sorted(labels.items())
        ]
    )

    @routes.get("/labels", operation_id=f"list_{service}_labels", summary=f"List the labels of {service}")
    async def list_labels(_: AnyCaller) -> EnumerationLabels:
        """Names of the values of enumerations in both languages; those of states are in `workflows`. They change only
        with a new version of Merit: read them once.
        """
        return named

    return routes
