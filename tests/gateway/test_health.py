"""Health of everything at one place; a part that is not well is named (PLT-01)."""

import httpx2
import pytest

from tests.gateway.conftest import Start
from tests.gateway.servers import Service, dead_origin, serving

pytestmark = pytest.mark.req("PLT-01")


def test_the_gateway_lives_without_asking_anybody(start: Start) -> None:
    answer = start(org_url=dead_origin()).get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "live"})


def test_all_ready_is_ready(start: Start, org: Service) -> None:
    client = start(appraisal_url=org.origin, incentive_url=org.origin)
    assert client.get("/health/ready").json() == {
        "status": "ready",
        "services": {"org": "ready", "appraisal": "ready", "incentive": "ready"},
        "failing": [],
    }


def test_a_dead_service_degrades_and_is_named(start: Start, org: Service) -> None:
    answer = start(appraisal_url=org.origin).get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "services": {"org": "ready", "appraisal": "ready", "incentive": "down"},
        "failing": ["incentive"],
    }


def test_an_unwell_service_is_named_with_what_it_lacks(start: Start, org: Service) -> None:
    well = Service()
    org.readiness = 503
    with serving(well) as origin:
        answer = start(appraisal_url=origin, incentive_url=origin).get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["services"]["org"] == "degraded"
    assert answer.json()["failing"] == ["org/database"]


def test_with_postgresql_away_the_gateway_is_not_ready_and_says_what_is_missing(start: Start, org: Service) -> None:
    org.readiness = 503
    answer = start(appraisal_url=org.origin, incentive_url=org.origin).get("/health/ready")
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [
        "services/org/database",
        "services/appraisal/database",
        "services/incentive/database",
    ]


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
