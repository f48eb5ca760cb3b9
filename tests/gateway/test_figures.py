"""The gateway's metrics require the token and do not reveal when somebody rates (PLT-01, APR-10)."""

import httpx2
import pytest

from tests.gateway.conftest import METRICS_TOKEN, SCRAPING, Start
from tests.gateway.servers import Service

pytestmark = pytest.mark.req("PLT-01", "APR-10")

SUBMIT = "/v1/org/rating_forms/0192f2c4-7c1e-7d0a-9a53-0c2f7d7e1a11/submit"


def test_the_figures_are_shown_to_the_token_alone(client: httpx2.Client) -> None:
    assert client.get("/metrics", headers=SCRAPING).status_code == 200
    for wrong in (None, "Bearer", "Bearer wrong", METRICS_TOKEN, f"Basic {METRICS_TOKEN}"):
        answer = client.get("/metrics", headers={"Authorization": wrong} if wrong else {})
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert "merit_http" not in answer.text


def test_without_a_token_in_the_settings_there_are_no_figures(start: Start) -> None:
    client = start()
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers=SCRAPING).status_code == 404


def test_a_rating_is_neither_counted_nor_logged_nor_traced(
    client: httpx2.Client, org: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    before = client.get("/metrics", headers=SCRAPING).text
    assert client.post(SUBMIT, json={"ratings": []}).status_code == 200
    after = client.get("/metrics", headers=SCRAPING).text
    assert "rating_forms" not in after
    assert after == before  # no total moves either
    assert "rating_forms" not in capsys.readouterr().out
    assert org.last_headers["traceparent"].endswith("-00")


def test_a_rating_that_fails_is_counted(start: Start) -> None:
    client = start(metrics_token=METRICS_TOKEN)
    assert client.post(SUBMIT.replace("org", "appraisal"), json={}).status_code == 503
    assert 'rating_forms/{id}/submit",service="gateway",status="503"' in client.get("/metrics", headers=SCRAPING).text
