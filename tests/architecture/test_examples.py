"""Examples of answers are such as the operation can give: the state that it leaves, decided only if it decides."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.test_workflows import WORKFLOWS

DECIDED = ("decided_at", "decided_by_name", "decision", "signature", "new_version")
WAITING = {"proposed", "requested", "filed", "drafted"}


def answers(service: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every example of a record in an answer: the operation, the last part of its path, the record."""
    document = json.loads(Path("services", service, "openapi.json").read_text("utf-8"))
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for code, answer in operation["responses"].items():
                example = answer.get("content", {}).get("application/json", {}).get("example")
                records = example.get("items", [example]) if code[0] == "2" and isinstance(example, dict) else []
                verb = path.rpartition("/")[2] if method == "post" else ""
                yield from ((operation["operationId"], verb, each) for each in records if isinstance(each, dict))


def targets(service: str, verb: str, state: str) -> set[str]:
    """Where the action of that name leads in the workflows of a service that have this state."""
    flows = [flow for name, flow in WORKFLOWS.items() if name.startswith(f"services.{service}.")]
    known = [flow for flow in flows if state in {each.value for each in flow.states}]
    return {move.target.value for flow in known for move in flow.moves if move.action.value == verb}


@pytest.mark.req("PLT-02")
@pytest.mark.parametrize("service", ["org", "appraisal"])
def test_an_example_is_in_a_state_in_which_the_operation_leaves_it(service: str) -> None:
    for operation, verb, record in answers(service):
        state = record.get("state")
        possible = targets(service, verb, str(state))
        assert not possible or state in possible, operation
        if state in WAITING:
            assert {record.get(field) for field in DECIDED} == {None}, operation


@pytest.mark.req("PLT-02")
@pytest.mark.parametrize("service", ["org", "appraisal"])
def test_different_things_have_different_ids(service: str) -> None:
    for operation, _, record in answers(service):
        ids = [value for field, value in record.items() if (field == "id" or field.endswith("_id")) and value]
        assert len(set(ids)) == len(ids), operation
