"""Health of everything at one place; a part that is not well is named (PLT-01)."""

import httpx2
import pytest

from gateway.health import overall
from tests.gateway.conftest import Start
from tests.gateway.servers import Service, dead_origin

pytestmark = pytest.mark.req("PLT-01")


def test_the_gateway_lives_without_asking_anybody(start: Start) -> None:
    answer = start(org_url=dead_origin()).get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


def test_all_ready_is_ready(start: Start, org: Service) -> None:
    client = start(appraisal_url=org.origin, incentive_url=org.origin)
    assert client.get("/health/ready").json() == {
        "status": "ready",
        "services": {"org": "ready", "appraisal": "ready", "incentive": "ready"},
    }


def test_a_dead_and_an_unwell_service_degrade_and_are_named(start: Start, org: Service) -> None:
    org.readiness = 503
    answer = start().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "services": {"org": "degraded", "appraisal": "down", "incentive": "down"},
    }


def test_with_no_service_at_all_it_is_503_and_names_them(start: Start) -> None:
    answer = start(org_url=dead_origin()).get("/health/ready")
    assert answer.status_code == 503
    problem = answer.json()
    assert problem["code"] == "services_down"
    assert [fault["pointer"] for fault in problem["errors"]] == [
        "services/org",
        "services/appraisal",
        "services/incentive",
    ]


def test_the_services_own_health_and_figures_cannot_be_reached_through_the_gateway(
    client: httpx2.Client, org: Service
) -> None:
    for path in ("/v1/org/health/ready", "/v1/org/metrics", "/org/metrics"):
        assert client.get(path).status_code == 404
    assert org.asked == []


def test_a_mixture_is_degraded() -> None:
    assert overall(["ready", "down", "ready"]) == "degraded"
    assert overall(["degraded", "degraded", "degraded"]) == "degraded"
