"""Every enumeration in an answer has names for screens: in ``/labels``, or in ``/workflows`` if it holds states."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from services.appraisal.labels import LABELS as OF_APPRAISAL
from services.appraisal.workflows import WORKFLOWS as APPRAISAL_WORKFLOWS
from services.incentive.labels import LABELS as OF_INCENTIVE
from services.incentive.workflows import WORKFLOWS as INCENTIVE_WORKFLOWS
from services.kit.workflow import Workflow
from services.org.labels import LABELS as OF_ORG
from services.org.workflows import WORKFLOWS as ORG_WORKFLOWS
from tests.architecture.test_names_beside_ids import answered

SERVICES: Final = Path(__file__).parents[2] / "services"
LABELS: Final = {"org": OF_ORG, "appraisal": OF_APPRAISAL, "incentive": OF_INCENTIVE}
WORKFLOWS: Final[dict[str, tuple[Workflow[Any, Any], ...]]] = {
    "org": ORG_WORKFLOWS,
    "appraisal": APPRAISAL_WORKFLOWS,
    "incentive": INCENTIVE_WORKFLOWS,
}
UNNAMED: Final = {
    "PassFail.comparator": "its values are signs that people read: ≥, <",
}
"""The enumerations without names, with the reason."""
OPEN: Final = {"Indicator.dimension", "Indicator.rule", "Line.currency", "Line.kind", "Run.bonus"}
"""Fields with names that the description of the API gives as text or as a union, since their values may grow."""


def described(service: str) -> Any:
    return json.loads((SERVICES / service / "openapi.json").read_text(encoding="utf-8"))


def enumerations(document: Any) -> Iterator[tuple[str, set[str]]]:
    """The enumerations that an answer contains: schemas, and fields that list their values themselves."""
    schemas = document["components"]["schemas"]
    for schema in answered(document):
        if "enum" in schemas[schema]:
            yield schema, set(schemas[schema]["enum"])
        for field, content in schemas[schema].get("properties", {}).items():
            for part in (content, *content.get("anyOf", ()), content.get("items", {})):
                if "enum" in part:
                    yield f"{schema}.{field}", set(part["enum"])


@pytest.mark.req("PLT-01")
@pytest.mark.parametrize("service", LABELS)
def test_every_enumeration_in_an_answer_has_names_for_screens_or_a_reason(service: str) -> None:
    found = dict(enumerations(described(service)))
    states = {type(state).__name__ for each in WORKFLOWS[service] for state in each.states}
    assert set(found) - states - set(UNNAMED) == set(LABELS[service]) & set(found)


@pytest.mark.req("PLT-01")
@pytest.mark.parametrize("service", LABELS)
def test_names_are_of_exactly_the_values_that_an_enumeration_has(service: str) -> None:
    document = described(service)
    schemas, found = document["components"]["schemas"], dict(enumerations(document))
    states = {type(state).__name__: set(each.states) for each in WORKFLOWS[service] for state in each.states}
    for name, values in LABELS[service].items():
        schema, _, field = name.partition(".")
        if name in OPEN:
            assert field in schemas[schema]["properties"], name
        else:
            assert set(values) == (found[name] if name in found else set(schemas[name]["enum"])), name
    assert {name: states[name] for name in found if name in states} == {
        name: values for name, values in found.items() if name in states
    }


@pytest.mark.req("PLT-01")
def test_no_exemption_has_outlived_its_enumeration() -> None:
    found = {name for service in LABELS for name, _ in enumerations(described(service))}
    assert set(UNNAMED) <= found
