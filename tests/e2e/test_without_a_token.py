"""Nobody gets anything without a token, neither at the gateway nor at the services' own ports."""

import json
import re

import httpx2
import pytest

from tests.e2e.conftest import ROOT
from tests.e2e.system import System

NOWHERE = "00000000-0000-7000-8000-000000000000"


def _operations(service: str) -> list[tuple[str, str]]:
    """Every documented operation that is not public, with ids filled in."""
    document = json.loads((ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8"))
    return [
        (method.upper(), re.sub(r"\{[^}]+\}", NOWHERE, path))
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if "x-permission" in operation
    ]


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize("service", ["org", "appraisal", "incentive"])
def test_no_operation_answers_without_a_token_on_any_port(system: System, service: str) -> None:
    operations = _operations(service)
    assert operations
    for method, path in operations:
        for origin in (None, service):
            answer = system.ask(None, path, method=method, service=origin)
            assert answer.status_code == httpx2.codes.UNAUTHORIZED, (method, path, origin)
            assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.req("PLT-03")
def test_a_made_up_token_is_refused_on_every_service(system: System) -> None:
    for service, path in {
        "org": "/v1/org/units",
        "appraisal": "/v1/appraisal/cycles",
        "incentive": "/v1/incentive/my/statements",
    }.items():
        answer = httpx2.get(system.services[service] + path, headers={"Authorization": "Bearer e30.e30.e30"})
        assert answer.status_code == httpx2.codes.UNAUTHORIZED
