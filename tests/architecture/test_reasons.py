"""Whoever refuses, returns, cancels or ends something that another person did says why, in all three services."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from deploy.database import SERVICES
from deploy.migrations import ROOT
from services.kit.identity import Role
from tests.architecture.test_workflows import WORKFLOWS

AGAINST: Final = frozenset(
    {
        *("refuse", "reject", "reject_change", "return", "fail", "dispute"),
        *("cancel", "withdraw", "recall", "revoke", "revoke_signature", "rescind", "terminate", "reinstate"),
        *("rescind_hire", "rescind_termination", "reschedule_termination"),
        *("settle", "assign", "extend"),
    }
)
"""Operations that act against another person's decision, or take back what was submitted to others or decided."""
FORWARD: Final = frozenset(
    {
        *("propose", "counter", "agree", "amend", "edit", "submit", "sign", "draft", "explain", "assess", "answer"),
        *("accept", "approve", "release", "endorse", "adopt", "pass", "decide", "confirm", "complete"),
        *("open", "start_evaluation", "score", "finish_calibration", "publish", "close"),
        *("calculate", "review", "post", "pay"),
        *("eliminate", "unpay"),
    }
)
"""What goes on as was asked, or follows from a decision that gave its reason."""
WITHOUT: Final[Mapping[str, str]] = {
    "/v1/org/sessions/revoke": "a sign-out",
    "/v1/org/employees/{employee_id}/terminate": "records that somebody leaves; their reason is theirs to say",
}


def described(service: str) -> Any:
    """The API of a service."""
    return json.loads((ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8"))


def ended() -> Iterator[tuple[str, list[str]]]:
    """Every operation that does something against somebody, with what its body must say."""
    for service in SERVICES:
        schemas = (api := described(service))["components"]["schemas"]
        for path, operations in api["paths"].items():
            if "post" in operations and path.rsplit("/", 1)[-1] in AGAINST and path not in WITHOUT:
                content: dict[str, Any] = operations["post"].get("requestBody", {}).get("content", {})
                body = content.get("application/json", {}).get("schema", {})
                yield path, schemas.get(body.get("$ref", "").rsplit("/", 1)[-1], body).get("required", [])


@pytest.mark.req("PLT-04", "ORG-05", "APR-05", "INC-10")
def test_nobody_refuses_returns_cancels_or_ends_anything_without_a_reason() -> None:
    found = dict(ended())
    assert len(found) > len(AGAINST)
    assert [path for path, required in found.items() if "reason" not in required] == []


def test_every_transition_that_people_make_goes_on_or_needs_a_reason() -> None:
    made = {move.action.value for flow in WORKFLOWS.values() for move in flow.moves if move.by != {Role.SERVICE}}
    assert made <= AGAINST | FORWARD, made - AGAINST - FORWARD
    assert not AGAINST & FORWARD


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_such_transition_has_a_route_of_its_own(name: str) -> None:
    service = name.split(".")[1]
    routes = {path.rsplit("/", 1)[-1] for path in described(service)["paths"]}
    moves = [move for move in WORKFLOWS[name].moves if move.by != {Role.SERVICE} and not move.follows]
    assert {move.action.value for move in moves} & AGAINST <= routes
