"""Sign-in goes to org's sessions, under a stricter rate, and leaves no token anywhere on the way (PLT-01)."""

import json

import httpx2
import pytest

from tests.gateway.conftest import SCRAPING, Start
from tests.gateway.servers import Service

pytestmark = pytest.mark.req("PLT-01")


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/v1/sign_in", "/v1/org/sessions"),
        ("/v1/sign_in/refresh", "/v1/org/sessions/refresh"),
        ("/v1/sign_out", "/v1/org/sessions/revoke"),
    ],
)
def test_sign_in_refresh_and_sign_out_are_orgs_sessions(
    client: httpx2.Client, org: Service, path: str, target: str
) -> None:
    sent = {"login": "zhang.min", "password": "right"}
    answer = client.post(path, json=sent)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    method, asked, _, body = org.asked[-1]
    assert (method, asked, json.loads(body)) == ("POST", target, sent)


def test_a_refused_sign_in_is_orgs_refusal(client: httpx2.Client) -> None:
    assert client.post("/v1/sign_in", json={"login": "a", "password": "wrong"}).status_code == 401


def test_what_is_no_json_is_left_for_org_to_refuse(client: httpx2.Client, org: Service) -> None:
    for body in (b"", b"[]", b'{"login":7}', b"\xff", b"[" * 10_000):
        client.post("/v1/sign_in", content=body)
        assert org.asked[-1][1] == "/v1/org/sessions"


def test_sign_in_takes_post_only_and_small_bodies(client: httpx2.Client, org: Service) -> None:
    assert client.get("/v1/sign_in").status_code == 405
    assert client.post("/v1/sign_in", content=b"x" * 20_000).status_code == 413
    assert org.asked == []


@pytest.mark.parametrize("path", ["/v1/sign_in", "/v1/org/sessions"])
def test_guessing_one_persons_password_is_stopped_under_every_path(start: Start, org: Service, path: str) -> None:
    client = start(rate_sign_in_per_login="3/minute")
    for _ in range(3):
        assert client.post("/v1/sign_in", json={"login": "zhang.min", "password": "guess"}).status_code == 401
    refused = client.post(path, json={"login": " Zhang.Min ", "password": "right"})
    assert refused.status_code == 429
    assert refused.json()["code"] == "too_many_sign_ins"
    assert 1 <= int(refused.headers["retry-after"]) <= 120
    assert len(org.asked) == 3
    assert client.post("/v1/sign_in", json={"login": "li.na", "password": "right"}).status_code == 200


def test_trying_one_password_on_many_people_is_stopped(start: Start) -> None:
    client = start(rate_sign_in_per_address="5/minute")
    statuses = [client.post("/v1/sign_in", json={"login": f"p{n}", "password": "x"}).status_code for n in range(7)]
    assert statuses == [401] * 5 + [429] * 2


def test_a_client_systems_secret_cannot_be_guessed_either(start: Start, org: Service) -> None:
    client = start(rate_sign_in_per_login="2/minute")
    sent = {"client_id": "payroll", "client_secret": "guess"}
    statuses = [client.post("/v1/org/service_tokens", json=sent).status_code for _ in range(3)]
    assert statuses[-1] == 429
    assert len(org.asked) == 2


def test_neither_password_nor_token_is_logged_or_counted(
    client: httpx2.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.post("/v1/sign_in", json={"login": "zhang.min", "password": "canary-4711"})
    client.get("/v1/appraisal/echo", headers={"Authorization": "Bearer canary-4712"})
    seen = capsys.readouterr().out + client.get("/metrics", headers=SCRAPING).text
    for canary in ("canary-4711", "canary-4712", "zhang.min"):
        assert canary not in seen
